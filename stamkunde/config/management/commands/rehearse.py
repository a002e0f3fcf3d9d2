"""`./run rehearse`: try this version on a copy of the shop before the shop itself is started with it."""

import sys
from typing import Any

from django.core.management import BaseCommand

from stamkunde.config.operations.rehearsal import rehearse


class Command(BaseCommand):
    help = "Bring a copy of the shop up to this version, compare it with the shop, ask the doctor, throw it away."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        self.stdout.write("The shop is copied; it may stay open meanwhile.")
        went = rehearse()
        told = f"{went.tables} tables with {went.rows:,} rows were brought up to this version in {went.seconds:.1f} s."
        self.stdout.write(told)
        for change in went.changes:
            self.stdout.write(f"  changed by {change}")
        for difference in went.differences:
            self.stdout.write(self.style.ERROR("LOOK ") + difference)
        for finding in went.findings:
            self.stdout.write(self.style.ERROR("LOOK ") + finding)
        if went.went_well:
            self.stdout.write("Nothing was lost, every sum is what it was, and all is well. Switch when it suits you.")
            return
        self.stdout.write("Look at what stands above before you switch. The shop itself is as it was.")
        sys.exit(1)
