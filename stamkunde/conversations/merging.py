"""How conversations follow a customer when two profiles become one."""

from django.utils.translation import gettext_lazy

from stamkunde.conversations.events import (
    AnswerTakenBack,
    AnswerWritten,
    ConversationAssigned,
    ConversationClosed,
    ConversationMarkedAsSpam,
    ConversationReopened,
    ConversationsMerged,
    ConversationSnoozed,
    ConversationsParted,
    ConversationTagged,
    ConversationWoken,
    CustomerNamed,
    InternalNoteWritten,
    MessageReceived,
)
from stamkunde.conversations.events.letters import LetterPosted, LetterPutBack
from stamkunde.conversations.events.mail import MessageCameBack
from stamkunde.conversations.models import Conversation, Message, Participant
from stamkunde.kit import shown
from stamkunde.kit.merging import Follower, Later, register

_KINDS = (
    AnswerTakenBack, AnswerWritten, ConversationAssigned, ConversationClosed, ConversationMarkedAsSpam,
    ConversationReopened, ConversationSnoozed, ConversationsMerged, ConversationsParted, ConversationTagged,
    ConversationWoken, CustomerNamed, InternalNoteWritten, LetterPosted, LetterPutBack, MessageCameBack,
    MessageReceived,
)  # fmt: skip


def _said(conversation: Conversation) -> str:
    return f"{conversation} · {shown.instant(conversation.first_contact_at)}"


register(
    Follower(
        model=Conversation,
        later=Later(
            label=gettext_lazy("Conversations"),
            at="first_contact_at",
            said=_said,
            happenings=tuple(kind.name for kind in _KINDS),
        ),
    ),
    Follower(model=Message),
    Follower(model=Participant),
)
