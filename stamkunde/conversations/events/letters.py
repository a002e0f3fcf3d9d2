"""What can have happened to letters on paper, and to how they look."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.conversations.events import ConversationEvent
from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit import shown


@dataclass(frozen=True, kw_only=True)
class LetterPosted(ConversationEvent):
    """A letter was put into the post; `cost` is in minor units, and nothing where it is not known."""

    name: ClassVar[str] = "conversations.letter_posted"
    topic: ClassVar[Topic] = Topic.CONVERSATIONS
    icon: ClassVar[str] = "mail"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("posted_on", "cost", "currency")

    message_id: int
    posted_on: str
    sheets: int = 1
    cost: int | None = None
    currency: str = ""

    def sentence(self) -> str:
        words = {"day": shown.day(date.fromisoformat(self.posted_on))}
        if self.cost is None:
            return _("A letter was posted on %(day)s.") % words
        return _("A letter was posted on %(day)s; postage %(cost)s.") % {
            **words, "cost": shown.amount(self.cost, self.currency)
        }  # fmt: skip

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"posted_on": "2026-11-28"}


@dataclass(frozen=True, kw_only=True)
class LetterPutBack(ConversationEvent):
    """A printed letter was spoilt and is printed once more."""

    name: ClassVar[str] = "conversations.letter_put_back"
    icon: ClassVar[str] = "printer"
    message_id: int

    def sentence(self) -> str:
        return _("A letter was spoilt and is printed once more.")


@dataclass(frozen=True, kw_only=True)
class LetterWork(Event):
    """Something about the letters of the whole shop."""

    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "printer"


@dataclass(frozen=True, kw_only=True)
class LettersPrinted(LetterWork):
    name: ClassVar[str] = "conversations.letters_printed"
    SUBJECT: ClassVar[str] = "run_id"
    run_id: int
    number: int = 1

    def sentence(self) -> str:
        return ngettext("%(number)s letter was printed.", "%(number)s letters were printed.", self.number) % {
            "number": self.number
        }


@dataclass(frozen=True, kw_only=True)
class PrintRunCancelled(LetterWork):
    name: ClassVar[str] = "conversations.print_run_cancelled"
    SUBJECT: ClassVar[str] = "run_id"
    run_id: int
    number: int = 0

    def sentence(self) -> str:
        return ngettext(
            "A print run was given up; %(number)s letter waits again.",
            "A print run was given up; %(number)s letters wait again.",
            self.number,
        ) % {"number": self.number}


@dataclass(frozen=True, kw_only=True)
class LetterheadChanged(LetterWork):
    name: ClassVar[str] = "conversations.letterhead_changed"
    SUBJECT: ClassVar[str] = "letterhead_id"
    letterhead_id: int
    country: str = ""

    def sentence(self) -> str:
        return _("How letters look was changed.")


@dataclass(frozen=True, kw_only=True)
class PostageChanged(LetterWork):
    name: ClassVar[str] = "conversations.postage_changed"
    icon: ClassVar[str] = "coin"
    country: str = ""

    def sentence(self) -> str:
        return _("What postage costs was changed.")
