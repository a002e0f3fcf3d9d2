"""The providers of text messages and messengers: a new one is a class as `contract` says, and a line here."""

from stamkunde.conversations.channels.text.providers.contract import TextProvider
from stamkunde.conversations.channels.text.providers.elks import Elks
from stamkunde.conversations.channels.text.providers.twilio import Twilio
from stamkunde.conversations.channels.text.providers.whatsapp import WhatsApp

PROVIDERS: tuple[TextProvider, ...] = (Elks(), Twilio(), WhatsApp())
_BY_NAME = {one.name: one for one in PROVIDERS}


def provider_of(name: str) -> TextProvider:
    return _BY_NAME[name]
