"""Whom a breach may have reached: whose data a person, a program, a device or a till read or changed in a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from stamkunde.accounts.models import SignIn
from stamkunde.customers.models import ContactKind, ContactPoint, Customer, HitList, LookUp
from stamkunde.events.models import Happening
from stamkunde.kit.actor import ActorKind

_AT_ONCE = 500
# A number is drawn a little before or after the moment that is written beside it.
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """By whose hand, and between which moments (the last one excluded); what is not said narrows nothing.

    `program_id` is the number by which a token acts. A device is one of a till's: what was done by whoever was signed
    in on it at the time counts.
    """

    since: datetime
    until: datetime
    actor_id: int | None = None
    program_id: int | None = None
    device_id: int | None = None
    till_id: int | None = None
    by_machines: bool | None = None

    def done(self, at: str, *, has_till: bool) -> Q:
        """Return the condition for rows that say who did something, and when in a column."""
        asked = Q(**{f"{at}__gte": self.since, f"{at}__lt": self.until})
        machine = Q(actor_kind=ActorKind.MACHINE.value)
        if self.by_machines is not None:
            asked &= machine if self.by_machines else ~machine
        if self.actor_id is not None:
            asked &= Q(actor_id=self.actor_id, actor_kind=ActorKind.STAFF.value)
        if self.program_id is not None:
            asked &= Q(actor_id=self.program_id) & machine
        if self.device_id is not None:
            asked &= _signed_in(at, Q(till_device=self.device_id))
        if self.till_id is not None:
            at_till = _signed_in(at, Q(till_device__till=self.till_id))
            asked &= Q(till=self.till_id) if has_till else at_till
        return asked


def _signed_in(at: str, where: Q) -> Q:
    """Return the condition that whoever did it was signed in somewhere at the time."""
    there = SignIn.objects.filter(where, user=OuterRef("actor_id"), started_at__lte=OuterRef(at))
    open_then = there.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef(at)))
    return Q(Exists(open_then), actor_kind=ActorKind.STAFF.value)


@dataclass(frozen=True)
class Affected:
    """A customer with how to reach them: how often they were looked at, stood on a list, or were changed, and when."""

    customer_id: int
    name: str
    email: str
    phone: str
    first: datetime
    last: datetime
    looks: int
    lists: int
    changes: int


@dataclass
class _Touched:
    moments: list[datetime] = field(default_factory=list)
    looks: int = 0
    lists: int = 0
    changes: int = 0

    def add(self, first: datetime, last: datetime) -> "_Touched":
        self.moments = [min([*self.moments, first]), max([*self.moments, last])]
        return self


def affected(reach: Reach) -> Iterator[Affected]:
    """Yield everybody whom it may have reached, those in the trash too: they are told like all others."""
    touched = _touched(reach)
    ids = sorted(touched)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        people = Customer.objects.in_bulk(some)
        points: dict[tuple[int, str], str] = {}
        for point in ContactPoint.objects.filter(customer__in=some).order_by("-is_preferred", "pk"):
            points.setdefault((point.customer_id, point.kind), point.value)
        for pk in some:
            if pk not in people:
                # Whoever is gone can neither be named nor told.
                continue
            own = touched[pk]
            yield Affected(
                customer_id=pk,
                name=people[pk].name,
                email=points.get((pk, ContactKind.EMAIL), ""),
                phone=points.get((pk, ContactKind.PHONE), ""),
                first=own.moments[0],
                last=own.moments[-1],
                looks=own.looks,
                lists=own.lists,
                changes=own.changes,
            )


def _touched(reach: Reach) -> dict[int, _Touched]:
    found: dict[int, _Touched] = {}
    looks = LookUp.objects.filter(reach.done("at", has_till=True)).order_by().values_list("customer")
    for pk, first, last, number in looks.annotate(first=Min("at"), last=Max("at"), number=Count("pk")):
        found.setdefault(pk, _Touched()).add(first, last).looks = number
    lists = HitList.objects.filter(reach.done("at", has_till=True)).order_by("pk").values_list("shown", "at")
    for shown, at in lists.iterator(chunk_size=1_000):
        for number in shown.split():
            found.setdefault(int(number), _Touched()).add(at, at).lists += 1
    changes = Happening.objects.filter(reach.done("recorded_at", has_till=False), customer_id__isnull=False)
    changes = changes.filter(pk__gte=_number_at(reach.since - _SLACK), pk__lt=_number_at(reach.until + _SLACK))
    told = changes.order_by().values_list("customer_id")
    for pk, first, last, number in told.annotate(first=Min("recorded_at"), last=Max("recorded_at"), number=Count("pk")):
        found.setdefault(pk, _Touched()).add(first, last).changes = number
    return found


def _number_at(moment: datetime) -> int:
    """Return the number of the first happening written down at a moment or later.

    They are numbered as they are written, so that halving finds it: no index leads by the moment, for every purchase
    would have to write it.
    """
    rows = Happening.objects.order_by("pk").values_list("pk", "recorded_at")
    newest = rows.last()
    low, high = 0, newest[0] + 1 if newest else 0
    while low < high:
        middle = (low + high) // 2
        pk, at = rows.filter(pk__gte=middle).first() or (high, moment)
        if at < moment:
            low = pk + 1
        else:
            high = middle
    return low
