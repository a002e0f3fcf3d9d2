"""`./run manage serve`: open the web server, and the worker beside it."""

import sys
from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.durability import unsafe_settings
from stamkunde.config.operations.server import serve


class Command(BaseCommand):
    help = "Serve the product; the worker runs beside the web server unless --no-worker is given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true")

    def handle(self, *, host: str, port: int, no_worker: bool, **options: Any) -> None:
        for finding in unsafe_settings():
            self.stderr.write(self.style.WARNING(f"UNSAFE SETTING: {finding}"))
        self.stdout.flush()
        sys.exit(serve(host, port, worker=not no_worker))
