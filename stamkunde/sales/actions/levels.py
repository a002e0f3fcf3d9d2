"""What a purchase and its returns count towards the levels of its member."""

from collections.abc import Sequence
from dataclasses import dataclass

from stamkunde.kit.actor import Actor
from stamkunde.loyalty.actions.levels import Bought, count_bought, count_brought_back
from stamkunde.loyalty.queries.live import LiveProgramme, running_programmes
from stamkunde.loyalty.queries.standing import MemberStanding
from stamkunde.sales.actions.points import PointsWorkedOut, is_excluded, kept_of
from stamkunde.sales.models import Order, OrderLine, ReturnLine


@dataclass(frozen=True)
class CountsIn:
    """A membership in whose programme purchases count towards levels."""

    membership_id: int
    programme: LiveProgramme


def counts_in(known: MemberStanding) -> tuple[CountsIn, ...]:
    """Return in which of their memberships a purchase counts; none is asked where no programme has levels."""
    running = running_programmes()
    return tuple(
        CountsIn(one.membership_id, running[one.programme_id])
        for one in known.memberships
        if one.holds and one.programme_id in running and running[one.programme_id].tiers
    )


def count_towards_levels(
    order: Order,
    lines: Sequence[OrderLine],
    where: Sequence[CountsIn],
    points: PointsWorkedOut | None,
    *,
    customer_id: int,
    by: Actor,
) -> None:
    """Count a purchase that has just been written down, by what of its lines is kept; it was priced without this."""
    for own in where:
        paid = own.programme.in_its_currency(_kept(own.programme, lines), order.currency, order.placed_at)
        if paid is None:
            continue
        earned = points.earned if points is not None and points.membership_id == own.membership_id else 0
        bought = Bought(membership_id=own.membership_id, programme=own.programme, spend=paid, points=earned)
        count_bought(bought, customer_id=customer_id, sale=order.pk, placed_at=order.placed_at, by=by)


def count_less_towards_levels(order: Order, lines: Sequence[ReturnLine], *, by: Actor) -> None:
    """Count less by what has just come back."""
    if order.customer_id is None or not _any_levels():
        return
    bought: list[OrderLine] = []

    def part(programme: LiveProgramme) -> tuple[int, int]:
        if not bought:
            bought.extend(order.lines.select_related("product"))
        counted = {line.pk for line in bought if not is_excluded(programme, line)}
        back = sum(line.amount for line in lines if line.order_line_id in counted)
        return back, back + _kept(programme, bought)

    count_brought_back(order.pk, part, by=by)


def count_no_longer(order: Order, *, by: Actor) -> None:
    """Count nothing any more for a purchase that proves not to be this member's."""
    if _any_levels():
        count_brought_back(order.pk, lambda _programme: (1, 1), by=by)


def _any_levels() -> bool:
    return any(programme.tiers for programme in running_programmes().values())


def _kept(programme: LiveProgramme, lines: Sequence[OrderLine]) -> int:
    return sum(kept_of(line) for line in lines if not is_excluded(programme, line))
