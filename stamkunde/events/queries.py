"""Reads of what happened: a customer's timeline and the audit of the house."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stamkunde.events.delivering import event_of
from stamkunde.events.event import Event
from stamkunde.events.models import Happening, Topic
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.folding import fold
from stamkunde.kit.paging import Order, Page, instant, page

NEWEST = Order("at")
LATEST_RECORDED = Order("pk")

# A number that is no customer's.
NOBODY = 0
EVERYTHING = Q()


@dataclass(frozen=True)
class Moment:
    """A happening as a page shows it: the sentence is said in the reader's language.

    One that `is_withheld` is about somebody who may not be named to the reader, and says nothing of them.
    """

    id: int
    name: str
    topic: str
    icon: str
    at: datetime
    recorded_at: datetime
    sentence: str
    lines: list[str]
    url: str
    actor: str
    is_by_customer: bool
    customer_id: int | None
    subject_id: int | None
    is_withheld: bool


def timeline(
    customer_id: int,
    *,
    told: Q = EVERYTHING,
    topics: Iterable[str] = (),
    search: str = "",
    mark: str = "",
    size: int = 50,
) -> Page[Happening]:
    """Return one page of what the reader may be told of a customer's happenings, the newest first; one query.

    Raises CursorError for a mark that was not made by an earlier page.
    """
    rows = Happening.objects.about_customer(customer_id).filter(told)
    chosen = list(topics)
    if len(chosen) == 1:
        rows = rows.filter(topic=chosen[0])
    elif chosen:
        rows = rows.filter(topic__in=chosen)
    for word in fold(search).split():
        rows = rows.filter(words__contains=word)
    return page(rows, NEWEST, mark=mark, size=size, parse=instant)


def audit(
    *,
    told: Q = EVERYTHING,
    mark: str = "",
    size: int = 50,
    names: Iterable[str] = (),
    actor_id: int | None = None,
    customer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Happening]:
    """Return one page of what was done and the reader may be told, the last written down first; one query."""
    rows: QuerySet[Happening] = Happening.objects.filter(told)
    chosen = list(names)
    if chosen:
        rows = rows.filter(name__in=chosen)
    if actor_id is not None:
        rows = rows.filter(actor_kind=ActorKind.STAFF.value, actor_id=actor_id)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if since is not None:
        rows = rows.filter(recorded_at__gte=since)
    if until is not None:
        rows = rows.filter(recorded_at__lt=until)
    return page(rows, LATEST_RECORDED, mark=mark, size=size)


def people_in(happenings: Iterable[Happening]) -> Iterator[int]:
    """Yield the numbers of the customers whom happenings are about, and of those named beside them."""
    for happening in happenings:
        if happening.customer_id is not None:
            yield happening.customer_id
        yield from others_in([happening])


def others_in(happenings: Iterable[Happening]) -> Iterator[int]:
    """Yield the numbers of the customers who are named on another's timeline."""
    for happening in happenings:
        kind = Event.kinds.get(happening.name)
        if kind is not None and kind.OTHER and (other := happening.details.get(kind.OTHER)):
            yield other


def without(happenings: Iterable[Happening], unnamed: frozenset[int]) -> list[Happening]:
    """Leave out what names others who may not be named: that it was found by its words would name them."""
    return [one for one in happenings if unnamed.isdisjoint(others_in([one]))]


def moments(happenings: Iterable[Happening], unnamed: Collection[int]) -> list[Moment]:
    """Say each happening; one whose kind no longer exists is still shown by its name.

    `unnamed` are the numbers of customers who may not be named to the reader: what is about one of them says nothing
    of a person, and what is about somebody else does not say whom it was with.
    """
    return [_moment(happening, unnamed) for happening in happenings]


def _moment(happening: Happening, unnamed: Collection[int]) -> Moment:
    event = event_of(happening)
    is_withheld = happening.customer_id in unnamed
    is_with_unnamed = event is not None and event.other_customer_id in unnamed
    if event is not None and (is_withheld or is_with_unnamed):
        event = event.without_person()
    return Moment(
        id=happening.pk,
        name=happening.name,
        topic=happening.topic,
        icon=event.icon if event else "history",
        at=happening.at,
        recorded_at=happening.recorded_at,
        sentence=_sentence(happening, event, is_withheld=is_withheld),
        lines=event.lines() if event and not is_withheld else [],
        url=event.url() if event and not is_withheld else "",
        actor=happening.actor_label,
        is_by_customer=happening.actor_kind == ActorKind.CUSTOMER.value,
        customer_id=None if is_withheld else happening.customer_id,
        subject_id=None if is_withheld or is_with_unnamed else happening.subject_id,
        is_withheld=is_withheld,
    )


def _sentence(happening: Happening, event: Event | None, *, is_withheld: bool) -> str:
    if is_withheld:
        return about_somebody(happening.topic)
    if event is None:
        return _("Something happened that this version cannot say (%s).") % happening.name
    return event.sentence()


def about_somebody(topic: str) -> str:
    """Say that something was done to a customer whom the reader is not told of."""
    return _("Something about a customer (%(topic)s)") % {"topic": Topic(topic).label}
