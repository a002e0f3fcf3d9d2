"""`./run backup`: save database and files while the shop is open."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.backup import make_backup, verify


class Command(BaseCommand):
    help = "Save database and files into one dated file and read it back to check it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="Where to; var/backups when nothing is said.")

    def handle(self, *, folder: Path | None, **options: Any) -> None:
        file = make_backup((folder or settings.HOME / "backups").resolve())
        parts = len(verify(file)["contents"])
        self.stdout.write(f"Saved: {file} ({file.stat().st_size / 1e6:,.1f} MB, {parts} parts, read back and equal).")
        self.stdout.write("Keep it on another machine. The secret key is not in it; keep that apart.")
