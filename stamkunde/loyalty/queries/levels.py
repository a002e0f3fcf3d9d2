"""Which level members have, and what is missing for the next one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from stamkunde.loyalty.levels import Counted, Reckoning
from stamkunde.loyalty.models import Membership, Tier, TierMetricEntry, TierReason, TierStanding
from stamkunde.loyalty.queries.live import running_programmes

COUNTS_FOR = timedelta(days=3 * 366)
"""What is older changes no level any more, not even one that is kept for a while."""


def standings_at(at: datetime) -> QuerySet[TierStanding]:
    """Return who has which level at a moment, the one that goes first: one given by hand, then the highest."""
    given_first = Case(When(reason=TierReason.MANUAL, then=Value(0)), default=Value(1))
    return TierStanding.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at).order_by(
        given_first, "-tier__rank", "-pk"
    )


def counted_of(membership_ids: Iterable[int], since: datetime) -> dict[int, list[Counted]]:
    """Return what counts for each membership, with what those that were joined to it brought along; one query."""
    ids = list(membership_ids)
    own = Q(membership__in=ids, membership__joined_to=None) | Q(membership__joined_to__in=ids)
    rows = (
        TierMetricEntry.objects.filter(own, occurred_at__gte=since)
        .annotate(whose=Coalesce("membership__joined_to", "membership"))
        .values_list("whose", "kind", "occurred_at", "amount")
    )
    found: dict[int, list[Counted]] = defaultdict(list)
    for whose, kind, at, amount in rows:
        found[whose].append(Counted(kind, at, amount))
    return found


@dataclass(frozen=True, kw_only=True)
class LevelNow:
    """A member's level at a moment, and the next higher one with what is missing for it, in units of its metric."""

    tier: Tier | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    next_tier: Tier | None = None
    missing: int = 0


def levels_of(memberships: Sequence[Membership], at: datetime) -> dict[int, LevelNow]:
    """Return the levels of memberships whose programme has any; two queries, none where none has."""
    running = running_programmes()
    own = {one.pk: running[one.programme_id] for one in memberships if one.programme_id in running}
    having = {pk: programme for pk, programme in own.items() if programme.tiers}
    if not having:
        return {}
    current: dict[int, TierStanding] = {}
    for row in standings_at(at).filter(membership__in=having).select_related("tier"):
        current.setdefault(row.membership_id, row)
    counted = counted_of(having, at - COUNTS_FOR)
    found = {}
    for pk, programme in having.items():
        standing = current.get(pk)
        rank = standing.tier.rank if standing is not None else -1
        higher = next((tier for tier in reversed(programme.tiers) if tier.rank > rank), None)
        missing = 0
        if higher is not None:
            reckoning = Reckoning(programme.tiers, counted[pk], programme.row.zone)
            missing = max(0, higher.threshold - reckoning.counted(higher, at))
        found[pk] = LevelNow(
            tier=standing.tier if standing is not None else None,
            reason=standing.reason if standing is not None else "",
            since=standing.since if standing is not None else None,
            until=standing.until if standing is not None else None,
            next_tier=higher,
            missing=missing,
        )
    return found
