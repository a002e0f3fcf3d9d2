"""The boxes above the lists of purchases and returns."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.kit import shown
from stamkunde.sales.models import Channel
from stamkunde.sales.queries.lists import Narrowing


class NarrowingForm(forms.Form):
    """What is wanted of the list; a box that cannot be read narrows nothing and says so."""

    receipt = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60, required=False)
    store = forms.TypedChoiceField(label=gettext_lazy("Store"), required=False, coerce=int, empty_value=None)
    channel = forms.ChoiceField(
        label=gettext_lazy("How"),
        required=False,
        choices=[("", pgettext_lazy("purchases", "All ways")), *Channel.choices],
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.may(SEE_CUSTOMERS.name):
            # Trying one number after the other would say which purchases are of the same person.
            del self.fields["customer"]
        store = self.fields["store"]
        if isinstance(store, forms.ChoiceField):
            all_stores = pgettext_lazy("purchases", "All stores")
            store.choices = [("", all_stores)] + [(str(own.pk), own.name) for own in own_stores(user)]

    @property
    def narrowing(self) -> Narrowing:
        self.is_valid()
        said = self.cleaned_data
        return Narrowing(
            store_id=said.get("store"),
            channel=said.get("channel") or "",
            since=said.get("since"),
            until=said.get("until"),
            receipt_number=said.get("receipt") or "",
            customer_id=said.get("customer"),
        )

    def chips(self, customer_name: str) -> list[tuple[str, str]]:
        """Return what narrows the list, each in words with the name of its box."""
        said = self.cleaned_data
        stores = dict(getattr(self.fields["store"], "choices", ()))
        found = []
        if said.get("receipt"):
            found.append(("receipt", _("Receipt %(number)s") % {"number": said["receipt"]}))
        if said.get("store"):
            found.append(("store", str(stores.get(str(said["store"]), ""))))
        if said.get("channel"):
            found.append(("channel", str(Channel(said["channel"]).label)))
        if said.get("since"):
            found.append(("since", _("From %(day)s") % {"day": shown.day(said["since"])}))
        if said.get("until"):
            found.append(("until", _("To %(day)s") % {"day": shown.day(said["until"])}))
        if said.get("customer"):
            found.append(("customer", customer_name or _("One customer")))
        return found
