"""``manage.py deliver_mail --mailbox ADDRESS``: take in the mail that a mail server pipes here.

It needs no web server: the mail lies safe when this ends with 0. What it ends with otherwise tells the mail server what
to do, as in sysexits.h: to come again later, or to say that there is no such mailbox.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from stamkunde.conversations.models import Mailbox
from stamkunde.conversations.taking_in import NothingCame, take_in

NO_MAIL, NO_SUCH_MAILBOX, COME_AGAIN = 65, 67, 75


class Command(BaseCommand):
    help = "Take in one mail from the standard input, as a mail server's pipe delivers it."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", required=True, help="The address of the mailbox it is for.")
        parser.add_argument("--to", default="", help="Whom the envelope names, if that is another address.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mailbox = Mailbox.objects.filter(address=options["mailbox"].strip().lower(), is_used=True).first()
            if mailbox is None:
                self.stderr.write(f"There is no mailbox {options['mailbox']} in use here.")
                sys.exit(NO_SUCH_MAILBOX)
            mail, is_new = take_in(mailbox, sys.stdin.buffer.read, envelope_to=options["to"])
        except NothingCame:
            self.stderr.write("There was no mail on the standard input.")
            sys.exit(NO_MAIL)
        except (DatabaseError, InterfaceError, OSError) as error:
            self.stderr.write(f"The mail could not be kept now: {error}")
            sys.exit(COME_AGAIN)
        self.stdout.write(f"Mail {mail.pk} is kept." if is_new else f"Mail {mail.pk} was here already.")
