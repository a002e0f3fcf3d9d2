"""The log of looks at customers as a whole, and what in it is unusual."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import ngettext

from stamkunde.accountability.queries.terms import the_terms
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import ContactKind, ContactPoint, LookUp, LookUpPurpose
from stamkunde.events.models import Happening
from stamkunde.kit import shown
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.paging import Order, Page, instant, page

AROUND = timedelta(hours=1)
"""So long before or after a look something must have been done about the customer for the look to have a purpose."""

MOST_READ = 20_000
MOST_SHOWN = 100


@dataclass(frozen=True)
class Narrowing:
    """Which looks are meant: by whom, at which till, what for, and between which moments (the last one excluded)."""

    actor_id: int | None = None
    till_id: int | None = None
    purpose: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def looks(self) -> QuerySet[LookUp]:
        rows = LookUp.objects.all()
        if self.actor_id is not None:
            rows = rows.filter(actor_id=self.actor_id)
        if self.till_id is not None:
            rows = rows.filter(till=self.till_id)
        if self.purpose:
            rows = rows.filter(purpose=self.purpose)
        if self.since is not None:
            rows = rows.filter(at__gte=self.since)
        if self.until is not None:
            rows = rows.filter(at__lt=self.until)
        return rows


def log_page(narrowing: Narrowing, mark: str = "", size: int = 50) -> Page[LookUp]:
    """Return a page of the log, the newest look first."""
    rows = narrowing.looks().select_related("customer", "store", "till")
    return page(rows, Order("at"), mark=mark, size=size, parse=instant)


@dataclass(frozen=True)
class Alert:
    """Something in the log that somebody should ask about; it accuses nobody."""

    kind: str
    sentence: str
    who: str
    role: str
    actor_id: int | None
    number: int
    since: datetime
    until: datetime


def alerts(since: datetime, until: datetime) -> list[Alert]:
    """Return what is unusual between two moments, the most frequent first."""
    looks = LookUp.objects.filter(at__gte=since, at__lt=until).exclude(actor_kind=ActorKind.MACHINE.value)
    found = [*_too_many(looks), *_out_of_hours(looks), *_without_deed(looks), *_at_colleagues(looks)]
    return sorted(found, key=lambda alert: (-alert.number, alert.kind, alert.who))[:MOST_SHOWN]


def _too_many(looks: QuerySet[LookUp]) -> Iterator[Alert]:
    """Yield who looked at more customers within an hour of the clock than is usual."""
    most = the_terms().many_looks
    hours = (
        looks.annotate(hour=TruncHour("at"))
        .order_by()
        .values_list("actor_id", "actor_label", "role", "hour")
        .annotate(number=Count("customer", distinct=True))
        .filter(number__gt=most)
    )
    for actor_id, who, role, hour, number in hours:
        sentence = ngettext(
            "%(number)s customer was looked at within one hour.",
            "%(number)s customers were looked at within one hour.",
            number,
        ) % {"number": number}
        yield Alert("many", sentence, who, role, actor_id, number, hour, hour + timedelta(hours=1))


def _out_of_hours(looks: QuerySet[LookUp]) -> Iterator[Alert]:
    terms = the_terms()
    for row in _by_person(looks.filter(_outside(terms.opens_at, terms.closes_at))):
        sentence = ngettext(
            "%(number)s look was outside working hours.", "%(number)s looks were outside working hours.", row[3]
        ) % {"number": row[3]}
        yield Alert("hours", sentence, row[1], row[2], row[0], row[3], row[4], row[5])


def _outside(opens_at: time, closes_at: time) -> Q:
    early, late = Q(at__time__lt=opens_at), Q(at__time__gte=closes_at)
    # Work that goes on past midnight ends before it begins, by the clock.
    return early | late if opens_at < closes_at else early & late


def _without_deed(looks: QuerySet[LookUp]) -> Iterator[Alert]:
    """Yield who opened profiles and did nothing about the customer within an hour: no sale, no note, no change."""
    opened = looks.filter(purpose__in=[LookUpPurpose.PROFILE, LookUpPurpose.PEEK, LookUpPurpose.COUNTER])
    # Whoever answers for the log and for personal data looks without selling.
    rows = list(
        opened.exclude(role=Role.PRIVACY)
        .order_by("-at")
        .values_list("actor_id", "actor_label", "role", "customer", "at")[:MOST_READ]
    )
    if not rows:
        return
    deeds: dict[tuple[int | None, int | None], list[datetime]] = {}
    told = Happening.objects.filter(
        actor_kind=ActorKind.STAFF.value,
        customer_id__in={row[3] for row in rows},
        at__range=(rows[-1][4] - AROUND, rows[0][4] + AROUND),
    )
    for actor_id, customer_id, at in told.values_list("actor_id", "customer_id", "at"):
        deeds.setdefault((actor_id, customer_id), []).append(at)
    without: dict[tuple[int | None, str, str], list[datetime]] = {}
    for actor_id, who, role, customer_id, at in rows:
        if not any(abs(deed - at) <= AROUND for deed in deeds.get((actor_id, customer_id), ())):
            without.setdefault((actor_id, who, role), []).append(at)
    for (actor_id, who, role), moments in without.items():
        number = len(moments)
        sentence = ngettext(
            "%(number)s profile was opened without a purchase, a note or a change.",
            "%(number)s profiles were opened without a purchase, a note or a change.",
            number,
        ) % {"number": number}
        yield Alert("deedless", sentence, who, role, actor_id, number, min(moments), max(moments))


def _at_colleagues(looks: QuerySet[LookUp]) -> Iterator[Alert]:
    """Yield who looked at somebody who works here, or at themselves, as far as an e-mail address tells."""
    own = ContactPoint.objects.filter(kind=ContactKind.EMAIL, value__in=User.objects.values("email"))
    for row in _by_person(looks.filter(customer__in=own.values("customer"))):
        sentence = ngettext(
            "%(number)s look was at somebody who works here.", "%(number)s looks were at people who work here.", row[3]
        ) % {"number": row[3]}
        yield Alert("colleagues", sentence, row[1], row[2], row[0], row[3], row[4], row[5])


def _by_person(looks: QuerySet[LookUp]) -> list[tuple[Any, ...]]:
    people = looks.order_by().values_list("actor_id", "actor_label", "role")
    return list(people.annotate(number=Count("pk"), first=Min("at"), last=Max("at")))


def people_in_log() -> list[tuple[int, str]]:
    """Return the staff who can be chosen: all who work or have worked here."""
    return [(user.pk, user.name) for user in User.objects.order_by("name", "pk")]


def role_name(role: str) -> str:
    return str(dict(Role.choices).get(role, role))


def span(alert: Alert) -> str:
    first, last = shown.instant(alert.since), shown.instant(alert.until)
    return first if first == last else f"{first} – {last}"


def last_days(days: int) -> tuple[datetime, datetime]:
    until = timezone.now() + timedelta(seconds=1)
    return until - timedelta(days=days), until
