"""The form in which goods are taken back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.kit import shown
from stamkunde.kit.number_fields import QuantityField
from stamkunde.sales.models import BY_WORD, Order, OrderLine, Payment, PaymentMethod, ReturnReason, ways_by_word
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import NEW_CARD, RefundValues, ReturnLineValues, ReturnValues

AS_PAID = "as_paid"
CREDIT = "credit"


def refunds_by(method: str) -> tuple[RefundValues, ...]:
    """Return what was chosen in the box as refunds: all of it by one way."""
    if method == CREDIT:
        return (RefundValues(method=PaymentMethod.GIFT_CARD, gift_card=NEW_CARD),)
    return (RefundValues(method=method),) if method and method != AS_PAID else ()


# Of a return without a purchase nobody knows how it was paid.
WAYS_WITHOUT_PURCHASE = [
    *ways_by_word(),
    (CREDIT, pgettext_lazy("refund", "Store credit on a new gift card")),
    ("", pgettext_lazy("refund", "Not yet given back")),
]


class ReturnForm(forms.Form):
    """How the money goes back, and a remark."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label=gettext_lazy("Money back by"),
        required=False,
        choices=[(AS_PAID, pgettext_lazy("refund", "As it was paid")), *WAYS_WITHOUT_PURCHASE],
    )
    note = forms.CharField(
        label=gettext_lazy("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class BackForm(forms.Form):
    """How many of one line come back, and why."""

    quantity = QuantityField(label=gettext_lazy("How many come back"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Why"), required=False, choices=ReturnReason.choices)

    def __init__(self, data: Mapping[str, Any] | None, *, line: OrderLine, currency: str) -> None:
        super().__init__(data, prefix=f"line-{line.pk}")
        self.line = line
        self.left = line.quantity - line.returned_quantity
        self.said_left = shown.number(self.left)
        self.said_amount = shown.amount(line.amount, currency)

    @property
    def coming_back(self) -> Decimal:
        return self.cleaned_data.get("quantity") or Decimal(0)


def usual_way(order: Order) -> str:
    """Return how the money of a purchase usually goes back: the way it came, where that is known."""
    methods = list(Payment.objects.filter(order=order).values_list("method", flat=True)[:2])
    if not methods:
        return ""
    return methods[0] if len(methods) == 1 and methods[0] in BY_WORD else AS_PAID


def return_values(order: Order, form: ReturnForm, lines: list[BackForm]) -> ReturnValues:
    method = form.cleaned_data["method"]
    return ReturnValues(
        order_id=order.pk,
        lines=tuple(
            ReturnLineValues(
                order_line_id=line.line.pk, quantity=line.coming_back, reason=line.cleaned_data.get("reason") or ""
            )
            for line in lines
            if line.coming_back
        ),
        refunds=refunds_by(method),
        as_paid=method == AS_PAID,
        note=form.cleaned_data["note"],
    )


def show_refusal(refusal: SaleRefused, form: ReturnForm, lines: list[BackForm]) -> None:
    chosen = [line for line in lines if line.coming_back]
    if 1 <= refusal.line <= len(chosen):
        line = chosen[refusal.line - 1]
        line.add_error(refusal.field if refusal.field in line.fields else None, refusal.sentence)
    else:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
