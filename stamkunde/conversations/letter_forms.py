"""What is filled in to write a letter, to set how letters look, and to say what postage costs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Country, Language
from stamkunde.conversations.actions.letter_settings import LetterheadValues
from stamkunde.conversations.letter_checks import LONGEST_SUBJECT, MOST_ENCLOSED
from stamkunde.conversations.letter_papers import language_for, store_for
from stamkunde.conversations.models import Letterhead, PostalZone
from stamkunde.conversations.models.letter import FARTHEST
from stamkunde.conversations.paper.windows import Window
from stamkunde.conversations.queries.letters import addresses_of, open_stores
from stamkunde.conversations.values import FileValues, LetterValues
from stamkunde.customers.models import ContactStatus, Customer


class LetterForm(forms.Form):
    """A letter to one customer: where it goes, who prints it, and what it says."""

    address = forms.TypedChoiceField(label=_("To"), widget=forms.RadioSelect, coerce=int, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT, required=False)
    text = forms.CharField(
        label=_("Your words"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Greeting, closing and your name are put in. An empty line begins a new paragraph."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    store = forms.TypedChoiceField(label=_("Printed at"), coerce=int, required=False)
    enclosed_sheets = forms.IntegerField(
        label=_("Sheets enclosed"),
        min_value=0,
        max_value=MOST_ENCLOSED,
        required=False,
        help_text=_("How many sheets go into the envelope besides the letter, for the postage."),
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        known, stores = addresses_of(customer.pk), open_stores()
        chosen = next((one.pk for one in known if one.status != ContactStatus.FAILING), None)
        usual = {"address": chosen, "language": language_for(customer), "store": store_for(customer, stores)}
        kwargs["initial"] = {**usual, "enclosed_sheets": 0, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.bad = [one for one in known if one.status == ContactStatus.FAILING]
        reached = [one for one in known if one.status != ContactStatus.FAILING]
        self._choose("address", [(one.pk, str(one)) for one in reached])
        self._choose("store", [(pk, store.name) for pk, store in stores.items()])
        self.has_address = bool(reached)

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = choices

    def values(self, attachment_ids: tuple[int, ...] = (), files: tuple[FileValues, ...] = ()) -> LetterValues:
        data = self.cleaned_data
        return LetterValues(
            text=data["text"].replace("\r\n", "\n"),
            subject=data["subject"],
            address_id=data["address"] or None,
            store_id=data["store"] or None,
            language=data["language"],
            attachment_ids=attachment_ids,
            files=files,
            enclosed_sheets=data["enclosed_sheets"] or 0,
        )


class LetterheadForm(forms.Form):
    window = forms.ChoiceField(label=_("Envelope"), choices=Window.choices)
    shift_right = forms.IntegerField(
        label=_("Address further to the right, in millimetres"),
        min_value=-FARTHEST,
        max_value=FARTHEST,
        help_text=_("With a minus to the left. The test sheet shows by how much."),
    )
    shift_down = forms.IntegerField(
        label=_("Address further down, in millimetres"),
        min_value=-FARTHEST,
        max_value=FARTHEST,
        help_text=_("With a minus further up."),
    )
    has_fold_marks = forms.BooleanField(label=_("Marks where to fold"), required=False)
    name = forms.CharField(
        label=_("Name at the top"),
        max_length=120,
        required=False,
        help_text=_("Left empty it is the name of the shop."),
    )
    lines = forms.CharField(
        label=_("Beneath the name"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Address, telephone, web address: up to seven lines."),
    )
    signature = forms.CharField(
        label=_("Beneath the writer's name at the end"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Left empty it is the name at the top."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, letterhead: Letterhead, **kwargs: Any) -> None:
        names = ("window", "shift_right", "shift_down", "has_fold_marks", "name", "lines", "signature")
        kept = {name: getattr(letterhead, name) for name in names}
        kwargs["initial"] = kept | {"version": letterhead.version if letterhead.pk else 0}
        super().__init__(*args, **kwargs)

    def values(self) -> LetterheadValues:
        return LetterheadValues(**{name: self.cleaned_data[name] for name in self.cleaned_data if name != "version"})


class PostageForm(forms.Form):
    country = forms.ChoiceField(label=_("From"), choices=Country.choices)
    zone = forms.ChoiceField(label=_("To"), choices=PostalZone.choices)
    up_to_grams = forms.IntegerField(label=_("Up to, in grams"), min_value=1, max_value=5_000)
    price = forms.DecimalField(label=_("Price"), min_value=0, max_digits=8, decimal_places=2)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
