"""Stand up providers of text messages that send nothing: `manage.py trial_text_line --port 8198 --set-up`."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stamkunde.conversations.actions.text_lines import TextLineValues, add_text_line, change_text_line
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.trial_server import Carrier, serve
from stamkunde.conversations.models import TextLine, TextProviderName
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.net import NotReached, send

REACHED = (
    "Set STAMKUNDE_INNER_NETWORKS=127.0.0.0/8 and STAMKUNDE_OUTGOING_PORTS=80,443,8000,8198, here and for the shop."
)
NUMBERS = {
    TextProviderName.ELKS: "+46766861004", TextProviderName.TWILIO: "+4740612345",
    TextProviderName.WHATSAPP: "+4740612346",
}  # fmt: skip
ANSWERS = "Write to any number: it reports how far it came, and a number that ends in 99 is not reached."


def lines_by(carrier: Carrier) -> list[TextLine]:
    """Set up one number for each provider, all of them here; said again they are set up anew."""
    lines = []
    for provider, number in NUMBERS.items():
        values = TextLineValues(
            name=f"Trial {provider.label}", provider=provider.value, number=number, account=carrier.account,
            url=carrier.base, secret=carrier.secret, hook_secret=carrier.hook_secret,
        )  # fmt: skip
        there = TextLine.objects.filter(provider=provider, number=number).first()
        if there is None:
            lines.append(add_text_line(values, by=SYSTEM))
        else:
            lines.append(change_text_line(there, values, version=there.version, by=SYSTEM))
    return lines


class Command(BaseCommand):
    help = "Run trial providers of text messages, which send nothing, until they are interrupted."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8198)
        parser.add_argument("--set-up", action="store_true", help="Give this shop a number at each of them.")
        parser.add_argument("--slow", type=float, default=2.0, help="After how many seconds reports come.")
        parser.add_argument("--telling", default="once", choices=["once", "twice", "backwards", "forged", "never"])
        parser.add_argument("--say", default="", help="Let somebody write this to each number, once.")
        parser.add_argument("--sender", default="+4791234567", help="From which number that is.")

    def handle(self, *args: Any, **options: Any) -> None:
        carrier = Carrier(telling=options["telling"])
        _server, end = serve(carrier, options["port"])
        self.stdout.write(f"The trial providers are at {carrier.base}, account “{carrier.account}”.")
        if options["set_up"]:
            try:
                lines = lines_by(carrier)
            except ConversationRefused as refusal:
                end()
                raise CommandError(f"{refusal.sentence} {REACHED}") from refusal
            for line in lines:
                if line.provider == TextProviderName.WHATSAPP:
                    carrier.hook = hook_of(line)
            self.stdout.write(f"The shop has a number at each of them now. {ANSWERS}")
            if options["say"]:
                self._say(carrier, lines, options["sender"], options["say"])
        self.stdout.flush()
        try:
            while True:
                time.sleep(max(0.2, options["slow"]))
                carrier.deliver()
        except KeyboardInterrupt:
            end()

    def _say(self, carrier: Carrier, lines: list[TextLine], sender: str, text: str) -> None:
        for line in lines:
            url, headers, body = carrier.said(line.provider, hook_of(line), sender, text)
            try:
                status = send("POST", url, body=body, headers=headers).status
            except NotReached as error:
                raise CommandError(f"{error.sentence} {REACHED}") from error
            self.stdout.write(f"“{text}” was handed in for {line.name}: {status}.")
