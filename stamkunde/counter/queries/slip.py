"""The paper that goes over the counter: what was bought or brought back, without a word about whom."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.counter.code128 import bars
from stamkunde.sales.models import Order, Return
from stamkunde.sales.queries import order_detail, return_detail


@dataclass(frozen=True)
class Slip:
    title: str
    shop: str
    place: str
    when: str
    number: str
    lines: list[tuple[str, str, str]]
    total_label: str
    total: str
    settled: str
    """What changed hands: the total, rounded as far as it was in cash."""
    parts: list[tuple[str, str]] = field(default_factory=list)
    served_by: str = ""
    bars: SafeString = SafeString("")


def order_slip(order: Order) -> Slip:
    detail = order_detail(order)
    taken_off = [(_("Taken off in all"), detail.discount)] if detail.discount else []
    return Slip(
        title=_("Receipt"),
        shop=the_shop().name,
        place=_place(order),
        when=detail.when,
        number=detail.number,
        lines=[
            (
                own.line.description,
                " · ".join(
                    [f"{own.quantity} × {own.unit_price}"] * (own.quantity != "1" or bool(own.discount)) + own.said
                ),
                own.amount,
            )
            for own in detail.lines
        ],
        total_label=_("Total"),
        total=detail.total,
        settled=detail.settled,
        parts=[
            *taken_off,
            *((part.label, part.amount) for part in detail.vat),
            *_rounded(detail.rounding),
            *((part.label, part.amount) for part in detail.payments),
            *detail.points,
        ],
        served_by=order.registered_by,
        bars=bars(order.receipt_number),
    )


def return_slip(returned: Return) -> Slip:
    detail = return_detail(returned)
    return Slip(
        title=_("Return"),
        shop=the_shop().name,
        place=_place(returned),
        when=detail.when,
        number=detail.number,
        lines=[
            (own.line.description, f"{own.quantity} ×" if own.quantity != "1" else "", own.amount)
            for own in detail.lines
        ],
        total_label=_("Given back"),
        total=detail.total,
        settled=detail.settled,
        parts=[*_rounded(detail.rounding), *((part.label, part.amount) for part in detail.refunds)],
        served_by=returned.registered_by,
        bars=bars(returned.receipt_number),
    )


def _rounded(rounding: str) -> list[tuple[str, str]]:
    return [(_("Rounding in cash"), rounding)] if rounding else []


def _place(done: Order | Return) -> str:
    return f"{done.store.name} · {done.till.name}" if done.till else done.store.name
