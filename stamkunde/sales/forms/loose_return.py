"""The form in which goods are taken back of which no purchase is known.

As with the basket, all of it lives in the form: every button sends all of it and gets it back with one thing changed.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import Store, User
from stamkunde.catalogue.models import VatClass
from stamkunde.kit.number_fields import AmountField, QuantityField
from stamkunde.sales.forms.returning import WAYS_WITHOUT_PURCHASE, ReturnForm, refunds_by
from stamkunde.sales.models import ReturnReason
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import LooseLineValues, ReturnValues

MOST_LINES = 5
LINE_FIELDS = ("product", "description", "quantity", "amount", "reason", "vat_class")


class LooseReturnForm(ReturnForm):
    """Where it is, whose it was if that is known, how the money goes back, and a remark."""

    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    store = forms.TypedChoiceField(label=gettext_lazy("Store"), coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        method = self.fields["method"]
        if isinstance(method, forms.ChoiceField):
            method.choices = WAYS_WITHOUT_PURCHASE
        stores = {str(store.pk): store for store in own_stores(user) if store.is_open}
        store = self.fields["store"]
        if isinstance(store, forms.ChoiceField):
            store.choices = [(pk, own.name) for pk, own in stores.items()]
        chosen = str(self["store"].value() or user.store_id or "")
        self.chosen_store: Store | None = stores.get(chosen) or next(iter(stores.values()), None)


class LooseLineForm(forms.Form):
    """One thing brought back: a product, or words for it, and what is given for it."""

    product = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    description = forms.CharField(label=gettext_lazy("What"), max_length=200)
    quantity = QuantityField(label=gettext_lazy("How many come back"))
    amount = AmountField(label=gettext_lazy("Given back"))
    reason = forms.ChoiceField(label=gettext_lazy("Why"), required=False, choices=ReturnReason.choices)
    vat_class = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatClass.choices, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        if isinstance(amount, AmountField):
            amount.currency = currency

    @property
    def values(self) -> LooseLineValues:
        said = self.cleaned_data
        return LooseLineValues(
            product_id=said["product"],
            description=said["description"],
            quantity=said["quantity"],
            amount=said["amount"],
            reason=said["reason"],
            vat_class=said["vat_class"] or VatClass.STANDARD,
        )


def loose_line_forms(lines: list[dict[str, str]], currency: str, *, checked: bool) -> list[LooseLineForm]:
    """Return a form for each line: with its errors where it is to be checked, just as typed where not."""
    found = []
    for number, raw in enumerate(lines):
        prefix = f"line-{number}"
        if checked:
            data = {f"{prefix}-{name}": value for name, value in raw.items()}
            found.append(LooseLineForm(data, prefix=prefix, currency=currency))
        else:
            found.append(LooseLineForm(initial=raw, prefix=prefix, currency=currency))
    return found


def loose_return_values(form: LooseReturnForm, lines: list[LooseLineForm]) -> ReturnValues:
    said = form.cleaned_data
    return ReturnValues(
        store_id=said["store"],
        customer_id=said["customer"],
        loose_lines=tuple(line.values for line in lines),
        refunds=refunds_by(said["method"]),
        note=said["note"],
    )


def show_loose_refusal(refusal: SaleRefused, form: LooseReturnForm, lines: list[LooseLineForm]) -> None:
    """Put the reason beside the box it is about."""
    where: forms.Form = lines[refusal.line - 1] if 1 <= refusal.line <= len(lines) else form
    is_shown = refusal.field in where.fields and not where[refusal.field].is_hidden
    where.add_error(refusal.field if is_shown else None, refusal.sentence)
