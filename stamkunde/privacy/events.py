"""What can have happened to what people ask about their data."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.addresses import address
from stamkunde.privacy.models import RequestKind


@dataclass(frozen=True, kw_only=True)
class RequestEvent(Event):
    topic: ClassVar[Topic] = Topic.CHANGES
    icon = "shield-lock"
    SUBJECT = "request_id"

    request_id: int

    def url(self) -> str:
        return address("privacy:request", self.request_id)


@dataclass(frozen=True, kw_only=True)
class RequestReceived(RequestEvent):
    name = "privacy.request_received"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("kind",)
    kind: str
    due_on: str

    def sentence(self) -> str:
        if self.kind == RequestKind.ERASURE:
            return _("Asked to be erased.")
        return _("Asked for a copy of the data.")

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"kind": RequestKind.ACCESS.value, "due_on": "2026-12-24"}


@dataclass(frozen=True, kw_only=True)
class IdentityChecked(RequestEvent):
    name = "privacy.identity_checked"

    def sentence(self) -> str:
        return _("It was checked who asks about the data.")


@dataclass(frozen=True, kw_only=True)
class RequestExtended(RequestEvent):
    name = "privacy.request_extended"
    due_on: str

    def sentence(self) -> str:
        return _("Was told that the answer about the data takes longer.")

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"due_on": "2026-12-24"}


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(RequestEvent):
    name = "privacy.request_answered"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("kind",)
    kind: str

    def sentence(self) -> str:
        return _("The request about the data was answered.")

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"kind": RequestKind.ACCESS.value}


@dataclass(frozen=True, kw_only=True)
class RequestTurnedDown(RequestEvent):
    name = "privacy.request_turned_down"
    OUTSIDE: ClassVar[tuple[str, ...]] = ("kind",)
    kind: str

    def sentence(self) -> str:
        return _("The request about the data was refused.")

    @classmethod
    def example(cls) -> dict[str, str]:
        return {"kind": RequestKind.ACCESS.value}


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """The last thing that is told of a person: whoever was given their data is to erase it too (GDPR article 19)."""

    name = "privacy.customer_erased"
    topic: ClassVar[Topic] = Topic.CHANGES
    icon = "trash"
    SUBJECT = "erasure_id"

    erasure_id: int

    def sentence(self) -> str:
        return _("The person was erased.")


@dataclass(frozen=True, kw_only=True)
class CopyWritten(RequestEvent):
    name = "privacy.copy_written"
    icon = "download"
    rows: int

    def sentence(self) -> str:
        return _("A copy of the data was written.")


@dataclass(frozen=True, kw_only=True)
class CopyFetched(RequestEvent):
    name = "privacy.copy_fetched"
    icon = "download"

    def sentence(self) -> str:
        return _("The copy of the data was fetched, to be given to the customer.")
