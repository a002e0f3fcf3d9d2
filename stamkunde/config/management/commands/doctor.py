"""`./run doctor`: ask whether all is well."""

import json
import sys
from typing import Any

from django.core.management import BaseCommand, CommandParser

from stamkunde.config.operations.doctor import Answer, examine


class Command(BaseCommand):
    help = "Ask every module whether what must hold does hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="End with code 1 when something does not hold.")
        parser.add_argument("--json", action="store_true", help="Answer for a machine.")

    def handle(self, *, strict: bool, json: bool, **options: Any) -> None:
        answers = []
        for answer in examine():
            answers.append(answer)
            if not json:
                self.tell(answer)
        unwell = [answer for answer in answers if not answer.is_well]
        if json:
            self.stdout.write(as_json(answers))
        elif unwell:
            self.stdout.write(f"\n{len(unwell)} of {len(answers)} things need somebody's attention.")
        else:
            self.stdout.write(f"\nAll {len(answers)} things hold.")
        if strict and unwell:
            sys.exit(1)

    def tell(self, answer: Answer) -> None:
        mark = self.style.SUCCESS("ok  ") if answer.is_well else self.style.ERROR("LOOK")
        self.stdout.write(f"{mark} {answer.invariant.sentence}")
        for finding in answer.findings:
            self.stdout.write(f"       {finding}")
        if answer.is_cut:
            self.stdout.write("       ... and more of the kind.")


def as_json(answers: list[Answer]) -> str:
    return json.dumps(
        {
            "well": all(answer.is_well for answer in answers),
            "invariants": [
                {
                    "name": answer.invariant.name,
                    "sentence": answer.invariant.sentence,
                    "well": answer.is_well,
                    "findings": answer.findings,
                    "more": answer.is_cut,
                    "seconds": round(answer.seconds, 3),
                }
                for answer in answers
            ],
        },
        indent=2,
    )
