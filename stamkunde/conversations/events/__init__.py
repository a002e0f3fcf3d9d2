"""What can have happened in a conversation."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.conversations.models import Channel
from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.addresses import address
from stamkunde.kit.live.news import News

SHOWN = 600
# The room in which all who read the inbox are told that something has changed in a conversation.
INBOX = "inbox"


@dataclass(frozen=True, kw_only=True)
class ConversationEvent(Event):
    """Something about a conversation."""

    icon: ClassVar[str] = "message"
    SUBJECT: ClassVar[str] = "conversation_id"

    conversation_id: int

    def url(self) -> str:
        return address("conversations:conversation", self.conversation_id)

    def news(self) -> News:
        return News(INBOX, "conversation", {"conversation": self.conversation_id, "what": self.name.partition(".")[2]})


@dataclass(frozen=True, kw_only=True)
class MessageEvent(ConversationEvent):
    """Something that was said; the beginning of it stands on the timeline."""

    topic: ClassVar[Topic] = Topic.CONVERSATIONS
    PERSONAL: ClassVar[tuple[str, ...]] = ("subject", "text")
    OUTSIDE: ClassVar[tuple[str, ...]] = ("channel",)

    message_id: int
    channel: str
    subject: str = ""
    text: str = ""

    @property
    def by_what(self) -> str:
        return str(Channel(self.channel).label) if self.channel in Channel else self.channel

    def lines(self) -> list[str]:
        return [line for line in (self.subject, *self.text.splitlines()) if line.strip()]

    def words(self) -> str:
        return f"{self.subject} {self.text}"

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"channel": Channel.EMAIL}


@dataclass(frozen=True, kw_only=True)
class MessageReceived(MessageEvent):
    name: ClassVar[str] = "conversations.message_received"

    def sentence(self) -> str:
        return _("%(channel)s to us") % {"channel": self.by_what}


@dataclass(frozen=True, kw_only=True)
class AnswerWritten(MessageEvent):
    name: ClassVar[str] = "conversations.answer_written"

    def sentence(self) -> str:
        return _("%(channel)s from us") % {"channel": self.by_what}


@dataclass(frozen=True, kw_only=True)
class AnswerTakenBack(ConversationEvent):
    name: ClassVar[str] = "conversations.answer_taken_back"
    message_id: int

    def sentence(self) -> str:
        return _("A message was taken back before it was sent.")


@dataclass(frozen=True, kw_only=True)
class AnswerNotSent(ConversationEvent):
    """A message from us did not get out; why stands with it in the conversation."""

    name: ClassVar[str] = "conversations.answer_not_sent"
    message_id: int

    def sentence(self) -> str:
        return _("A message to the customer could not be sent.")


@dataclass(frozen=True, kw_only=True)
class AnswerPerhapsSent(ConversationEvent):
    """Whether a message got out is not known; somebody has to say what shall become of it."""

    name: ClassVar[str] = "conversations.answer_perhaps_sent"
    message_id: int

    def sentence(self) -> str:
        return _("A message to the customer was perhaps sent, and perhaps not.")


@dataclass(frozen=True, kw_only=True)
class AnswerSentAgain(ConversationEvent):
    name: ClassVar[str] = "conversations.answer_sent_again"
    message_id: int

    def sentence(self) -> str:
        return _("A message to the customer is sent once more.")


@dataclass(frozen=True, kw_only=True)
class AnswerSaidToHaveArrived(ConversationEvent):
    name: ClassVar[str] = "conversations.answer_said_to_have_arrived"
    message_id: int

    def sentence(self) -> str:
        return _("A message that was perhaps sent has arrived.")


@dataclass(frozen=True, kw_only=True)
class RecipientRefused(ConversationEvent):
    """A mail server took a message for others and not for this address."""

    name: ClassVar[str] = "conversations.recipient_refused"
    PERSONAL: ClassVar[tuple[str, ...]] = ("address",)
    message_id: int
    address: str = ""

    def sentence(self) -> str:
        return _("A message did not reach all it was written to.")

    def lines(self) -> list[str]:
        return [self.address] if self.address else []


@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(ConversationEvent):
    """Somebody answers it from now on; without a name nobody does."""

    name: ClassVar[str] = "conversations.assigned"
    to_id: int | None = None
    to_name: str = ""
    team_name: str = ""

    def sentence(self) -> str:
        if self.to_name:
            return _("%(name)s answers the conversation.") % {"name": self.to_name}
        if self.team_name:
            return _("The conversation was given to the team %(name)s.") % {"name": self.team_name}
        return _("Nobody answers the conversation any more.")


@dataclass(frozen=True, kw_only=True)
class ConversationClosed(ConversationEvent):
    name: ClassVar[str] = "conversations.closed"

    def sentence(self) -> str:
        return _("The conversation was closed.")


@dataclass(frozen=True, kw_only=True)
class ConversationReopened(ConversationEvent):
    name: ClassVar[str] = "conversations.reopened"

    def sentence(self) -> str:
        return _("The conversation was opened again.")


@dataclass(frozen=True, kw_only=True)
class ConversationSnoozed(ConversationEvent):
    name: ClassVar[str] = "conversations.snoozed"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("until",)
    until: str

    def sentence(self) -> str:
        return _("The conversation was put off.")


@dataclass(frozen=True, kw_only=True)
class ConversationWoken(ConversationEvent):
    name: ClassVar[str] = "conversations.woken"

    def sentence(self) -> str:
        return _("The conversation is due again.")


@dataclass(frozen=True, kw_only=True)
class ConversationMarkedAsSpam(ConversationEvent):
    name: ClassVar[str] = "conversations.marked_as_spam"
    is_spam: bool = True

    def sentence(self) -> str:
        if self.is_spam:
            return _("The conversation was marked as spam.")
        return _("The conversation is not spam after all.")


@dataclass(frozen=True, kw_only=True)
class CustomerNamed(ConversationEvent):
    """It became known, or was corrected, who somebody is; `before_id` is who it was thought to be."""

    name: ClassVar[str] = "conversations.customer_named"
    OTHER: ClassVar[str] = "before_id"
    before_id: int | None = None

    def sentence(self) -> str:
        return _("It was said whose the conversation is.")


@dataclass(frozen=True, kw_only=True)
class ConversationTagged(ConversationEvent):
    name: ClassVar[str] = "conversations.tagged"
    tag: str
    is_tagged: bool = True

    def sentence(self) -> str:
        if self.is_tagged:
            return _("The conversation was tagged “%(tag)s”.") % {"tag": self.tag}
        return _("The tag “%(tag)s” was taken off the conversation.") % {"tag": self.tag}


@dataclass(frozen=True, kw_only=True)
class InternalNoteWritten(ConversationEvent):
    """Staff wrote something to each other; what it says stays in the conversation."""

    name: ClassVar[str] = "conversations.internal_note_written"
    note_id: int

    def sentence(self) -> str:
        return _("A note was written on the conversation.")


@dataclass(frozen=True, kw_only=True)
class ConversationsMerged(ConversationEvent):
    """Another conversation became part of this one."""

    name: ClassVar[str] = "conversations.merged"
    merged_id: int

    def sentence(self) -> str:
        return _("Another conversation became part of this one.")


@dataclass(frozen=True, kw_only=True)
class ConversationsParted(ConversationEvent):
    name: ClassVar[str] = "conversations.parted"
    parted_id: int

    def sentence(self) -> str:
        return _("A conversation that had become part of this one stands for itself again.")


@dataclass(frozen=True, kw_only=True)
class SavedReplyChanged(Event):
    """An answer that is often given was written or changed."""

    name: ClassVar[str] = "conversations.saved_reply_changed"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "message"
    SUBJECT: ClassVar[str] = "saved_reply_id"
    saved_reply_id: int
    title: str = ""

    def sentence(self) -> str:
        return _("The saved reply “%(name)s” was changed.") % {"name": self.title}


@dataclass(frozen=True, kw_only=True)
class TagChanged(Event):
    """A word to sort conversations by was added or changed."""

    name: ClassVar[str] = "conversations.tag_changed"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "tag"
    SUBJECT: ClassVar[str] = "tag_id"
    tag_id: int
    title: str = ""

    def sentence(self) -> str:
        return _("The tag “%(name)s” was changed.") % {"name": self.title}
