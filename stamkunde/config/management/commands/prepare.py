"""`./run manage prepare`: what a start makes ready, without starting; for machines where several processes serve."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.prepare import compile_translations, prepare


class Command(BaseCommand):
    help = "Compile translations, collect static files and bring the tables up to this version."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", action="store_true", help="Only what lies beside the code, and no shop's data.")

    def handle(self, *, code: bool, **options: Any) -> None:
        if code:
            compile_translations()
        else:
            prepare()
