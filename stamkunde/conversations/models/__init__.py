"""The tables of conversations."""

from stamkunde.conversations.models.conversation import (
    Channel,
    Conversation,
    ConversationState,
    Participant,
    Tag,
    Tagging,
)
from stamkunde.conversations.models.inbox import (
    Draft,
    InternalNote,
    Mention,
    Presence,
    SavedReply,
    SavedReplyText,
)
from stamkunde.conversations.models.letter import (
    Letter,
    Letterhead,
    Postage,
    PostalZone,
    PrintRun,
    PrintState,
)
from stamkunde.conversations.models.mailbox import (
    Assigning,
    AutomaticAnswer,
    Mailbox,
    MailSecurity,
    RawMail,
    RawMailState,
    SignIn,
)
from stamkunde.conversations.models.message import (
    Attachment,
    Direction,
    Dispatch,
    DispatchState,
    Message,
    MessageKind,
    Recipient,
    RecipientRole,
)
from stamkunde.conversations.models.search import SearchWords
from stamkunde.conversations.models.text import RawText, TextLine, TextProviderName, TextTemplate

__all__ = [
    "Assigning",
    "Attachment",
    "AutomaticAnswer",
    "Channel",
    "Conversation",
    "ConversationState",
    "Direction",
    "Dispatch",
    "DispatchState",
    "Draft",
    "InternalNote",
    "Letter",
    "Letterhead",
    "MailSecurity",
    "Mailbox",
    "Mention",
    "Message",
    "MessageKind",
    "Participant",
    "PostalZone",
    "Postage",
    "Presence",
    "PrintRun",
    "PrintState",
    "RawMail",
    "RawMailState",
    "RawText",
    "Recipient",
    "RecipientRole",
    "SavedReply",
    "SavedReplyText",
    "SearchWords",
    "SignIn",
    "Tag",
    "Tagging",
    "TextLine",
    "TextProviderName",
    "TextTemplate",
]
