"""Somebody who merges two customers and takes them apart, again and again: `python -m tests.proofs.merger ONE OTHER`.

Every end of a merge is a line on standard output, so that whoever kills the process knows that it was at work.
"""

import os
import sys

import django


def main(survivor: int, merged: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.customers.actions.merging import merge_customers
    from stamkunde.customers.actions.unmerging import unmerge_customers
    from stamkunde.kit.actor import SYSTEM

    while True:
        merge = merge_customers(survivor, merged, by=SYSTEM)
        print("merged", flush=True)  # noqa: T201 - the line is what the proof waits for
        unmerge_customers(merge.pk, are_two=False, by=SYSTEM)
        print("apart", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
