"""Who went up, who down, and who stayed: the levels of members at the beginning of a time and at its end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery

from stamkunde.kit.clock import end_of_day, start_of_day
from stamkunde.loyalty.models import Membership, Programme, Tier
from stamkunde.loyalty.queries.levels import standings_at

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Move:
    """So many members had one level and have another; None is no level. Of a new member nothing was before."""

    before: int | None
    after: int | None
    members: int
    is_new: bool = False
    has_left: bool = False


@dataclass(frozen=True, kw_only=True)
class LevelMoves:
    """`tiers` are the highest first; up and down count only who was a member all the time."""

    tiers: tuple[Tier, ...]
    moves: tuple[Move, ...]
    up: int
    down: int
    stayed: int
    joined: int
    left: int


def level_moves(programme: Programme, since: date, until: date) -> LevelMoves:
    """Return who had which level when the first day began, and has which when the last one ends; two queries.

    Levels ahead are those that come if nothing more is bought. Of several memberships made one, the one counts.
    """
    tiers = tuple(Tier.objects.filter(programme=programme).order_by("-rank"))
    begin, end = start_of_day(since, programme.zone), end_of_day(until, programme.zone) - _INSTANT
    then = Membership.objects.own().filter(programme=programme, joined_at__lte=end)
    rows = (
        then.exclude(closed_at__lt=begin)
        .annotate(before=_level_at(begin), after=_level_at(end))
        .order_by()
        .values(
            "before", "after", is_new=Q(joined_at__gt=begin), has_left=Q(closed_at__isnull=False, closed_at__lte=end)
        )
        .annotate(members=Count("pk"))
    )
    rank = {tier.pk: tier.rank for tier in tiers} | {None: -1}
    moves = tuple(
        sorted(
            (
                Move(
                    None if row["is_new"] else row["before"],
                    None if row["has_left"] else row["after"],
                    row["members"],
                    row["is_new"],
                    row["has_left"],
                )
                for row in rows
            ),
            key=lambda one: (one.is_new, -rank[one.before], one.has_left, -rank[one.after]),
        )
    )
    lasting = [one for one in moves if not (one.is_new or one.has_left)]
    return LevelMoves(
        tiers=tiers,
        moves=_added_up(moves),
        up=sum(one.members for one in lasting if rank[one.after] > rank[one.before]),
        down=sum(one.members for one in lasting if rank[one.after] < rank[one.before]),
        stayed=sum(one.members for one in lasting if one.after == one.before),
        joined=sum(one.members for one in moves if one.is_new),
        left=sum(one.members for one in moves if one.has_left),
    )


def _level_at(at: datetime) -> Subquery:
    return Subquery(standings_at(at).filter(membership=OuterRef("pk")).values("tier")[:1])


def _added_up(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """Return each way once: who joined had no level before, whatever was given later."""
    found: dict[tuple[int | None, int | None, bool, bool], int] = {}
    for one in moves:
        key = one.before, one.after, one.is_new, one.has_left
        found[key] = found.get(key, 0) + one.members
    return tuple(Move(before, after, members, new, left) for (before, after, new, left), members in found.items())
