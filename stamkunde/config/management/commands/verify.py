"""`./run verify FILE`: check that a backup is whole."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.backup import verify


class Command(BaseCommand):
    help = "Read a backup to its end and compare every part with its digest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        manifest = verify(file)
        self.stdout.write(
            f"{file.name} is whole: a {manifest['engine']} database and {len(manifest['contents']) - 1} files, "
            f"saved {manifest['made_at']}."
        )
