"""The small forms of a basket: a line, something without a product, and how it is paid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.catalogue.models import VatClass
from stamkunde.kit.number_fields import AmountField, QuantityField
from stamkunde.sales.forms.discounts import Discount, DiscountField
from stamkunde.sales.models import ways_by_word
from stamkunde.sales.values import PaymentValues


def read_off(written: str, currency: str) -> Discount:
    """Read what is taken off; raises ValidationError when it is neither an amount nor a share."""
    return DiscountField(currency=currency, required=False).clean(written)


class _InCurrency(forms.Form):
    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency

    @property
    def first_mistake(self) -> str:
        return next(str(mistakes[0]) for mistakes in self.errors.values())


class LineForm(_InCurrency):
    quantity = QuantityField(label=gettext_lazy("Quantity"))
    price = AmountField(label=gettext_lazy("Price"), required=False)
    off = DiscountField(label=gettext_lazy("Off"), required=False)


class WordsForm(_InCurrency):
    description = forms.CharField(label=gettext_lazy("What"), max_length=200)
    price = AmountField(label=gettext_lazy("Price"))
    vat_class = forms.ChoiceField(label=gettext_lazy("VAT"), choices=VatClass.choices, required=False)


class GiftCardForm(_InCurrency):
    gift_card_amount = AmountField(label=gettext_lazy("Amount"), smallest=1)
    gift_card_code = forms.CharField(required=False, max_length=60)


class PaymentForm(_InCurrency):
    """The total that stood on the screen, and a part paid in another way than the rest."""

    total = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    other_method = forms.ChoiceField(
        label=gettext_lazy("A part of it by"),
        required=False,
        choices=[("", pgettext_lazy("payment", "Nothing else")), *ways_by_word()],
    )
    other_amount = AmountField(label=gettext_lazy("So much of it"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("other_method") and said.get("other_amount") is None and "other_amount" not in self.errors:
            self.add_error("other_amount", ValidationError(_("Write how much of it was paid so.")))
        return said

    def payments(self, method: str) -> tuple[PaymentValues, ...]:
        """Return the part paid otherwise, if there is one, and the rest by the method that was pressed."""
        said = self.cleaned_data
        rest = PaymentValues(method=method)
        if not said.get("other_method"):
            return (rest,)
        return (PaymentValues(method=said["other_method"], amount=said["other_amount"]), rest)
