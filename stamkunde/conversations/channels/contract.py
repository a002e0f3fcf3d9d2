"""What a channel can do, whichever it is: who answers in it, how a recipient is written, what sends it on.

A new channel is a class as this says, in a folder of its own, and a line in `CHANNELS`. It reads and judges; what
writes are the actions, and what sends is the job that the channel names.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.conversations.models import Attachment, Channel, Conversation, Dispatch, Message
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AnswerValues
from stamkunde.customers.models import ConsentChannel

LONGEST_TEXT = 100_000


@dataclass(frozen=True, kw_only=True)
class Composer:
    """The box in which an answer is written: how much goes into it, and what stands about it.

    `template` is drawn over the box with what `Way.shown` tells; `script` and `style` are static files of that page.
    """

    sentence: Any = gettext_lazy("Goes to the customer.")
    longest: int = LONGEST_TEXT
    takes_copies: bool = False
    takes_files: bool = False
    input_mode: str = "text"
    template: str = ""
    script: str = ""
    style: str = ""


class Way:
    """One channel. What a channel does not say differently is so that nothing can go out by it."""

    kind: Channel
    icon: str
    # Whether staff write answers in it at all.
    can_answer: bool = False
    composer: Composer = Composer()
    # The job that takes what is queued; empty where nothing leaves by itself.
    transport: str = ""
    # The page on which it is set up, by the name of its address; empty where nothing is set.
    settings_page: str = ""
    # The page on which the shop writes first; empty where it cannot.
    starting_page: str = ""
    # Which consent somebody withdraws who has had enough here; None where this channel carries no advertising.
    consent: ConsentChannel | None = None

    @property
    def name(self) -> str:
        return str(self.kind.label)

    def can_write(self, talk: Conversation) -> bool:
        """Say whether an answer can be written in this very conversation."""
        return self.can_answer

    def usual_recipients(self, talk: Conversation) -> list[str]:
        """Return to whom an answer goes if nobody says otherwise."""
        return []

    def address(self, written: str) -> str:
        """Return an address as this channel writes it; raises ConversationRefused for what is none."""
        raise ConversationRefused(
            _("Nobody can be written to by this channel from here. Choose another one."), "recipients"
        )

    def checked(
        self, talk: Conversation, values: AnswerValues, files: Collection[Attachment]
    ) -> AnswerValues:  # fmt: skip
        """Return an answer ready to be queued; raises ConversationRefused with a sentence if it cannot arrive."""
        raise ConversationRefused(_("Nothing can be answered here by this channel. Write a note, or another way."))

    def sender(self, talk: Conversation) -> str:
        """Return the address of ours that an answer comes from."""
        return ""

    def answering(self, talk: Conversation) -> dict[str, Any]:
        """Return what a message says of those before it, as columns of the message."""
        return {}

    def number(self, message: Message) -> str:
        """Return the number that a message goes out under; empty where the other side gives one."""
        return ""

    def queued(self, talk: Conversation, values: AnswerValues) -> dict[str, Any]:
        """Return by what a message is to be sent, as columns of its dispatch."""
        return {}

    def with_work(self) -> list[int]:
        """Return the numbers of what the transport has to send from now, such as mailboxes; asked every second."""
        return []

    def why_nothing_leaves(self, dispatch: Dispatch) -> str:
        """Say why a queued message does not go out just now; empty when it does."""
        return ""

    def still_tried(self, answer: str) -> str:
        """Say that the other side put a message off, and what it said."""
        return answer

    def shown(self, talk: Conversation) -> Mapping[str, Any]:
        """Return what the composer's template shows of a conversation."""
        return {}

    def is_opt_out(self, text: str) -> bool:
        """Say whether somebody says with this, and nothing else, that they want no more advertising here."""
        return False


class Kept(Way):
    """A channel whose conversations are kept and shown, and in which nobody writes from here."""

    def __init__(self, kind: Channel, icon: str) -> None:
        self.kind = kind
        self.icon = icon
