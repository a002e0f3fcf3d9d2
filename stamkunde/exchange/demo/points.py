"""What the demo shop's regulars have from being one: points of two years, levels, and what is still to be decided."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import allocate
from stamkunde.loyalty.actions.levels import give_level, record_past_levels, write_level
from stamkunde.loyalty.actions.points import (
    PastSale,
    PointsOfSale,
    approve_correction,
    ask_for_correction,
    correct_points,
    record_past_points,
    refuse_correction,
    use_points,
)
from stamkunde.loyalty.models import (
    AccountKind,
    Membership,
    MembershipState,
    PointsAccount,
    Programme,
    TierMetric,
    TierPeriod,
)
from stamkunde.loyalty.queries.live import LiveProgramme, running_programmes
from stamkunde.loyalty.values import LevelValues
from stamkunde.sales.actions.levels import count_less_towards_levels
from stamkunde.sales.actions.orders import register_order
from stamkunde.sales.actions.points import return_points_of
from stamkunde.sales.actions.returns import register_return
from stamkunde.sales.models import OrderLine, PaymentMethod, ReturnLine, ReturnReason
from stamkunde.sales.sums import share_of_part
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues, ReturnLineValues, ReturnValues

_LEVELS = (
    LevelValues(name="Bronse", rank=1, threshold=6, metric=TierMetric.VISITS, period=TierPeriod.ROLLING, grace_days=45),
    LevelValues(name="Sølv", rank=2, threshold=300_000),
    LevelValues(name="Gull", rank=3, threshold=700_000),
)
# What was bought within so many days earned whole, and what came back of it is taken back point by point.
_LATELY = timedelta(days=45)
_USES = ((100, "Kaffe i baren"), (200, "En pose bønner"), (500, "Kurskveld"))
# So many of the purchases of members are a day on which points are used.
_USED = 0.2
# With so many points a few pay for what they buy today.
_PAID_WITH = 200


def write_levels(programme: Programme) -> None:
    for values in _LEVELS:
        write_level(programme, values, by=SYSTEM)


def let_members_earn(
    programme: Programme, memberships: Sequence[Membership], since: datetime, chance: random.Random
) -> None:
    """Enter the points and levels of what members have bought since they joined, as if they had been there then."""
    own, lately = running_programmes()[programme.pk], now() - _LATELY
    bought: dict[Membership, list[PastSale]] = {one: [] for one in memberships}
    members = {one.customer_id: one for one in memberships}
    for bought_at, lines in _purchases(list(members), since):
        member = members[lines[0].customer_id]
        if bought_at >= member.joined_at and (sale := _sale(own, lines, lately, chance)):
            bought[member].append(sale)
    record_past_points(bought, by=SYSTEM)
    record_past_levels(memberships, since, by=SYSTEM)
    _take_back(list(members), lately)
    _decide_by_hand(programme)


class _Line(NamedTuple):
    """A line of somebody's purchase, in plain values: making objects of all of them would take seconds."""

    at: datetime
    order_id: int
    number: int
    customer_id: int | None
    currency: str
    amount: int
    quantity: Decimal
    returned: Decimal


def _purchases(customers: Sequence[int | None], since: datetime) -> Iterator[tuple[datetime, list[_Line]]]:
    lines = OrderLine.objects.filter(order__customer__in=customers, order__placed_at__gte=since)
    rows = lines.order_by("order__placed_at", "order_id", "number").values_list(
        "order__placed_at", "order_id", "number", "order__customer_id", "order__currency", "amount", "quantity",
        "returned_quantity",
    )  # fmt: skip
    for (at, _order), own in groupby(map(_Line._make, rows.iterator()), key=itemgetter(0, 1)):
        yield at, list(own)


def _sale(own: LiveProgramme, lines: list[_Line], lately: datetime, chance: random.Random) -> PastSale | None:
    order = lines[0]
    rate = own.rate(order.currency, order.at)
    if rate is None:
        return None
    is_whole = order.at >= lately
    paid = {line.number: line.amount if is_whole or not line.returned else _kept(line) for line in lines}
    points = sum(paid.values()) * rate.points // rate.per
    earned = dict(zip(paid, allocate(points, list(paid.values())), strict=True)) if points else {}
    back = {line.number: str(line.returned) for line in lines if line.returned and not is_whole}
    uses, for_what = chance.choice(_USES) if chance.random() < _USED else (0, "")
    return PastSale(
        sale=order.order_id,
        at=order.at,
        points=PointsOfSale(earned=earned, used={}, since=back, rate=rate),
        spend=own.in_its_currency(sum(paid.values()), order.currency, order.at) or 0,
        uses=uses,
        for_what=for_what,
    )


def _kept(line: _Line) -> int:
    return line.amount - share_of_part(line.amount, line.quantity, line.returned)


def _take_back(customers: Sequence[int | None], lately: datetime) -> None:
    lines = ReturnLine.objects.filter(
        order_line__order__customer__in=customers, order_line__order__placed_at__gte=lately
    )
    for line in lines.select_related("returned", "order_line__order").order_by("returned__returned_at", "pk"):
        bought = line.order_line
        if bought is None:
            continue
        # As it stood when this came back: of a line of the demo shop, no more than one thing does.
        bought.returned_quantity = Decimal(0)
        at = line.returned.returned_at
        return_points_of(bought.order, [line], returned=line.returned_id, at=at, by=SYSTEM)
        count_less_towards_levels(bought.order, [line], by=SYSTEM)


def _decide_by_hand(programme: Programme) -> None:
    """Let somebody owe points, others be put right, and give a level as a present."""
    staff = {
        user.role: Actor(ActorKind.STAFF, user.pk, user.name)
        for user in User.objects.filter(is_active=True).exclude(name="").order_by("-pk")
    }
    care, lead = staff[Role.CARE], staff[Role.LEAD]
    owns = PointsAccount.objects.filter(programme=programme, kind=AccountKind.AVAILABLE, balance__gt=0)
    # Whose membership is suspended can neither use points nor be given any.
    owns = owns.filter(membership__state=MembershipState.ACTIVE)
    rich = owns.select_related("membership__programme").order_by("-balance", "pk")
    chosen = [(own.membership, own.balance or 0) for own in rich[8:20] if own.membership is not None]
    for place, (member, has) in enumerate(chosen):
        if place == 0:
            _bring_back_what_was_used(member, has)
        elif place in (1, 2):
            reason = ("Poengene ble gitt to ganger.", "Handlet på en annens kort.")[place - 1]
            ask_for_correction(member, -has - 150 * place, reason=reason, by=care)
        elif place == 3:
            asked = ask_for_correction(member, -has - 40, reason="Feil beløp på kassen.", by=care)
            approve_correction(asked, by=lead)
        elif place == 4:
            asked = ask_for_correction(member, -has - 900, reason="Sier at hun ikke kjenner kjøpet.", by=care)
            refuse_correction(asked, by=lead)
        elif place in (5, 6):
            correct_points(member, 200, reason="Takk for tålmodigheten mens maskinen var på verksted.", by=care)
        elif place > 7:
            # In a small shop few have so many.
            if has >= _PAID_WITH:
                _buy_with_points(member)
        else:
            tier = programme.tiers.order_by("-rank")[0]
            give_level(member, tier, until=business_day(now(), programme.zone) + timedelta(days=180), by=lead)


def _buy_with_points(member: Membership) -> None:
    """Let a member buy today what they bought last, and use some of their points for it."""
    last = OrderLine.objects.filter(order__customer=member.customer_id, product__isnull=False).select_related("order")
    line = last.order_by("-order__placed_at", "-pk").first()
    # In euros a single point of this programme is worth less than a cent, so that none can be used there.
    if line is None or not running_programmes()[member.programme_id].worth(line.order.currency, now()):
        return
    register_order(
        OrderValues(
            store_id=line.order.store_id,
            customer_id=member.customer_id,
            lines=(LineValues(product_id=line.product_id, quantity=Decimal(1)),),
            points=_PAID_WITH,
            payments=(PaymentValues(method=PaymentMethod.CARD),),
        ),
        by=SYSTEM,
    )


def _bring_back_what_was_used(member: Membership, has: int) -> None:
    """Let a member use everything, and then bring back the largest thing that had earned it."""
    lines = OrderLine.objects.filter(order__customer=member.customer_id, returned_quantity=0)
    line = lines.filter(order__placed_at__lt=now() - _LATELY).select_related("order").order_by("-amount", "pk").first()
    if line is None:
        return
    use_points(member, has, reference="Kurskveld", by=SYSTEM)
    back = ReturnLineValues(order_line_id=line.pk, quantity=line.quantity, reason=ReturnReason.FAULTY)
    register_return(ReturnValues(order_id=line.order_id, lines=(back,)), by=SYSTEM)
