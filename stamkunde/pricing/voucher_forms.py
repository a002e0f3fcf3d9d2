"""The forms about codes: a new batch, a code to look up, and the file of a batch."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamkunde.catalogue.forms import currencies
from stamkunde.pricing.actions import BatchValues
from stamkunde.pricing.forms import RefusableForm
from stamkunde.pricing.models import BatchKind, Offer, OfferState, OnReturn
from stamkunde.pricing.schemas import conditions_of

_FORMATS = (("csv", "CSV"), ("xlsx", "Excel"))


class BatchForm(RefusableForm):
    """A batch: one text for many, or codes that are drawn."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=120,
        help_text=gettext_lazy("By which staff find the codes again. Customers do not see it."),
    )
    offer = forms.TypedChoiceField(label=gettext_lazy("Offer that the codes bring"), coerce=int)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=BatchKind.choices, widget=forms.RadioSelect, initial=BatchKind.GENERIC
    )
    text = forms.CharField(
        label=gettext_lazy("The code, if it is one for many"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Letters and digits. Spaces, dashes, and small or capital letters make no difference."),
    )
    wanted = forms.IntegerField(
        label=gettext_lazy("How many codes, if each is another"),
        required=False,
        min_value=1,
        max_value=100_000,
    )
    limit = forms.IntegerField(
        label=gettext_lazy("How often each code may be used"),
        required=False,
        min_value=1,
        max_value=1_000_000_000,
        initial=1,
        help_text=gettext_lazy("Empty is as often as wanted."),
    )
    most_per_customer = forms.IntegerField(
        label=gettext_lazy("At most so often for each customer"), required=False, min_value=1, max_value=1_000_000_000
    )
    valid_from = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    on_return = forms.ChoiceField(
        label=gettext_lazy("When all that was bought with it comes back"), choices=OnReturn.choices
    )
    owner = forms.IntegerField(
        label=gettext_lazy("Number of the customer whose own it is"), required=False, min_value=1, max_value=2**62
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (offer.pk, offer.name)
            for offer in Offer.objects.exclude(state=OfferState.ENDED).order_by("name", "pk")
            if conditions_of(offer.conditions).needs_code
        ]
        self.has_offers = bool(offered)
        for name, choices in (
            ("offer", offered),
            ("currency", [("", pgettext_lazy("currency", "Any")), *((code, code) for code in currencies())]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    @property
    def values(self) -> BatchValues:
        said = self.cleaned_data
        is_generic = said["kind"] == BatchKind.GENERIC
        return BatchValues(
            name=said["name"],
            offer_id=said["offer"],
            kind=said["kind"],
            text=said["text"] if is_generic else "",
            wanted=1 if is_generic else said["wanted"] or 0,
            limit=said["limit"],
            most_per_customer=said["most_per_customer"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
            currency=said["currency"],
            on_return=said["on_return"],
            owner_id=said["owner"],
        )


class CodeForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=60)


class FileForm(forms.Form):
    """The codes of a batch as a file."""

    form = forms.ChoiceField(label=gettext_lazy("Format"), choices=_FORMATS)
    reason = forms.CharField(
        label=gettext_lazy("What it is needed for"),
        max_length=300,
        min_length=3,
        help_text=gettext_lazy("Kept with the file: whoever has it can use the codes."),
    )
