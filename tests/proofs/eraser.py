"""A worker that does what is due and ends: `python -m tests.proofs.eraser`.

A line on standard output says that it begins, so that whoever kills the process knows that it is at work.
"""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.jobs.running import run_due

    print("begins", flush=True)  # noqa: T201 - the line is what the proof waits for
    run_due()


if __name__ == "__main__":
    main()
