"""The forms about what earns nothing in a programme, and about what other currencies are worth in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.catalogue.forms import currencies
from stamkunde.catalogue.scopes import ScopeField
from stamkunde.kit.money import decimals_of
from stamkunde.kit.number_fields import AmountField
from stamkunde.loyalty.actions.earning import RateValues
from stamkunde.loyalty.models import Programme
from stamkunde.loyalty.queries.earning import excluded
from stamkunde.loyalty.refusals import LoyaltyRefused

_WRITTEN = 100
"""For so many whole units of the other currency its worth is written, so that a rate has four decimals."""


class ExclusionsForm(forms.Form):
    """All that is to earn nothing."""

    left_out = ScopeField(label=_("Products and categories that earn nothing"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)

    @classmethod
    def of(cls, programme: Programme) -> "ExclusionsForm":
        return cls(initial={"left_out": excluded(programme), "version": programme.version})

    def refuse(self, refusal: LoyaltyRefused) -> None:
        self.add_error("left_out" if refusal.field in ("products", "categories") else None, refusal.sentence)


class RateForm(forms.Form):
    """What one other currency is worth from a day on."""

    currency = forms.ChoiceField(label=_("Currency"))
    valid_from = forms.DateField(
        label=pgettext_lazy("time", "From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    worth = AmountField(label=_("A hundred of it are worth"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = [code for code in currencies() if code != programme.currency]
        self.fields["currency"].choices = [(code, code) for code in self.others]  # type: ignore[attr-defined]
        worth = self.fields["worth"]
        if isinstance(worth, AmountField):
            worth.currency = programme.currency
            worth.help_text = _("In %(currency)s.") % {"currency": programme.currency}

    @property
    def values(self) -> RateValues:
        said = self.cleaned_data
        amount = _WRITTEN * 10 ** decimals_of(said["currency"])
        return RateValues(said["currency"], said["valid_from"], said["worth"], amount)

    def refuse(self, refusal: LoyaltyRefused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
