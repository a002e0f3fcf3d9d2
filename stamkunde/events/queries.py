"""Reads of what happened: a customer's timeline and the audit of the house."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stamkunde.events.delivering import event_of
from stamkunde.events.models import Happening
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.folding import fold
from stamkunde.kit.paging import Order, Page, instant, page

NEWEST = Order("at")
LATEST_RECORDED = Order("pk")


@dataclass(frozen=True)
class Moment:
    """A happening as a page shows it: the sentence is said in the reader's language."""

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


def timeline(
    customer_id: int, *, topics: Iterable[str] = (), search: str = "", mark: str = "", size: int = 50
) -> Page[Happening]:
    """Return one page of a customer's happenings, the newest first; one query.

    Raises CursorError for a mark that was not made by an earlier page.
    """
    rows = Happening.objects.about_customer(customer_id)
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
    mark: str = "",
    size: int = 50,
    names: Iterable[str] = (),
    actor_id: int | None = None,
    customer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[Happening]:
    """Return one page of everything that was done, the last written down first; one query."""
    rows: QuerySet[Happening] = Happening.objects.all()
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


def moments(happenings: Iterable[Happening]) -> list[Moment]:
    """Say each happening; one whose kind no longer exists is still shown by its name."""
    return [_moment(happening) for happening in happenings]


def _moment(happening: Happening) -> Moment:
    event = event_of(happening)
    return Moment(
        id=happening.pk,
        name=happening.name,
        topic=happening.topic,
        icon=event.icon if event else "history",
        at=happening.at,
        recorded_at=happening.recorded_at,
        sentence=event.sentence()
        if event
        else _("Something happened that this version cannot say (%s).") % happening.name,
        lines=event.lines() if event else [],
        url=event.url() if event else "",
        actor=happening.actor_label,
        is_by_customer=happening.actor_kind == ActorKind.CUSTOMER.value,
        customer_id=happening.customer_id,
        subject_id=happening.subject_id,
    )
