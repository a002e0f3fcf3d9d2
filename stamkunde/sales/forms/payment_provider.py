"""What is set of the payment provider."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Till
from stamkunde.sales.actions.payment_provider import ProviderValues
from stamkunde.sales.models import PaymentProvider
from stamkunde.sales.payment_providers import PROVIDERS

_KEPT = _("Leave it empty to keep the one that is set.")


class ProviderForm(forms.Form):
    """The provider, by what it knows the shop, and how payments are taken; keys are never shown again."""

    name = forms.ChoiceField(label=_("Provider"), choices=[])
    is_active = forms.BooleanField(
        label=_("Take payments through it"),
        required=False,
        help_text=_("Customers can then pay by link and at terminals."),
    )
    url = forms.CharField(
        label=_("Address"), max_length=500, required=False, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    account = forms.CharField(label=_("Account"), max_length=120, required=False)
    key = forms.CharField(
        label=_("Key"), max_length=300, required=False, help_text=_KEPT,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Secret of notifications"), max_length=300, required=False, help_text=_KEPT,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    deposit_percent = forms.IntegerField(
        label=_("Deposit for an accepted quote, in percent"), min_value=1, max_value=100,
        help_text=_("The rest is invoiced when the deposit is paid. With 100 all of it is paid at once."),
    )  # fmt: skip
    captures_later = forms.BooleanField(
        label=_("Take the money when goods are handed over"), required=False,
        help_text=_("Purchases paid by link are authorised first, and you take the money in, in parts if you like."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: PaymentProvider | None) -> None:
        own = row or PaymentProvider(name=PROVIDERS[0].name, version=0)
        initial = {
            "name": own.name, "is_active": own.is_active, "url": own.url, "account": own.account,
            "deposit_percent": own.deposit_percent, "captures_later": own.captures_later, "version": own.version,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["name"] = forms.ChoiceField(
            label=_("Provider"), choices=[(one.name, one.label) for one in PROVIDERS]
        )
        self.tills = list(Till.objects.select_related("store").order_by("store__name", "name"))
        for till in self.tills:
            self.fields[f"terminal_{till.pk}"] = forms.CharField(
                label=_("Terminal beside %(till)s, %(store)s") % {"till": till.name, "store": till.store.name},
                max_length=60,
                required=False,
                initial=own.terminals.get(str(till.pk), ""),
            )

    @property
    def values(self) -> ProviderValues:
        said = self.cleaned_data
        return ProviderValues(
            name=said["name"],
            is_active=said["is_active"],
            url=said["url"].strip(),
            account=said["account"].strip(),
            key=said["key"].strip(),
            secret=said["secret"].strip(),
            deposit_percent=said["deposit_percent"],
            captures_later=said["captures_later"],
            terminals={till.pk: said[f"terminal_{till.pk}"] for till in self.tills if said[f"terminal_{till.pk}"]},
        )
