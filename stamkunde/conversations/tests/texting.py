"""Short ways for the tests of text messages: providers of our own on loopback, numbers, and what is handed in."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from stamkunde.conversations.actions.text_lines import TemplateValues, TextLineValues, add_text_line, add_text_template
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.trial_server import Carrier, serve
from stamkunde.conversations.models import Dispatch, Message, TextLine, TextProviderName, TextTemplate
from stamkunde.conversations.reading_texts import read_texts
from stamkunde.conversations.sending_texts import TextTurn
from stamkunde.kit.actor import SYSTEM

NUMBERS = {"46elks": "+46766861004", "twilio": "+4740612345", "whatsapp": "+4740612346"}
KARI = "+4791234567"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@contextmanager
def carried() -> Iterator[Carrier]:
    """Let providers of our own be reached."""
    carrier = Carrier()
    server, end = serve(carrier)
    ports = settings.OUTGOING_PORTS | {server.server_address[1]}
    with override_settings(INNER_NETWORKS=LOOPBACK, OUTGOING_PORTS=ports):
        try:
            yield carrier
        finally:
            end()


def line_at(carrier: Carrier, provider: str = TextProviderName.ELKS, **more: Any) -> TextLine:
    values: dict[str, Any] = {
        "name": "Texts", "provider": provider, "number": NUMBERS[provider], "account": carrier.account,
        "secret": carrier.secret, "hook_secret": carrier.hook_secret, "url": carrier.base,
    } | more  # fmt: skip
    line = add_text_line(TextLineValues(**values), by=SYSTEM)
    if provider == TextProviderName.WHATSAPP:
        carrier.hook = hook_of(line)
    return line


def template_of(line: TextLine, text: str = "Hello {{1}}, your {{2}} is here.") -> TextTemplate:
    return add_text_template(line, TemplateValues(name="order_is_here", language="nb", text=text), by=SYSTEM)


def handed_in(call: tuple[str, dict[str, str], bytes]) -> HttpResponse:
    """Hand in what a provider does, as it does."""
    url, headers, body = call
    parts = urlsplit(url)
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    content_type = headers.get("Content-Type", "")
    named.pop("HTTP_CONTENT_TYPE", None)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    answer: Any = Client().post(path, body, content_type=content_type, **named)  # type: ignore[arg-type]
    return cast(HttpResponse, answer)


def wrote(
    carrier: Carrier, line: TextLine, text: str = "Is my coat ready?", sender: str = KARI, **more: Any
) -> Message:
    """Let somebody write to a line, and read it."""
    before = set(Message.objects.values_list("pk", flat=True))
    assert handed_in(carrier.said(line.provider, hook_of(line), sender, text, **more)).status_code == 200
    read_texts()
    return Message.objects.exclude(pk__in=before).filter(direction="in").select_related("conversation").get()


def reported(carrier: Carrier) -> list[int]:
    """Hand in the reports that wait, and read them."""
    some, carrier.outbox = carrier.outbox, []
    taken = [handed_in(call).status_code for call in some]
    read_texts()
    return taken


def turn(line: TextLine, **more: Any) -> TextTurn:
    given: dict[str, Any] = {"owner": "worker", "fence": lambda: None, "should_stop": lambda: False} | more
    return TextTurn(TextLine.objects.get(pk=line.pk), **given)


def dispatch_of(message: Message) -> Dispatch:
    return Dispatch.objects.get(message=message)
