"""`./run`: make ready what has changed, open a new shop where there is none, and serve."""

from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command

from stamkunde.config.operations.first_start import first_start
from stamkunde.config.operations.prepare import prepare
from stamkunde.config.operations.server import is_refused


class Command(BaseCommand):
    help = "Make everything ready and serve."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="Begin without the demo shop.")
        parser.add_argument("--admin", default="admin@localhost", metavar="EMAIL", help="The first administrator.")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true", help="Leave later work to another process.")

    def handle(self, *, empty: bool, admin: str, host: str, port: int, no_worker: bool, **options: Any) -> None:
        # Before anything is made: a demo shop takes a minute, and its password would have scrolled away for nothing.
        if is_refused(host, port):
            raise SystemExit(1)
        prepare()
        first_start(empty=empty, email=admin, say=self.stdout.write)
        call_command("serve", host=host, port=port, no_worker=no_worker)
