"""One purchase or one return with everything a page about it shows, in words."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.loyalty.queries.points import points_on_receipt
from stamkunde.pricing.explaining import said_of
from stamkunde.sales.models import Order, OrderLine, Payment, Refund, Return, ReturnLine, ReturnReason


@dataclass(frozen=True)
class LineDetail:
    line: OrderLine
    quantity: str
    unit_price: str
    discount: str
    amount: str
    returned: str
    left: str
    is_returnable: bool
    said: list[str]
    """What price books and offers did to it."""


@dataclass(frozen=True)
class PartOfMoney:
    label: str
    amount: str
    reference: str = ""


@dataclass(frozen=True)
class OrderDetail:
    """A purchase as its receipt shows it."""

    order: Order
    number: str
    when: str
    lines: list[LineDetail]
    payments: list[PartOfMoney]
    vat: list[PartOfMoney]
    rounding: str
    returns: list[Return]
    said_returns: list[tuple[Return, str, str]]
    total: str
    discount: str
    net_of_vat: str
    returned: str
    left: str
    settled: str
    """What was paid: the total, rounded as far as it was paid in cash."""

    @property
    def is_returnable(self) -> bool:
        return any(line.is_returnable for line in self.lines)

    points: list[tuple[str, str]] = field(default_factory=list)
    """What it used and earned of its member's points."""


def order_detail(order: Order) -> OrderDetail:
    """Return all about a purchase that was got with its store, till and customer; three queries, four if somebody's."""
    lines = list(order.lines.select_related("product").order_by("number"))
    payments = list(Payment.objects.filter(order=order).order_by("pk"))
    returns = list(
        Return.objects.filter(pk__in=ReturnLine.objects.filter(order_line__order=order).values("returned"))
        .select_related("store")
        .order_by("returned_at", "pk")
    )
    currency = order.currency
    return OrderDetail(
        order=order,
        number=order.receipt_number or f"#{order.pk}",
        when=shown.instant(order.placed_at, order.store.zone),
        lines=[_line(line, currency) for line in lines],
        payments=[
            PartOfMoney(payment.get_method_display(), shown.amount(payment.amount, currency), payment.reference)
            for payment in payments
        ],
        vat=_vat(lines, currency),
        rounding=shown.amount(order.rounding, currency) if order.rounding else "",
        returns=returns,
        said_returns=[
            (own, shown.instant(own.returned_at, own.store.zone), shown.amount(own.total, own.currency))
            for own in returns
        ],
        total=shown.amount(order.total, currency),
        discount=shown.amount(order.discount, currency) if order.discount else "",
        net_of_vat=shown.amount(order.total - order.vat, currency),
        returned=shown.amount(order.returned_total, currency) if order.returned_total else "",
        left=shown.amount(order.total - order.returned_total, currency),
        settled=shown.amount(order.total + order.rounding, currency),
        points=_points(order),
    )


def _points(order: Order) -> list[tuple[str, str]]:
    """Return what a member's purchase used and earned; of one by nobody nothing is asked."""
    own = points_on_receipt(order.pk) if order.customer_id is not None else None
    if own is None:
        return []
    return [
        (label, shown.number(points))
        for label, points in ((_("Points used"), own.used), (_("Points earned"), own.earned))
        if points
    ]


def _line(line: OrderLine, currency: str) -> LineDetail:
    left = line.quantity - line.returned_quantity
    return LineDetail(
        line=line,
        quantity=shown.number(line.quantity),
        unit_price=shown.amount(line.unit_price, currency),
        discount=shown.amount(line.discount, currency) if line.discount else "",
        amount=shown.amount(line.amount, currency),
        returned=shown.number(line.returned_quantity) if line.returned_quantity else "",
        left=shown.number(left),
        is_returnable=left > 0,
        said=said_of(line.price_steps, currency),
    )


def _vat(lines: list[OrderLine], currency: str) -> list[PartOfMoney]:
    by_rate: dict[int, int] = {}
    for line in lines:
        by_rate[line.vat_basis_points] = by_rate.get(line.vat_basis_points, 0) + line.vat
    return [
        PartOfMoney(_("of which VAT %(rate)s") % {"rate": shown.percent(rate)}, shown.amount(vat, currency))
        for rate, vat in sorted(by_rate.items(), reverse=True)
        if vat or len(by_rate) > 1
    ]


@dataclass(frozen=True)
class ReturnLineDetail:
    line: ReturnLine
    quantity: str
    amount: str
    reason: str


@dataclass(frozen=True)
class ReturnDetail:
    """A return as its receipt shows it."""

    returned: Return
    number: str
    when: str
    lines: list[ReturnLineDetail]
    refunds: list[PartOfMoney]
    order: Order | None
    total: str
    vat: str
    rounding: str
    settled: str
    """What was handed over: the total, rounded as far as it was given back in cash."""


def return_detail(returned: Return) -> ReturnDetail:
    """Return all about a return that was got with its store, till and customer; two queries."""
    lines = list(
        ReturnLine.objects.filter(returned=returned)
        .select_related("product", "order_line__order__customer")
        .order_by("pk")
    )
    refunds = list(Refund.objects.filter(returned=returned).order_by("pk"))
    return ReturnDetail(
        returned=returned,
        number=returned.receipt_number or f"#{returned.pk}",
        when=shown.instant(returned.returned_at, returned.store.zone),
        lines=[
            ReturnLineDetail(
                line=line,
                quantity=shown.number(line.quantity),
                amount=shown.amount(line.amount, returned.currency),
                reason=str(ReturnReason(line.reason).label) if line.reason else "",
            )
            for line in lines
        ],
        refunds=[
            PartOfMoney(refund.get_method_display(), shown.amount(refund.amount, returned.currency), refund.reference)
            for refund in refunds
        ],
        order=next((line.order_line.order for line in lines if line.order_line), None),
        total=shown.amount(returned.total, returned.currency),
        vat=shown.amount(returned.vat, returned.currency),
        rounding=shown.amount(returned.rounding, returned.currency) if returned.rounding else "",
        settled=shown.amount(returned.total + returned.rounding, returned.currency),
    )
