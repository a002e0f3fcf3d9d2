"""`./run messages`: collect the sentences to translate."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command


class Command(BaseCommand):
    help = "Bring locale/ up to date with the sentences in the code."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        if shutil.which("xgettext") is None:
            raise CommandError("xgettext is missing on this machine. Install it with: apt-get install gettext")
        languages = [code for code, _ in settings.LANGUAGES if code != "en"]
        # Without line numbers, so that moving code does not change every catalogue.
        call_command(
            "makemessages",
            locale=languages,
            add_location="file",
            no_obsolete=True,
            # And without breaking lines, so that a word put in does not change the lines after it.
            no_wrap=True,
            ignore_patterns=["var/*", ".venv/*"],
        )
