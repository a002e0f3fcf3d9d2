"""The forms about gift cards: looking one up, selling or topping one up, and changing one."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import Store, User
from stamkunde.kit.number_fields import AmountField
from stamkunde.sales.models import GiftCard, ways_by_word


class LookUpForm(forms.Form):
    """The code of a card, scanned or typed."""

    code = forms.CharField(
        label=gettext_lazy("Code of the gift card"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "GXXX-XXXX-XXXX-XXXX"}
        ),
    )


class SellCardForm(forms.Form):
    """How much is to be on it, how it is paid, where, and for whom."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    amount = AmountField(label=gettext_lazy("Amount"), smallest=1)
    method = forms.ChoiceField(label=gettext_lazy("Paid by"), choices=ways_by_word())
    store = forms.TypedChoiceField(label=gettext_lazy("Store"), coerce=int)
    code = forms.CharField(
        label=gettext_lazy("Code of the card to top up"),
        help_text=gettext_lazy("Leave it empty for a new card."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = {str(store.pk): store for store in own_stores(user) if store.is_open}
        store, amount = self.fields["store"], self.fields["amount"]
        if isinstance(store, forms.ChoiceField):
            store.choices = [(pk, own.name) for pk, own in stores.items()]
        chosen = str(self["store"].value() or user.store_id or "")
        self.chosen_store: Store | None = stores.get(chosen) or next(iter(stores.values()), None)
        if isinstance(amount, AmountField) and self.chosen_store is not None:
            amount.currency = self.chosen_store.currency


class ReasonForm(forms.Form):
    """Why a card is blocked, let in again or replaced."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


class CorrectForm(ReasonForm):
    """So much more on the card, or less."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    amount = AmountField(
        label=gettext_lazy("So much more"), help_text=gettext_lazy("With a minus, so much less."), smallest=None
    )

    def __init__(self, *args: Any, card: GiftCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        if isinstance(amount, AmountField):
            amount.currency = card.currency


class LastDayForm(ReasonForm):
    """A later last day."""

    expires_on = forms.DateField(
        label=gettext_lazy("Can be used until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if day.year > 2100:
            raise forms.ValidationError(gettext_lazy("This lies too far ahead. Look at the day once more."))
        return day
