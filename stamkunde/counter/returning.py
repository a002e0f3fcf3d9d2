"""Taking back at the counter: the form of a return, of a known purchase or of none."""

from decimal import Decimal

from django.utils.translation import gettext as _

from stamkunde.counter.queries.basket import shown_basket
from stamkunde.counter.stage import Stage, new_key
from stamkunde.kit import shown
from stamkunde.sales.forms.loose_return import LooseReturnForm, loose_line_forms
from stamkunde.sales.forms.returning import BackForm, ReturnForm, usual_way
from stamkunde.sales.models import Order
from stamkunde.sales.queries.cash import said_in_cash
from stamkunde.sales.queries.refunds import refund_of

MOST_LOOSE = 5


def return_of(
    stage: Stage, order: Order, *, form: ReturnForm | None = None, lines: list[BackForm] | None = None
) -> None:
    """Put the form of a purchase's return on the screen."""
    if form is None or lines is None:
        form = ReturnForm(initial={"key": new_key(), "method": usual_way(order)})
        lines = back_lines(order, None)
    sound = [line for line in lines if line.is_bound and line.is_valid() and line.coming_back <= line.left]
    back, less = refund_of(order.pk, [(line.line, line.coming_back) for line in sound])
    stage.work = "return"
    stage.more |= {
        "order": order,
        "number": order.called,
        "bought_at": shown.instant(order.placed_at, order.store.zone),
        "form": form,
        "lines": lines,
        "back": shown.amount(back, order.currency) if back or less else "",
        "less": shown.amount(less, order.currency) if less else "",
        "back_in_cash": said_in_cash(back, stage.place.store, order.currency, of=order),
        "due": _due(stage, back),
        "all_is_back": not lines,
        "is_theirs": order.customer_id is not None,
    }


def _due(stage: Stage, back: int) -> dict[str, str | int] | None:
    """Return what is still to be paid when what comes back pays for the basket; None without one."""
    if stage.basket is None or not stage.basket.lines or not back:
        return None
    shown_one = shown_basket(stage.basket, stage.user)
    if not shown_one.may_be_paid:
        return None
    rest = shown_one.preview.total - back
    return {
        "total": shown_one.preview.total,
        "pay": shown.amount(rest, stage.place.store.currency) if rest > 0 else "",
        "back": shown.amount(-rest, stage.place.store.currency) if rest < 0 else "",
    }


def back_lines(order: Order, data: dict[str, str] | None) -> list[BackForm]:
    return [
        BackForm(data, line=line, currency=order.currency)
        for line in order.lines.order_by("number")
        if line.returned_quantity < line.quantity
    ]


def stepped(data: dict[str, str], order: Order, act: str, about: str) -> dict[str, str]:
    """Return the form's data with one more, one less or all of a line coming back, never more than are left."""
    for line in back_lines(order, data):
        name = f"line-{line.line.pk}-quantity"
        if act == "all" or str(line.line.pk) == about:
            now = line.coming_back if line.is_valid() else Decimal(0)
            wanted = {"more": now + 1, "less": now - 1}.get(act, line.left)
            data[name] = shown.number(min(max(wanted, Decimal(0)), line.left), grouped=False)
    return data


def loose_return(stage: Stage, data: dict[str, str] | None = None, lines: list[dict[str, str]] | None = None, *,
                 checked: bool = False) -> None:  # fmt: skip
    """Put the form of a return on the screen of which no purchase is known."""
    currency = stage.place.store.currency
    form = LooseReturnForm(
        data if checked else None,
        user=stage.user,
        initial={"key": new_key(), "method": "", "store": stage.place.store.pk, **(data or {})},
    )
    stage.work = "loose"
    stage.more |= {
        "form": form,
        "lines": loose_line_forms(lines or [{"quantity": "1"}], currency, checked=checked),
        "most_loose": MOST_LOOSE,
        "title": _("Return without a receipt"),
    }
