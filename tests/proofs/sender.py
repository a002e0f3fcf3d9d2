"""A worker that sends all mail that waits: `python -m tests.proofs.sender`.

A line on standard output says that it begins, so that whoever kills the process knows that it is at work.
"""

import os
import uuid

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.conversations.models import Mailbox
    from stamkunde.conversations.sending import MailTurn

    print("begins", flush=True)  # noqa: T201 - the line is what the proof waits for
    for mailbox in Mailbox.objects.order_by("pk"):
        MailTurn(mailbox, owner=uuid.uuid4().hex, fence=lambda: None, should_stop=lambda: False).run(120)


if __name__ == "__main__":
    main()
