"""A conversation as its page tells it: by days, with what did not arrive and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.conversations.models import Attachment, Channel, Direction, DispatchState, MessageKind
from stamkunde.conversations.noticed import said_of
from stamkunde.conversations.queries.thread import Entry, Noted, Said
from stamkunde.conversations.shown_times import clock
from stamkunde.events.queries import Moment
from stamkunde.kit import shown


@dataclass(frozen=True)
class ShownFile:
    id: int
    name: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """One thing of the thread, ready to be drawn: a message, a note, or changes in a row told as one."""

    at: str
    iso: str
    said: Said | None = None
    noted: Noted | None = None
    changes: list[Moment] = field(default_factory=list)
    who: str = ""
    is_ours: bool = False
    is_machine: bool = False
    label: str = ""
    state: str = ""
    tone: str = "plain"
    advice: str = ""
    can_undo: bool = False
    can_go_again: bool = False
    """Whether it did not go out, or perhaps not, so that somebody decides whether it is sent once more."""
    may_have_arrived: bool = False
    files: list[ShownFile] = field(default_factory=list)
    title: str = ""
    notices: list[str] = field(default_factory=list)
    cost: str = ""
    posted: str = ""
    can_come_back: bool = False

    @property
    def anchor(self) -> str:
        if self.said is not None:
            return f"message-{self.said.message.pk}"
        return f"note-{self.noted.note.pk}" if self.noted is not None else ""


@dataclass(frozen=True)
class ShownDay:
    label: str
    entries: list[ShownEntry]


def days_of(entries: Iterable[Entry]) -> list[ShownDay]:
    """Tell a thread day by day; changes that follow one another are told as one."""
    today = timezone.localdate()
    days = []
    for day, of_day in groupby(entries, key=lambda one: timezone.localtime(one.at).date()):
        told: list[ShownEntry] = []
        for is_change, row in groupby(of_day, key=lambda one: one.change is not None):
            alike = list(row)
            told += [_changed(alike)] if is_change else [_shown(one) for one in alike]
        days.append(ShownDay(_day_label(day, today), told))
    return days


def _shown(entry: Entry) -> ShownEntry:
    if entry.noted is not None:
        note = entry.noted.note
        return ShownEntry(
            at=clock(entry.at), iso=entry.at.isoformat(), noted=entry.noted, who=note.written_by, is_ours=True
        )
    assert entry.said is not None  # noqa: S101 - an entry is one of three
    said, message = entry.said, entry.said.message
    is_ours = message.direction == Direction.OUT
    letter = said.letter
    state, tone, advice = _how_far(said)
    return ShownEntry(
        at=clock(entry.at),
        iso=entry.at.isoformat(),
        said=said,
        who=message.written_by or message.from_name or message.from_address,
        is_ours=is_ours,
        is_machine=message.kind != MessageKind.HUMAN,
        label=str(MessageKind(message.kind).label) if message.kind != MessageKind.HUMAN else "",
        state=state,
        tone=tone,
        advice=advice,
        can_undo=said.dispatch is not None and said.dispatch.state == DispatchState.QUEUED,
        can_go_again=said.dispatch is not None
        and said.dispatch.state in (DispatchState.FAILED, DispatchState.UNCERTAIN),
        may_have_arrived=said.dispatch is not None and said.dispatch.state == DispatchState.UNCERTAIN,
        files=[shown_file(one) for one in said.attachments],
        notices=[sentence for flag in message.flags if (sentence := said_of(flag))],
        cost=shown.amount(letter.cost, letter.currency) if letter is not None and letter.cost is not None else "",
        posted=shown.day(letter.posted_on) if letter is not None and letter.posted_on else "",
        can_come_back=letter is not None
        and said.dispatch is not None
        and said.dispatch.state in (DispatchState.PRINTED, DispatchState.SENT),
    )


def shown_file(file: Attachment) -> ShownFile:
    return ShownFile(file.pk, file.name, filesizeformat(file.size))


def _changed(entries: list[Entry]) -> ShownEntry:
    changes = [one.change for one in entries if one.change is not None]
    number = len(changes)
    title = ngettext("%(number)s change", "%(number)s changes", number) % {"number": number}
    return ShownEntry(at=clock(entries[0].at), iso=entries[0].at.isoformat(), changes=changes, title=title)


def _how_far(said: Said) -> tuple[str, str, str]:
    """Return how far a message from us is, its tone, and what somebody should do about it."""
    if said.dispatch is None:
        return "", "plain", ""
    state = DispatchState(said.dispatch.state)
    label = _said_state(said.message.channel, state)
    match state:
        case DispatchState.FAILED:
            return label, "red", _("The customer did not get this. Look at the address and send it anew, or call.")
        case DispatchState.BOUNCED:
            return label, "red", _("It came back: the address does not work. Call the customer, or write elsewhere.")
        case DispatchState.UNCERTAIN:
            return (
                label,
                "amber",
                _("The line broke while it was sent, so it may have arrived. Ask before you send it again."),
            )
        case DispatchState.HELD:
            return (
                label,
                "amber",
                _("It waited when a backup was made, and may have gone out since. Whoever sets up mail lets it go."),
            )
        case DispatchState.DELAYED:
            return label, "amber", _("The other side takes its time. You are told here if it does not arrive.")
    return label, "plain", ""


def _said_state(channel: str, state: DispatchState) -> str:
    if channel == Channel.LETTER:
        on_paper = {
            DispatchState.QUEUED: _("Waiting to be printed"),
            DispatchState.PRINTED: _("Printed, not posted yet"),
            DispatchState.SENT: _("Posted"),
        }
        return on_paper.get(state, str(state.label))
    return str(state.label)


def _day_label(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return shown.long_day(day)
