"""`./run manage serve`: open the web server, and the worker beside it."""

import os
import sys
from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.durability import unsafe_settings


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
        command = [sys.executable, "-m", "stamkunde.config.operations.server", "--host", host, "--port", str(port)]
        self.stdout.flush()
        # The server takes this process's place, so that a signal reaches it and Django leaves its memory.
        os.execv(sys.executable, command if no_worker else [*command, "--worker"])  # noqa: S606
