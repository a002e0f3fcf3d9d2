"""The form in which a purchase is registered: who, where, what, and how it was paid.

The whole basket lives in the form itself. Every button sends all of it and gets all of it back with one thing changed,
so that nothing typed is lost, a reload or a second tab does no harm, and it all works without any script.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import Store, Till, User
from stamkunde.catalogue.models import VatClass
from stamkunde.catalogue.queries import prices_of
from stamkunde.kit.clock import zone
from stamkunde.kit.number_fields import AmountField, QuantityField
from stamkunde.pricing.queries.codes import MOST_CODES
from stamkunde.sales.forms.discounts import Discount, DiscountField
from stamkunde.sales.models import Channel, PaymentMethod, ways_by_word
from stamkunde.sales.moments import refuse_far_off
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import NEW_CARD, LineValues, OrderValues, PaymentValues

MOST_LINES = 200
# A week's number or a day alone is a date to a computer too, but nothing that anybody here means as a time.
DAY_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def new_key() -> str:
    """Return a key under which a purchase can be sent any number of times and still be registered once."""
    return secrets.token_urlsafe(18)


def key_of(user: User, key: str) -> str:
    """Return the key as it is kept: what one person sends is never taken for what another one sent."""
    return f"desk:{user.pk}:{key}"


class BasketForm(forms.Form):
    """All of the basket but its lines."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    store = forms.TypedChoiceField(label=gettext_lazy("Store"), coerce=int)
    till = forms.TypedChoiceField(
        label=gettext_lazy("Till"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("If the store has tills."),
    )
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=Channel.choices)
    receipt_number = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60, required=False)
    placed_at = forms.CharField(
        label=gettext_lazy("When"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Leave it empty when it is happening right now."),
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )
    codes = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
    gift_cards = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
    points = forms.IntegerField(
        label=gettext_lazy("Points to use"), required=False, min_value=0, max_value=1_000_000_000
    )
    discount = DiscountField(
        label=gettext_lazy("Off the whole purchase"), required=False, help_text=gettext_lazy("Such as 50 or 10 %.")
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Paid by"),
        required=False,
        choices=[*ways_by_word(), ("", pgettext_lazy("payment", "Not known"))],
    )
    other_method = forms.ChoiceField(
        label=gettext_lazy("A part of it by"),
        required=False,
        choices=[("", pgettext_lazy("payment", "Nothing else")), *ways_by_word()],
    )
    other_amount = AmountField(label=gettext_lazy("So much of it"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stores = {store.pk: store for store in own_stores(user) if store.is_open}
        tills = [till for till in Till.objects.select_related("store") if till.is_open and till.store_id in self.stores]
        store, till = self.fields["store"], self.fields["till"]
        if isinstance(store, forms.ChoiceField) and isinstance(till, forms.ChoiceField):
            store.choices = [(str(pk), own.name) for pk, own in self.stores.items()]
            till.choices = [("", pgettext_lazy("till", "None"))] + [
                (str(own.pk), f"{own.store.name}: {own.name}") for own in tills
            ]
        self.chosen_store = self._chosen_store(user)
        for name in ("discount", "other_amount"):
            field = self.fields[name]
            if isinstance(field, AmountField) and self.chosen_store:
                field.currency = self.chosen_store.currency

    def _chosen_store(self, user: User) -> Store | None:
        chosen = (
            str(self.data.get("store", "")) if self.is_bound else str(self.initial.get("store", user.store_id or ""))
        )
        known = self.stores.get(int(chosen)) if chosen.isdecimal() and len(chosen) < 19 else None
        return known or next(iter(self.stores.values()), None)

    def clean_placed_at(self) -> datetime | None:
        written = self.cleaned_data["placed_at"]
        if not written:
            return None
        try:
            if not DAY_AND_TIME.fullmatch(written):
                raise ValueError(written)
            at = datetime.fromisoformat(written)
        except ValueError as error:
            raise ValidationError(_("Write the day and the time, such as 2026-05-17 14:30.")) from error
        try:
            refuse_far_off(at, "placed_at")
        except SaleRefused as refusal:
            raise ValidationError(refusal.sentence) from refusal
        # What the box says is the time on the wall of the store.
        return at if at.tzinfo else at.replace(tzinfo=zone(self.chosen_store.zone if self.chosen_store else "UTC"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("other_method") and said.get("other_amount") is None and "other_amount" not in self.errors:
            self.add_error("other_amount", _("Write how much of it was paid so."))
        return said

    @property
    def payments(self) -> tuple[PaymentValues, ...]:
        said = self.cleaned_data
        found = [PaymentValues(method=PaymentMethod.GIFT_CARD, gift_card=code) for code in codes_in(said["gift_cards"])]
        if said.get("other_method"):
            found.append(PaymentValues(method=said["other_method"], amount=said["other_amount"]))
        if said.get("method"):
            found.append(PaymentValues(method=said["method"]))
        return tuple(found)


class LineForm(forms.Form):
    """One line of the basket: a product, or words for what has none."""

    product = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    description = forms.CharField(label=gettext_lazy("What"), max_length=200)
    quantity = QuantityField(label=gettext_lazy("Quantity"))
    price = AmountField(label=gettext_lazy("Price"))
    discount = DiscountField(
        label=gettext_lazy("Off"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("50 or 10 %")}),
    )
    vat_class = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatClass.choices, required=False)
    # Says that the line is a gift card: its price is what comes on it.
    gift_card = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    card_code = forms.CharField(
        label=gettext_lazy("Code of the card to top up"),
        help_text=gettext_lazy("Leave it empty for a new card."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is wrong in a box already filled in, said while the basket is still being put together.
        self.marks: dict[str, str] = {}
        # What the list says: a price that is still that was not set by anybody, and offers may change it.
        self.listed: int | None = None
        for name in ("price", "discount"):
            field = self.fields[name]
            if isinstance(field, AmountField):
                field.currency = currency

    @property
    def values(self) -> LineValues:
        said = self.cleaned_data
        off: Discount = said["discount"]
        is_touched = said["product"] is None or said["price"] != self.listed
        return LineValues(
            product_id=said["product"],
            description=said["description"],
            quantity=said["quantity"],
            unit_price=said["price"] if is_touched else None,
            discount=off.amount,
            discount_basis_points=off.basis_points,
            vat_class=said["vat_class"] or VatClass.STANDARD,
            gift_card=(said["card_code"] or NEW_CARD) if said["gift_card"] else "",
        )


LINE_FIELDS = ("product", "description", "quantity", "price", "discount", "vat_class", "gift_card", "card_code")


def lines_in(
    data: Mapping[str, Any], names: tuple[str, ...] = LINE_FIELDS, most: int = MOST_LINES
) -> list[dict[str, str]]:
    """Return the raw texts of the lines in the order in which they stand in the form."""
    found = []
    for number in range(most):
        raw = {name: str(data.get(f"line-{number}-{name}", "")) for name in names}
        if any(f"line-{number}-{name}" in data for name in names):
            found.append(raw)
    return found


def line_forms(lines: list[dict[str, str]], currency: str, *, checked: bool) -> list[LineForm]:
    """Return a form for each line: with its errors where it is to be checked, just as typed where not."""
    forms_of_lines = []
    for number, raw in enumerate(lines):
        prefix = f"line-{number}"
        data = {f"{prefix}-{name}": value for name, value in raw.items()}
        if checked:
            forms_of_lines.append(LineForm(data, prefix=prefix, currency=currency))
        else:
            typed = LineForm(initial=raw, prefix=prefix, currency=currency)
            read = LineForm(data, prefix=prefix, currency=currency)
            typed.marks = {name: str(said[0]) for name, said in read.errors.items() if raw.get(name, "").strip()}
            forms_of_lines.append(typed)
    if checked:
        _say_what_is_listed(forms_of_lines, currency)
    return forms_of_lines


def _say_what_is_listed(lines: list[LineForm], currency: str) -> None:
    products = {
        line: line.cleaned_data["product"] for line in lines if line.is_valid() and line.cleaned_data["product"]
    }
    listed = prices_of(list(products.values()), currency) if products else {}
    for line, product in products.items():
        line.listed = listed[product].minor if product in listed else None


def codes_in(text: str) -> list[str]:
    """Return the codes, or the gift cards, of a basket, which stand in its form with commas between them."""
    return [code for code in text.split(",") if code][:MOST_CODES]


def order_values(form: BasketForm, lines: list[LineForm]) -> OrderValues:
    said = form.cleaned_data
    off: Discount = said["discount"]
    return OrderValues(
        store_id=said["store"],
        till_id=said["till"],
        channel=said["channel"],
        receipt_number=said["receipt_number"],
        placed_at=said["placed_at"],
        customer_id=said["customer"],
        lines=tuple(_as_it_was(line.values, line) if said["placed_at"] else line.values for line in lines),
        codes=tuple(codes_in(said["codes"])),
        points=(said["points"] or 0) if said["customer"] else 0,
        discount=off.amount,
        discount_basis_points=off.basis_points,
        payments=form.payments,
    )


def _as_it_was(values: LineValues, line: LineForm) -> LineValues:
    """Let what was sold at another time cost what is written: neither list nor offers of today say what it cost."""
    return replace(values, unit_price=line.cleaned_data["price"])


def show_refusal(refusal: SaleRefused, form: BasketForm, lines: list[LineForm]) -> None:
    """Put the reason beside the box it is about."""
    names = {"unit_price": "price", "product": "description", "gift_card": "card_code"}
    name = names.get(refusal.field, refusal.field)
    if 1 <= refusal.line <= len(lines):
        line = lines[refusal.line - 1]
        line.add_error(name if name in line.fields and name != "product" else None, refusal.sentence)
    else:
        shown = name in form.fields and not form[name].is_hidden
        form.add_error(name if shown else None, refusal.sentence)
