"""Stand up the trial provider's server: `manage.py trial_payments --port 8199`."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stamkunde.sales.payment_providers.trial_server import Desk, serve


class Command(BaseCommand):
    help = "Run the trial payment provider, which moves no money, until it is interrupted."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8199)
        parser.add_argument("--key", default=Desk.key)
        parser.add_argument("--secret", default=Desk.secret)

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk(key=options["key"], secret=options["secret"])
        _server, end = serve(desk, options["port"])
        self.stdout.write(f"The trial provider is at {desk.base}, account “{desk.account}”.")
        self.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            end()
