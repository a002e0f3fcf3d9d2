"""The channels by which customers and the shop talk: a new one is a class as `contract` says, and a line here."""

from stamkunde.conversations.channels.contract import Kept, Way
from stamkunde.conversations.channels.email import Email
from stamkunde.conversations.channels.letter import Post
from stamkunde.conversations.channels.text import Messenger, Sms
from stamkunde.conversations.models import Channel

CHANNELS: tuple[Way, ...] = (
    Email(),
    Kept(Channel.PHONE, "phone"),
    Kept(Channel.CHAT, "message-circle"),
    Sms(),
    Messenger(),
    Post(),
    Kept(Channel.VIDEO, "video"),
)
_BY_KIND = {one.kind: one for one in CHANNELS}


def way_of(kind: str) -> Way:
    """Return what the channel can do by which something is said."""
    return _BY_KIND[Channel(kind)]
