"""What a customer is to the shop at a moment, as far as prices and points ask: plain values, read in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery

from stamkunde.customers.models import Customer
from stamkunde.kit.clock import business_day
from stamkunde.loyalty.models import CardState, MemberCard, Membership, MembershipState, ProgrammeState
from stamkunde.loyalty.queries.levels import standings_at


@dataclass(frozen=True, kw_only=True)
class MemberOf:
    """A membership as it stands at the moment."""

    membership_id: int
    number: str
    state: str
    programme_id: int
    programme_name: str
    currency: str
    holds: bool
    """Whether it brings its benefits: not while it is suspended, nor once the programme has ended."""
    level: str | None = None
    """The name of the level it has, if any."""


@dataclass(frozen=True, kw_only=True)
class MemberStanding:
    """Who somebody is as far as benefits ask; `birthday` is month and day."""

    customer_id: int
    memberships: tuple[MemberOf, ...] = ()
    birthday: tuple[int, int] | None = None
    visits: int = 0

    @property
    def levels(self) -> frozenset[str]:
        """The names of the levels whose benefits they have."""
        return frozenset(one.level for one in self.memberships if one.holds and one.level)

    @property
    def is_member(self) -> bool:
        return any(one.holds for one in self.memberships)


def standing_of(customer_id: int, at: datetime) -> MemberStanding:
    """Return the standing of a customer at a moment; of somebody who is not there, that of a stranger."""
    rows = list(
        Customer.objects.filter(pk=customer_id, trashed_at=None)
        .annotate(
            own=FilteredRelation(
                "memberships",
                condition=Q(memberships__joined_to=None, memberships__joined_at__lte=at)
                & (Q(memberships__closed_at=None) | Q(memberships__closed_at__gt=at)),
            )
        )
        .annotate(
            membership=F("own__id"),
            number=F("own__number"),
            state=F("own__state"),
            programme=F("own__programme_id"),
            programme_name=F("own__programme__name"),
            currency=F("own__programme__currency"),
            programme_state=F("own__programme__state"),
            zone=F("own__programme__zone"),
            ends_on=F("own__programme__ends_on"),
            level=Subquery(standings_at(at).filter(membership=OuterRef("own__id")).values("tier__name")[:1]),
        )
        .order_by("own__id")
        .values(
            "birth_date", "visits", "membership", "number", "state", "programme", "programme_name", "currency",
            "programme_state", "zone", "ends_on", "level",
        )
    )  # fmt: skip
    if not rows:
        return MemberStanding(customer_id=customer_id)
    born: date | None = rows[0]["birth_date"]
    return MemberStanding(
        customer_id=customer_id,
        memberships=tuple(
            MemberOf(
                membership_id=row["membership"],
                number=row["number"],
                state=row["state"],
                programme_id=row["programme"],
                programme_name=row["programme_name"],
                currency=row["currency"],
                holds=row["state"] != MembershipState.SUSPENDED
                and programme_holds(row["programme_state"], row["zone"], row["ends_on"], at),
                level=row["level"],
            )
            for row in rows
            if row["membership"] is not None
        ),
        birthday=(born.month, born.day) if born else None,
        visits=rows[0]["visits"],
    )


def programme_holds(state: str, zone: str, ends_on: date | None, at: datetime) -> bool:
    """Say whether a programme brings its benefits at a moment; its last day is that of its own zone."""
    if state == ProgrammeState.OPEN:
        return True
    return state == ProgrammeState.CLOSING and ends_on is not None and business_day(at, zone) <= ends_on


@dataclass(frozen=True, kw_only=True)
class Benefits:
    """What a member has the benefits of, for a till that cannot ask later; `tokens` are what their cards say."""

    levels: frozenset[str]
    tokens: tuple[str, ...]


def benefits_of(customer_ids: Collection[int], at: datetime) -> dict[int, Benefits]:
    """Return the benefits of those among the customers who are members, as they stand now; two queries."""
    rows = Membership.objects.filter(customer__in=customer_ids, joined_to=None, state=MembershipState.ACTIVE)
    rows = rows.annotate(
        level=Subquery(standings_at(at).filter(membership=OuterRef("pk")).values("tier__name")[:1])
    ).select_related("programme")
    levels: dict[int, set[str]] = {}
    whose: dict[int, int] = {}
    for row in rows.order_by("pk"):
        programme = row.programme
        if row.customer_id is None or not programme_holds(programme.state, programme.zone, programme.ends_on, at):
            continue
        whose[row.pk] = row.customer_id
        level = getattr(row, "level", None)
        own = levels.setdefault(row.customer_id, set())
        if level:
            own.add(level)
    cards = MemberCard.objects.filter(membership__in=whose, state=CardState.ACTIVE).order_by("pk")
    tokens: dict[int, list[str]] = {}
    for membership, token in cards.values_list("membership", "token"):
        tokens.setdefault(whose[membership], []).append(token)
    return {
        number: Benefits(levels=frozenset(own), tokens=tuple(tokens.get(number, ()))) for number, own in levels.items()
    }
