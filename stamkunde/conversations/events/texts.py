"""What can have happened to text messages as such: numbers set up, calls refused, set aside and read again."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic


@dataclass(frozen=True, kw_only=True)
class TextEvent(Event):
    """Something about the text messages of the whole shop."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "device-mobile"


@dataclass(frozen=True, kw_only=True)
class TextSetAside(TextEvent):
    name: ClassVar[str] = "conversations.text_set_aside"
    icon: ClassVar[str] = "alert-triangle"
    SUBJECT: ClassVar[str] = "raw_text_id"
    raw_text_id: int
    text_line_id: int
    reason: str = ""

    def sentence(self) -> str:
        return _("Something that a provider of text messages handed in could not be read and was set aside.")


@dataclass(frozen=True, kw_only=True)
class TextReadAgain(TextEvent):
    name: ClassVar[str] = "conversations.text_read_again"
    number: int = 1

    def sentence(self) -> str:
        return ngettext(
            "What a provider of text messages handed in is read again.",
            "%(number)s things that providers of text messages handed in are read again.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class TextLineEvent(TextEvent):
    SUBJECT: ClassVar[str] = "text_line_id"
    text_line_id: int
    line_name: str


@dataclass(frozen=True, kw_only=True)
class TextLineAdded(TextLineEvent):
    name: ClassVar[str] = "conversations.text_line_added"

    def sentence(self) -> str:
        return _("The number %(line)s for text messages was added.") % {"line": self.line_name}


@dataclass(frozen=True, kw_only=True)
class TextLineChanged(TextLineEvent):
    name: ClassVar[str] = "conversations.text_line_changed"

    def sentence(self) -> str:
        return _("The number %(line)s for text messages was set up differently.") % {"line": self.line_name}


@dataclass(frozen=True, kw_only=True)
class TextTemplateChanged(TextLineEvent):
    name: ClassVar[str] = "conversations.text_template_changed"
    template: str

    def sentence(self) -> str:
        return _("The template %(template)s of %(line)s was written down anew.") % {
            "template": self.template,
            "line": self.line_name,
        }


@dataclass(frozen=True, kw_only=True)
class TextHookRefused(TextLineEvent):
    """Somebody knows the address at which a provider hands in, and is not the provider."""

    name: ClassVar[str] = "conversations.text_hook_refused"
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _("Something was handed in for %(line)s that its provider did not sign. Nothing of it was kept.") % {
            "line": self.line_name
        }


@dataclass(frozen=True, kw_only=True)
class TextAnswersStopped(TextLineEvent):
    """Two machines may be answering each other: one of them is ours, and stops."""

    name: ClassVar[str] = "conversations.text_answers_stopped"
    icon: ClassVar[str] = "alert-triangle"

    def sentence(self) -> str:
        return _(
            "So many messages came to %(line)s from one number that it is not answered by itself any more. "
            "It may be a machine."
        ) % {"line": self.line_name}
