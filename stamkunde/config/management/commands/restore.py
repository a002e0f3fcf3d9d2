"""`./run restore FILE`: bring a backup back."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.restore import restore


class Command(BaseCommand):
    help = "Bring a backup back into an empty place."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="Replace what is here, after saving it.")

    def handle(self, *, file: Path, force: bool, **options: Any) -> None:
        saved = restore(file.resolve(), force=force)
        self.stdout.write(f"Restored from {file.name}. Everybody is signed out and signs in again as before.")
        self.stdout.write("Tokens of machines are ended, and webhooks rest until somebody starts them again.")
        if saved is not None:
            self.stdout.write(f"What was here before is saved: {saved}")
        self.stdout.write("Look whether all is well: ./run doctor")
