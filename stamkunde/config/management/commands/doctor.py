"""`./run doctor`: ask whether all is well."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import Shop
from stamkunde.config.operations.doctor import Answer, examine


class Command(BaseCommand):
    help = "Ask every module whether what must hold does hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="End with code 1 when something does not hold.")
        parser.add_argument("--json", action="store_true", help="Answer for a machine.")

        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=codes, help="Answer in it; in the shop's language when left out.")

    def handle(self, *, strict: bool, json: bool, language: str | None, **options: Any) -> None:
        with translation.override(language or language_of_the_shop()):
            unwell = self.examine(as_json=json)
        if strict and unwell:
            sys.exit(1)

    def examine(self, *, as_json: bool) -> int:
        """Ask everything, tell what is found, and return of how many things it was something."""
        answers = []
        for answer in examine():
            answers.append(answer)
            if not as_json:
                self.tell(answer)
        unwell = sum(not answer.is_well for answer in answers)
        counts = {"unwell": unwell, "all": len(answers)}
        if as_json:
            self.stdout.write(for_a_machine(answers))
        elif unwell:
            said = ngettext(
                "%(unwell)s of %(all)s things needs somebody's attention.",
                "%(unwell)s of %(all)s things need somebody's attention.",
                unwell,
            )
            self.stdout.write("\n" + said % counts)
        else:
            self.stdout.write("\n" + _("All %(all)s things are as they should be.") % counts)
        return unwell

    def tell(self, answer: Answer) -> None:
        mark = self.style.SUCCESS("✓") if answer.is_well else self.style.ERROR("✗")
        self.stdout.write(f"{mark} {answer.invariant.sentence}")
        for finding in answer.findings:
            self.stdout.write(f"    {finding}")
        if answer.is_cut:
            self.stdout.write("    " + _("… and more of the kind."))


def for_a_machine(answers: list[Answer]) -> str:
    return json.dumps(
        {
            "well": all(answer.is_well for answer in answers),
            "invariants": [
                {
                    "name": answer.invariant.name,
                    "sentence": str(answer.invariant.sentence),
                    "well": answer.is_well,
                    "findings": answer.findings,
                    "more": answer.is_cut,
                    "seconds": round(answer.seconds, 3),
                }
                for answer in answers
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def language_of_the_shop() -> str:
    try:
        return Shop.objects.values_list("language", flat=True).first() or settings.LANGUAGE_CODE
    except DatabaseError:
        # The doctor is asked most when something is broken.
        return settings.LANGUAGE_CODE
