"""Using points of a household: from whatever lots end first, each member's in a transaction of her own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stamkunde.loyalty.actions.points.book import Book, Purse, hold
from stamkunde.loyalty.models import AccountKind, Membership, PointsKind
from stamkunde.loyalty.queries.households import sharing_with
from stamkunde.loyalty.refusals import TooFewPoints
from stamkunde.loyalty.settling import picked


def hold_household(membership: Membership) -> tuple[Purse, list[Purse]]:
    """Return what a member has, and what those have who share with her; all held, in one order for everybody.

    Who left while this waited for the others' points is not among them any more.
    """
    others = sharing_with(membership)
    purses = hold([membership, *others])
    own = purses.pop(membership.pk)
    still = {one.pk for one in sharing_with(membership)} if others else set()
    return own, [purse for pk, purse in purses.items() if pk in still]


def use_together(
    book: Book,
    own: Purse,
    others: Sequence[Purse],
    points: int,
    *,
    at: datetime,
    split: Mapping[int, int] | None = None,
    key: str | None = None,
    **said: Any,
) -> None:
    """Enter that points are used, her own or the household's; raise TooFewPoints when all have fewer.

    Outside a purchase her own transaction comes first, and is entered even where all points were others': it answers
    the command, and carries its key.
    """
    available = own.available + sum(purse.available for purse in others)
    if points > available:
        raise TooFewPoints(available)
    purses = [own, *others]
    whose = {number: purse for purse in purses for number in purse.lots}
    taken = picked([lot for purse in purses for lot in purse.lots.values()], points, own.closing)
    left = dict(split) if split is not None else None
    for purse in purses:
        uses = [(number, amount) for number, amount in taken if whose[number] is purse]
        used = sum(amount for _number, amount in uses)
        if not used and not (purse is own and split is None):
            continue
        more: dict[str, Any] = dict(said)
        if purse is own:
            more["idempotency_key"] = key
        else:
            more |= {"spent_by": own.membership, "body_digest": ""}
        book.enter(
            purse,
            PointsKind.USED,
            {AccountKind.AVAILABLE: -used, AccountKind.REDEEMED: used},
            points=-used,
            at=at,
            uses=uses,
            split=_part(left, used) if left is not None else None,
            **more,
        )


def _part(left: dict[int, int], points: int) -> dict[str, int]:
    """Take so many points off the lines on which there are some left, and say on which."""
    found: dict[str, int] = {}
    for line in left:
        own = min(points, left[line])
        if own:
            found[str(line)] = own
            left[line], points = left[line] - own, points - own
    return found
