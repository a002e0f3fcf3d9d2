"""The form of a new customer: three boxes, and more for those who want them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Store, User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import ContactKind, CustomerKind
from stamkunde.customers.naming import read_newcomer, split_name
from stamkunde.customers.postal import countries
from stamkunde.customers.values import AddressValues, ContactValues, CustomerValues

# Where a refusal of the action belongs in this form.
_PLACES = {"given_name": "name", "family_name": "name", "company_name": "name", "raw": "phone"}


class NewCustomerForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=400,
        error_messages={"required": _("Please write a name; a first name is enough.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=60, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    is_company = forms.BooleanField(label=_("This is a company"), required=False)
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    town = forms.CharField(label=_("Town"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    note = forms.CharField(label=_("Note"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    MORE = ("is_company", "street", "postcode", "town", "country", "birth_date", "language", "note")

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, user: User, **kwargs: Any) -> None:
        country = country_of(user)
        super().__init__(_sorted_out(data, country), *args, **kwargs)
        self.user = user
        choices: Any = [("", "–"), *countries()]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]
        self.fields["country"].initial = country
        self.fields["language"].choices = [("", "–"), *Language.choices]  # type: ignore[attr-defined]

    @property
    def has_more(self) -> bool:
        """Whether one of the boxes that are folded away holds something, or something wrong."""
        filled = any(self.data.get(name) for name in self.MORE if name != "country")
        return filled or any(name in self.errors for name in self.MORE)

    def values(self) -> CustomerValues:
        """Return what was written, as far as it is readable; the action checks it."""
        data = self.cleaned_data
        is_company = bool(data.get("is_company"))
        name = " ".join((data.get("name") or "").split())
        given, family = ("", "") if is_company else split_name(name)
        region = country_of(self.user)
        contacts = []
        if data.get("phone"):
            contacts.append(ContactValues(kind=ContactKind.PHONE, raw=data["phone"], region=region))
        if data.get("email"):
            contacts.append(ContactValues(kind=ContactKind.EMAIL, raw=data["email"]))
        address = AddressValues(
            street=data.get("street") or "",
            postcode=data.get("postcode") or "",
            town=data.get("town") or "",
            country=data.get("country") or region or "NO",
        )
        has_address = address.street or address.postcode or address.town
        return CustomerValues(
            kind=CustomerKind.COMPANY if is_company else CustomerKind.PERSON,
            given_name=given,
            family_name=family,
            company_name=name if is_company else "",
            birth_date=data.get("birth_date"),
            language=data.get("language") or "",
            home_store_id=self.user.store_id,
            contacts=tuple(contacts),
            addresses=(address,) if has_address else (),
        )

    def refuse(self, error: ValidationError) -> None:
        put_errors(self, error, _PLACES)


def _sorted_out(data: Mapping[str, Any] | None, country: str) -> Mapping[str, Any] | None:
    """Move a telephone number and an e-mail address written where the name belongs to the boxes made for them."""
    if data is None:
        return None
    written = {name: data.get(name) for name in data}
    # A very long name is left to be refused as it stands.
    name = str(written.get("name") or "")[:400]
    found = read_newcomer(name, country)
    moved = {box: text for box, text in (("phone", found.phone), ("email", found.email)) if text}
    if not moved or any(written.get(box) for box in moved):
        return data
    return written | moved | {"name": found.name}


def country_of(user: User) -> str:
    """Return the country of the store somebody works at, whose numbers need no country code."""
    store: Store | None = user.store
    country = store.country if store else the_shop().country
    return country if country != "EU" else ""


def put_errors(form: forms.Form, error: ValidationError, places: dict[str, str] | None = None) -> None:
    """Show what an action refused at the field it is about, or above the form when there is no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, problems in error.error_dict.items():
        place = (places or {}).get(field, field)
        form.add_error(place if place in form.fields else None, problems)
