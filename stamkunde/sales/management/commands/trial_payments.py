"""Stand up the trial provider's server: `manage.py trial_payments --port 8199`."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stamkunde.accounts.models import Till
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions.payment_provider import ProviderValues, change_provider
from stamkunde.sales.payment_providers.trial import Trial
from stamkunde.sales.payment_providers.trial_server import Desk, serve
from stamkunde.sales.refusals import SaleRefused

CARDS = "On its page, choose a card and what is to happen; no money moves."
REACHED = "Set STAMKUNDE_INNER_NETWORKS=127.0.0.0/8 and STAMKUNDE_OUTGOING_PORTS=80,443,8199, here and for the shop."


def take_payments_by(desk: Desk) -> None:
    """Write the settings of the shop's payment provider: this one, with a terminal beside each till."""
    change_provider(
        ProviderValues(
            name=Trial.name,
            is_active=True,
            url=desk.base,
            account=desk.account,
            key=desk.key,
            secret=desk.secret,
            terminals={till: f"T-{till}" for till in Till.objects.values_list("pk", flat=True)},
        ),
        by=SYSTEM,
    )


class Command(BaseCommand):
    help = "Run the trial payment provider, which moves no money, until it is interrupted."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8199)
        parser.add_argument("--key", default=Desk.key)
        parser.add_argument("--secret", default=Desk.secret)
        parser.add_argument(
            "--set-up", action="store_true", help="Let this shop take its card payments there, at every till too."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk(key=options["key"], secret=options["secret"])
        _server, end = serve(desk, options["port"])
        self.stdout.write(f"The trial provider is at {desk.base}, account “{desk.account}”.")
        if options["set_up"]:
            try:
                take_payments_by(desk)
            except SaleRefused as refusal:
                end()
                raise CommandError(f"{refusal.sentence} {REACHED}") from refusal
            self.stdout.write(f"The shop takes card payments there now. {CARDS}")
        self.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            end()
