"""Writes the table of rights anew: `python -m tests.architecture.rights`. Read the difference before you keep it."""

import csv
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from tests.architecture.test_doors import RIGHTS, rights

    with RIGHTS.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("page", "address", "method", "policy"))
        table.writerows(rights())
    sys.stdout.write(f"{len(rights())} rows.\n")
