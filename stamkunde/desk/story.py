"""A customer's timeline as the page tells it: by days, with notes as they stand and changes in a row told as one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.customers.events import NoteWritten
from stamkunde.customers.models import Note
from stamkunde.events.event import Event
from stamkunde.events.models import Happening, Topic
from stamkunde.events.queries import Moment, moments
from stamkunde.kit import shown

TONES: dict[str, str] = {
    Topic.PURCHASES: "green",
    Topic.CONVERSATIONS: "blue",
    Topic.CASES: "amber",
    Topic.NOTES: "blue",
}
MOST_LINES = 4


@dataclass(frozen=True)
class Told:
    """One thing on the timeline: a moment, with its note where it is one, or several changes told as one."""

    moment: Moment
    at: datetime
    when: str
    iso: str
    tone: str
    lines: list[str]
    further_lines: list[str] = field(default_factory=list)
    note: Note | None = None
    changes: list["Told"] = field(default_factory=list)
    title: str = ""
    is_removed: bool = False

    @property
    def is_plain(self) -> bool:
        return self.note is None and not self.changes

    @property
    def anchor(self) -> str:
        return f"moment-{self.moment.id}"


@dataclass(frozen=True)
class Day:
    label: str
    told: list[Told]


def topics_told() -> list[tuple[str, str]]:
    """Return the topics that anything in this house can tell of, with their names."""
    told = {kind.topic for kind in Event.kinds.values()} - {Topic.OPERATIONS}
    return [(topic.value, str(topic.label)) for topic in Topic if topic in told]


def notes_for(customer_id: int, happenings: Iterable[Happening]) -> tuple[list[Note], dict[int, Note]]:
    """Return the pinned notes, and by number those that the happenings tell of; one query."""
    numbers = [happening.subject_id for happening in happenings if happening.name == NoteWritten.name]
    wanted = Q(is_pinned=True, trashed_at=None)
    rows = Note.objects.filter(wanted | Q(pk__in=numbers) if numbers else wanted, customer_id=customer_id)
    notes = {note.pk: note for note in rows.order_by("-written_at")}
    return [note for note in notes.values() if note.is_pinned and note.trashed_at is None], notes


def happening_of(customer_id: int, pk: int, told: Q) -> Happening | None:
    """Return one thing that happened to this customer, for a link that leads to it."""
    return Happening.objects.about_customer(customer_id).filter(told, pk=pk).first()


def days_of(
    happenings: Iterable[Happening], notes: dict[int, Note], *, unnamed: Collection[int], expand: bool = False
) -> list[Day]:
    """Tell the happenings day by day; changes of one hand in a row become one, unless only changes were asked for."""
    here, today = timezone.get_current_timezone(), timezone.localdate()
    told = [_told(moment, moment.at.astimezone(here), notes) for moment in moments(happenings, unnamed)]
    return [
        Day(_day_label(day, today), list(of_day) if expand else _gathered(list(of_day)))
        for day, of_day in groupby(told, key=lambda one: one.at.date())
    ]


def _told(moment: Moment, at: datetime, notes: dict[int, Note]) -> Told:
    note = notes.get(moment.subject_id or 0) if moment.name == NoteWritten.name else None
    lines = [] if note else moment.lines
    return Told(
        moment=moment,
        at=at,
        when=_clock(at),
        iso=at.isoformat(),
        tone=TONES.get(moment.topic, "plain"),
        lines=lines[:MOST_LINES],
        further_lines=lines[MOST_LINES:],
        note=note,
        title=moment.sentence,
        is_removed=note is not None and note.trashed_at is not None,
    )


def _gathered(of_day: list[Told]) -> list[Told]:
    gathered: list[Told] = []
    for (is_change, actor), row in groupby(of_day, key=_hand):
        group = list(row)
        if is_change and len(group) > 1:
            gathered.append(_as_one(group, actor))
        else:
            gathered.extend(group)
    return gathered


def _hand(one: Told) -> tuple[bool, str]:
    is_change = one.moment.topic == Topic.CHANGES
    return is_change, one.moment.actor if is_change else ""


def _as_one(group: list[Told], actor: str) -> Told:
    first = group[0]
    title = ngettext("%(number)s change by %(name)s", "%(number)s changes by %(name)s", len(group))
    return Told(
        moment=first.moment,
        at=first.at,
        when=first.when,
        iso=first.iso,
        tone="plain",
        lines=[],
        changes=group,
        title=title % {"number": len(group), "name": actor},
    )


def _clock(at: datetime) -> str:
    # Midnight to the second is what a file without times of day says, and not when anybody came.
    return "" if (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0) else f"{at:%H:%M}"


def _day_label(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return shown.long_day(day)
