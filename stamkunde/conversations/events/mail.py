"""What can have happened to mail: set aside, come back, suspected, and mailboxes set up, failing and well again."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.conversations.events import ConversationEvent
from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class MessageCameBack(ConversationEvent):
    """A message of ours could not be delivered."""

    name: ClassVar[str] = "conversations.message_came_back"
    icon: ClassVar[str] = "alert-triangle"
    message_id: int

    def sentence(self) -> str:
        return _("A message could not be delivered and came back.")


@dataclass(frozen=True, kw_only=True)
class MailEvent(Event):
    """Something about the mail of the whole shop."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "mail"


@dataclass(frozen=True, kw_only=True)
class ForgedMarkNoticed(MailEvent):
    """Somebody tried to be taken into another one's conversation."""

    name: ClassVar[str] = "conversations.forged_mark_noticed"
    icon: ClassVar[str] = "alert-triangle"
    SUBJECT: ClassVar[str] = "conversation_id"
    conversation_id: int

    def sentence(self) -> str:
        return _("A mail bore a forged mark of another conversation. It was put into one of its own.")


@dataclass(frozen=True, kw_only=True)
class AutomaticAnswersStopped(MailEvent):
    """Two machines may be answering each other: one of them is ours, and stops."""

    name: ClassVar[str] = "conversations.automatic_answers_stopped"
    icon: ClassVar[str] = "alert-triangle"
    SUBJECT: ClassVar[str] = "mailbox_id"
    mailbox_id: int
    mailbox_name: str

    def sentence(self) -> str:
        return _(
            "So many mails came to %(mailbox)s from one sender that it is not answered by itself any more. "
            "It may be a machine."
        ) % {"mailbox": self.mailbox_name}


@dataclass(frozen=True, kw_only=True)
class MailSetAside(MailEvent):
    name: ClassVar[str] = "conversations.mail_set_aside"
    icon: ClassVar[str] = "alert-triangle"
    SUBJECT: ClassVar[str] = "raw_mail_id"
    raw_mail_id: int
    mailbox_id: int
    reason: str = ""

    def sentence(self) -> str:
        return _("A mail could not be read and was set aside.")


@dataclass(frozen=True, kw_only=True)
class MailReadAgain(MailEvent):
    name: ClassVar[str] = "conversations.mail_read_again"
    number: int = 1

    def sentence(self) -> str:
        return ngettext(
            "A mail that was set aside is read again.",
            "%(number)s mails that were set aside are read again.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class MailHeld(MailEvent):
    """After a restore, what had waited to be sent does not go out until a person says so."""

    name: ClassVar[str] = "conversations.mail_held"
    icon: ClassVar[str] = "alert-triangle"
    number: int = 1

    def sentence(self) -> str:
        return ngettext(
            "A message that waited to be sent is held back after the restore.",
            "%(number)s messages that waited to be sent are held back after the restore.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class MailLetGo(MailEvent):
    name: ClassVar[str] = "conversations.mail_let_go"
    number: int = 1

    def sentence(self) -> str:
        return ngettext(
            "A message that was held back goes out.",
            "%(number)s messages that were held back go out.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class MailSaidToHaveGoneOut(MailEvent):
    name: ClassVar[str] = "conversations.mail_said_to_have_gone_out"
    number: int = 1

    def sentence(self) -> str:
        return ngettext(
            "A message that was held back had gone out already.",
            "%(number)s messages that were held back had gone out already.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class MailboxEvent(MailEvent):
    SUBJECT: ClassVar[str] = "mailbox_id"
    mailbox_id: int
    mailbox_name: str


@dataclass(frozen=True, kw_only=True)
class MailboxFails(MailboxEvent):
    name: ClassVar[str] = "conversations.mailbox_fails"
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("The mailbox %(mailbox)s cannot be read any more.") % {"mailbox": self.mailbox_name}


@dataclass(frozen=True, kw_only=True)
class MailboxWorksAgain(MailboxEvent):
    name: ClassVar[str] = "conversations.mailbox_works_again"

    def sentence(self) -> str:
        return _("The mailbox %(mailbox)s is read again.") % {"mailbox": self.mailbox_name}


@dataclass(frozen=True, kw_only=True)
class MailboxAdded(MailboxEvent):
    name: ClassVar[str] = "conversations.mailbox_added"

    def sentence(self) -> str:
        return _("The mailbox %(mailbox)s was added.") % {"mailbox": self.mailbox_name}


@dataclass(frozen=True, kw_only=True)
class MailboxChanged(MailboxEvent):
    name: ClassVar[str] = "conversations.mailbox_changed"

    def sentence(self) -> str:
        return _("The mailbox %(mailbox)s was set up differently.") % {"mailbox": self.mailbox_name}
