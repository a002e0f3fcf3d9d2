"""`./run manage serve`: open the web server, and the worker beside it."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from stamkunde.config.operations.durability import all_findings
from stamkunde.config.operations.production import is_open_to_the_world, refusals
from stamkunde.config.operations.server import serve

NOT_STARTED = (
    "The shop is open to the world and was not started, so that nothing is lost and nobody gets in. Mend what stands "
    "above; STAMKUNDE_UNSAFE=yes starts it all the same."
)


class Command(BaseCommand):
    help = "Serve the product; the worker runs beside the web server unless --no-worker is given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true")

    def handle(self, *, host: str, port: int, no_worker: bool, **options: Any) -> None:
        refused = list(refusals(host)) if is_open_to_the_world(host) else []
        for finding in dict.fromkeys([*refused, *all_findings()]):
            self.stderr.write(self.style.WARNING(f"UNSAFE SETTING: {finding}"))
        if refused and not settings.STARTS_UNSAFE:
            raise CommandError(NOT_STARTED, returncode=2)
        self.stdout.flush()
        sys.exit(serve(host, port, worker=not no_worker))
