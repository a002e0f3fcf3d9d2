"""What purchases and returns count towards levels, and which levels follow from it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.loyalty.events import LevelEnded, LevelReached
from stamkunde.loyalty.levels import Reckoning, Span
from stamkunde.loyalty.models import (
    Membership,
    TierMetric,
    TierMetricEntry,
    TierReason,
    TierSource,
    TierStanding,
)
from stamkunde.loyalty.queries.levels import COUNTS_FOR, counted_of
from stamkunde.loyalty.queries.live import LiveProgramme, running_programmes


@dataclass(frozen=True, kw_only=True)
class Bought:
    """What a purchase counts: minor units of the programme's currency, and points."""

    membership_id: int
    programme: LiveProgramme
    spend: int
    points: int


@dataclass(frozen=True)
class _Member:
    membership_id: int
    customer_id: int | None
    programme: LiveProgramme


@action(is_step=True)
def count_bought(bought: Bought, *, customer_id: int, sale: int, placed_at: datetime, by: Actor) -> None:
    """Count a new purchase, at its own time however late a till tells of it; a level it reaches holds from then on."""
    at = min(placed_at, now())
    recorded_at = now()
    amounts = {TierMetric.SPEND: bought.spend, TierMetric.POINTS: bought.points, TierMetric.VISITS: 1}
    TierMetricEntry.objects.bulk_create(
        [
            TierMetricEntry(
                membership_id=bought.membership_id,
                kind=kind,
                amount=amount,
                occurred_at=at,
                recorded_at=recorded_at,
                source=TierSource.SALE,
                source_id=sale,
            )
            for kind, amount in amounts.items()
            if amount
        ]
    )
    _reckon([_Member(bought.membership_id, customer_id, bought.programme)], at, by)


Part = Callable[[LiveProgramme], tuple[int, int]]
"""Says how much comes back, and of how much that was left: (300, 900) is a third."""


@action(is_step=True)
def count_brought_back(sale: int, part: Part, *, by: Actor) -> None:
    """Count less for a purchase by what comes back of it, at the time of the purchase; nothing where it counted none.

    What was reached with it alone is lost at once. The purchase itself counts as long as anything of it is kept.
    """
    left: dict[int, dict[str, tuple[int, datetime]]] = defaultdict(dict)
    rows = TierMetricEntry.objects.filter(source_id=sale).values("membership", "kind", "occurred_at")
    for row in rows.annotate(left=Sum("amount")).order_by("membership"):
        if row["left"] > 0:
            left[row["membership"]][row["kind"]] = (row["left"], row["occurred_at"])
    if not left:
        return
    running, at = running_programmes(), now()
    concerned = []
    for membership in Membership.objects.filter(pk__in=left).select_related("joined_to").order_by("pk"):
        programme = running.get(membership.programme_id)
        if programme is None:
            continue
        back, of = part(programme)
        if not back:
            continue
        TierMetricEntry.objects.bulk_create(
            [
                TierMetricEntry(
                    membership=membership,
                    kind=kind,
                    amount=-_share(kind, own, back, of),
                    occurred_at=placed_at,
                    recorded_at=at,
                    source=TierSource.RETURN,
                    source_id=sale,
                )
                for kind, (own, placed_at) in left[membership.pk].items()
                if _share(kind, own, back, of)
            ]
        )
        lasting = membership.joined_to or membership
        concerned.append(_Member(lasting.pk, lasting.customer_id, programme))
    _reckon(concerned, at, by)


def _share(kind: str, left: int, back: int, of: int) -> int:
    if back >= of:
        return left
    return 0 if kind == TierMetric.VISITS else left * back // of


@action
def settle_levels(memberships: Sequence[Membership], at: datetime, *, by: Actor) -> None:
    """Write down which levels these memberships have from now on; what was given by hand is left alone.

    Their customers are held meanwhile, so that no purchase is overlooked.
    """
    owners = sorted({one.customer_id for one in memberships if one.customer_id is not None})
    list(Customer.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
    running = running_programmes()
    _reckon(
        [
            _Member(one.pk, one.customer_id, running[one.programme_id])
            for one in memberships
            if one.programme_id in running and running[one.programme_id].tiers
        ],
        at,
        by,
    )


def _reckon(members: Sequence[_Member], begin: datetime, by: Actor) -> None:
    """Write the levels of members from a moment on, as what is counted allows; write nothing where nothing changes."""
    if not members:
        return
    ids = [one.membership_id for one in members]
    counted = counted_of(ids, begin - COUNTS_FOR)
    kept, given = _standings(ids, begin)
    at = now()
    for one in members:
        tiers = one.programme.tiers
        wanted = Reckoning(tiers, counted[one.membership_id], one.programme.row.zone, given[one.membership_id]).spans(
            begin
        )
        before = kept[one.membership_id]
        _write(one, wanted, before, begin, at, by)


def _standings(ids: Iterable[int], begin: datetime) -> tuple[dict[int, list[TierStanding]], dict[int, list[Span]]]:
    """Return what was reckoned for memberships from a moment on, and what was given to those joined to them."""
    ids = set(ids)
    kept: dict[int, list[TierStanding]] = defaultdict(list)
    given: dict[int, list[Span]] = defaultdict(list)
    rows = (
        TierStanding.objects.filter(Q(membership__in=ids) | Q(membership__joined_to__in=ids, reason=TierReason.MANUAL))
        .filter(Q(until=None) | Q(until__gt=begin))
        .select_related("membership", "tier")
        .order_by("since", "pk")
    )
    for row in rows:
        if row.reason != TierReason.MANUAL:
            kept[row.membership_id].append(row)
        elif row.membership.joined_to_id in ids:
            given[row.membership.joined_to_id or 0].append(Span(row.tier_id, row.since, row.until, row.reason))
    return kept, given


def _write(
    member: _Member, wanted: list[Span], before: list[TierStanding], begin: datetime, at: datetime, by: Actor
) -> None:
    running = before[0] if before and before[0].since <= begin else None
    goes_on = bool(
        running is not None
        and wanted
        and wanted[0].since == begin
        and (wanted[0].tier_id, wanted[0].reason) == (running.tier_id, running.reason)
    )
    if goes_on and running is not None:
        wanted = [Span(running.tier_id, running.since, wanted[0].until, running.reason), *wanted[1:]]
    is_told = running is not None and running.evaluated_at >= running.since
    if [(row.tier_id, row.since, row.until, row.reason) for row in before] != [
        (span.tier_id, span.since, span.until, span.reason) for span in wanted
    ]:
        _replace(member, wanted, before, running if goes_on else None, begin, at)
    names = {tier.pk: tier.name for tier in member.programme.tiers}
    current = wanted[0] if wanted and wanted[0].since <= begin else None
    told: dict[str, Any] = {
        "customer_id": member.customer_id,
        "membership_id": member.membership_id,
        "programme_name": member.programme.row.name,
    }
    if current is not None and not (is_told and running is not None and running.tier_id == current.tier_id):
        if goes_on and running is not None:
            TierStanding.objects.filter(pk=running.pk).update(evaluated_at=at)
        publish(LevelReached(**told, level=names[current.tier_id]), by=by, at=begin)
    elif current is None and running is not None:
        publish(LevelEnded(**told, level=running.tier.name), by=by, at=begin)


def _replace(
    member: _Member,
    wanted: list[Span],
    before: list[TierStanding],
    going_on: TierStanding | None,
    begin: datetime,
    at: datetime,
) -> None:
    if going_on is not None:
        TierStanding.objects.filter(pk=going_on.pk).update(until=wanted[0].until, evaluated_at=at)
    others = [row for row in before if row is not going_on]
    if ended := [row.pk for row in others if row.since < begin]:
        TierStanding.objects.filter(pk__in=ended).update(until=begin)
    if ahead := [row.pk for row in others if row.since >= begin]:
        TierStanding.objects.filter(pk__in=ahead).delete()
    TierStanding.objects.bulk_create(
        [
            TierStanding(
                membership_id=member.membership_id,
                tier_id=span.tier_id,
                since=span.since,
                until=span.until,
                reason=span.reason,
                evaluated_at=at,
            )
            for span in (wanted[1:] if going_on is not None else wanted)
        ]
    )


@action
def record_past_levels(memberships: Sequence[Membership], since: datetime, *, by: Actor) -> None:
    """Write which levels memberships of a running programme have had since a moment, as what was counted allows.

    That one was reached stands on its day in the timeline, and nobody is told.
    """
    settle_levels(memberships, since, by=by)
    rows = TierStanding.objects.filter(membership__in=memberships, reason=TierReason.AUTO, since__gt=since)
    publish_in_bulk(
        (
            (
                LevelReached(
                    customer_id=row.membership.customer_id,
                    membership_id=row.membership_id,
                    programme_name=row.membership.programme.name,
                    level=row.tier.name,
                ),
                row.since,
            )
            for row in rows.filter(since__lte=now()).select_related("membership__programme", "tier").order_by("since")
        ),
        by=by,
    )
