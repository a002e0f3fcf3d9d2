"""`./run manage prepare`: what a start makes ready, without starting; for machines where several processes serve."""

from typing import Any

from django.core.management import BaseCommand

from stamkunde.config.operations.prepare import prepare


class Command(BaseCommand):
    help = "Compile translations, collect static files and bring the tables up to this version."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        prepare()
