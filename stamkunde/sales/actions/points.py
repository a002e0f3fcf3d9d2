"""What a purchase has to do with points: the rules by which it is worked out, and what is entered with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.money import allocate
from stamkunde.loyalty.actions.points import PointsOfSale, count_points, return_points
from stamkunde.loyalty.models import Membership, MembershipState, PointsKind
from stamkunde.loyalty.queries.live import LiveProgramme, running_programmes
from stamkunde.loyalty.queries.points import points_of_sale
from stamkunde.loyalty.queries.standing import MemberStanding
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.terms import Rate
from stamkunde.pricing.evaluator import Quote
from stamkunde.pricing.evaluator.reckoning import POINTS_USED
from stamkunde.pricing.evaluator.values import Earning, PointsOffered
from stamkunde.sales.models import Order, OrderLine, ReturnLine
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.sums import share_of_part
from stamkunde.sales.values import OrderValues

_LATE_SECONDS = 3_600
MOST_POINTS = 1_000_000_000


@dataclass(frozen=True)
class PointsRules:
    """By which programme a purchase earns and uses points."""

    membership_id: int
    programme: LiveProgramme
    rate: Rate | None
    worth: int
    offered: int = 0
    reservation: int | None = None
    may_owe: bool = False

    @property
    def earning(self) -> Earning | None:
        return Earning(points=self.rate.points, per=self.rate.per) if self.rate is not None else None

    @property
    def used(self) -> PointsOffered | None:
        return PointsOffered(points=self.offered, worth=self.worth) if self.offered and self.worth else None


@dataclass(frozen=True)
class PointsWorkedOut:
    """What a purchase earns and uses, and in which membership."""

    membership_id: int
    values: PointsOfSale

    @property
    def earned(self) -> int:
        return sum(self.values.earned.values())

    @property
    def used(self) -> int:
        return sum(self.values.used.values())


def may_have_points(values: OrderValues) -> bool:
    """Say whether points may be concerned at all; of a stranger, and without a programme, nothing need be asked."""
    if values.points and values.customer_id is None:
        raise SaleRefused(_("Say first whose purchase it is, and then use their points."), "points")
    return values.customer_id is not None and bool(running_programmes())


def points_rules(values: OrderValues, known: MemberStanding, store: Store, at: datetime) -> PointsRules | None:
    """Return by which of their programmes a member's purchase earns and uses points: the first that does either."""
    if not 0 <= values.points <= MOST_POINTS:
        raise SaleRefused(_("Write how many points, not below nought."), "points")
    running = running_programmes()
    rules = [
        PointsRules(
            one.membership_id,
            running[one.programme_id],
            running[one.programme_id].rate(store.currency, at),
            running[one.programme_id].worth(store.currency, at),
            values.points,
            values.points_reservation,
            values.offline_limit is not None,
        )
        for one in known.memberships
        if one.programme_id in running and one.state != MembershipState.SUSPENDED
    ]
    if values.points:
        rules = [one for one in rules if one.worth]
        _refuse_unusable(values, rules)
    return next((one for one in rules if one.rate is not None or one.worth), None)


def _refuse_unusable(values: OrderValues, rules: Sequence[PointsRules]) -> None:
    if not rules:
        raise SaleRefused(
            _("This customer has no points that could be used here. Let it be paid in another way."), "points"
        )
    # A till without a connection cannot tell sooner, and what it may take is limited in another way.
    told_of = values.placed_at if values.offline_limit is None else None
    if told_of is not None and (now() - told_of).total_seconds() > _LATE_SECONDS:
        raise SaleRefused(
            _("Points cannot be used in a purchase that is told of afterwards. Register it without them."), "points"
        )


def points_worked_out(rules: PointsRules, quote: Quote) -> PointsWorkedOut:
    """Return what a quote earns and uses, by its lines: what each line saves by points says how many lie on it."""
    saved = {
        line.number: sum(one.amount for one in line.allocations if one.source == POINTS_USED) for line in quote.lines
    }
    used = allocate(quote.points_used, list(saved.values())) if quote.points_used else [0] * len(saved)
    return PointsWorkedOut(
        rules.membership_id,
        PointsOfSale(
            earned={line.number: line.points for line in quote.lines if line.points},
            used={number: points for number, points in zip(saved, used, strict=True) if points},
            rate=rules.rate,
            reservation=rules.reservation,
            may_owe=rules.may_owe,
        ),
    )


def enter_points(order: Order, worked_out: PointsWorkedOut, *, by: Actor) -> None:
    """Enter what a purchase that has just been written down earns and uses; refuse when the points are not there."""
    membership = Membership.objects.select_related("programme").get(pk=worked_out.membership_id)
    if membership.state in (MembershipState.SUSPENDED, MembershipState.CLOSED):
        if not worked_out.used:
            return
        raise SaleRefused(
            _("This membership does not hold any more, so its points cannot be used. Register it without them."),
            "points",
        )
    try:
        count_points(membership, worked_out.values, sale=order.pk, placed_at=order.placed_at, by=by)
    except LoyaltyRefused as refusal:
        raise SaleRefused(refusal.sentence, "points") from refusal


def return_points_of(order: Order, lines: Sequence[ReturnLine], *, returned: int, at: datetime, by: Actor) -> None:
    """Take back and give back the points on lines that have just come back."""
    if order.customer_id is None:
        return
    parts = {line.order_line.number: (line.order_line, line.quantity) for line in lines if line.order_line is not None}

    def share(number: int, points: int, since: str) -> int:
        if number not in parts:
            return 0
        own, quantity = parts[number]
        before = Decimal(since)
        whole, start = own.quantity - before, own.returned_quantity - before
        return _between(points, whole, start, start + quantity)

    return_points(order.pk, share, returned=returned, at=at, by=by)


def refuse_if_points_were_used(order: Order) -> None:
    """Refuse to say that a purchase is somebody else's that was paid with its member's points."""
    if any(one.kind in (PointsKind.USED, PointsKind.CAPTURED) for one in points_of_sale(order.pk)):
        raise SaleRefused(
            _("Points of this customer were used in this purchase, so it stays theirs. Take it back and sell it anew."),
            "customer",
        )


def take_points_from(order: Order, *, by: Actor) -> None:
    """Take back what a purchase earned that proves not to be this member's."""
    if order.customer_id is None:
        return
    return_points(order.pk, lambda _number, _points, _since: 0, returned=None, at=now(), by=by)


def give_points_to(order: Order, known: MemberStanding, *, by: Actor) -> PointsWorkedOut | None:
    """Let a purchase earn for whose it proves to be, by what they kept of it; offers of that day multiply nothing.

    Returns what it earned.
    """
    running = running_programmes()
    for one in known.memberships:
        programme = running.get(one.programme_id)
        rate = programme.rate(order.currency, order.placed_at) if programme is not None and one.holds else None
        if programme is None or rate is None:
            continue
        lines = list(order.lines.select_related("product"))
        base = [0 if is_excluded(programme, line) else kept_of(line) for line in lines]
        points = sum(base) * rate.points // rate.per
        if points:
            earned = dict(zip([line.number for line in lines], allocate(points, base), strict=True))
            values = PointsOfSale(
                earned={number: own for number, own in earned.items() if own},
                used={},
                since={line.number: str(line.returned_quantity) for line in lines if line.returned_quantity},
                rate=rate,
            )
            worked_out = PointsWorkedOut(one.membership_id, values)
            enter_points(order, worked_out, by=by)
            return worked_out
        return None
    return None


def is_excluded(programme: LiveProgramme, line: OrderLine) -> bool:
    """Say whether a line neither earns points nor counts, as a gift card; no query where nothing is left out."""
    if line.gift_card_id is not None:
        return True
    return (
        bool(programme.products or programme.categories)
        and line.product is not None
        and programme.excludes(line.product)
    )


def kept_of(line: OrderLine) -> int:
    """Return what was paid for what of a line has not come back."""
    return _between(line.amount, line.quantity, line.returned_quantity, line.quantity)


def _between(amount: int, quantity: Decimal, before: Decimal, after: Decimal) -> int:
    return share_of_part(amount, quantity, after) - share_of_part(amount, quantity, before)
