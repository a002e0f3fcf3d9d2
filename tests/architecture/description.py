"""Writes the description of the door anew: `python -m tests.architecture.description`. Read the difference."""

import os
import sys
from pathlib import Path

import django

SNAPSHOT = Path(__file__).resolve().parent / "openapi.json"

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.config.api import API
    from stamkunde.exchange.api.description import written

    text = written(API.description())
    SNAPSHOT.write_text(text)
    sys.stdout.write(f"{len(text.splitlines())} lines.\n")
