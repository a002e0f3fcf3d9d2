"""The small forms of the profile."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Store
from stamkunde.customers.actions import Conflict
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactStatus,
    CustomerKind,
    CustomField,
    CustomFieldKind,
    RelationKind,
    TraitKind,
)
from stamkunde.customers.models.customer import COLUMNS
from stamkunde.customers.postal import countries


def date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OwnColumnForm(forms.Form):
    """One of the customer's own columns, changed where it stands."""

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = COLUMNS[name]
        field: forms.Field
        if name == "birth_date":
            field = forms.DateField(required=False, widget=date_input())
        elif name == "language":
            field = forms.ChoiceField(required=False, choices=[("", "–"), *Language.choices])
        elif name == "home_store":
            field = forms.ModelChoiceField(Store.objects.filter(is_open=True), required=False, empty_label="–")
        else:
            field = forms.CharField(required=False, max_length=column.max_length)
        field.label = str(column.verbose_name)
        self.fields["value"] = field


class FirstValueForm(forms.Form):
    """The first number, e-mail address or town, changed where a list shows it."""

    value = forms.CharField(required=False, max_length=254)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {"phone": "tel", "email": "email"}
        if name in kinds:
            self.fields["value"].widget.attrs |= {"inputmode": kinds[name], "autocapitalize": "off"}


class CustomValueForm(forms.Form):
    """A field of the shop's own; what is written is read by the action, which knows the field's kind."""

    value = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = field.label
        widgets: dict[str, forms.Widget] = {
            CustomFieldKind.DATE: date_input(),
            CustomFieldKind.NUMBER: forms.TextInput(attrs={"inputmode": "decimal"}),
            CustomFieldKind.LINK: forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
            CustomFieldKind.CHOICE: forms.Select(choices=[("", "–"), *((one, one) for one in field.choices)]),
            CustomFieldKind.YES_NO: forms.Select(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))]),
        }
        if field.kind in widgets:
            self.fields["value"].widget = widgets[field.kind]


class NameForm(forms.Form):
    """All of a customer's name."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=CustomerKind.choices, widget=forms.RadioSelect, initial=CustomerKind.PERSON
    )
    title = forms.CharField(label=_("Title"), max_length=60, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=200, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=200, required=False)
    preferred_name = forms.CharField(
        label=_("Is called"),
        max_length=200,
        required=False,
        help_text=_("What people call them, when it is not the given name."),
    )
    company_name = forms.CharField(label=_("Company"), max_length=200, required=False)

    def ask_which(self, conflicts: Mapping[str, Conflict]) -> None:
        """Let the reader choose, field by field, between her own value, the other's and the one before both."""
        for name, conflict in conflicts.items():
            asked = {
                conflict.mine: now_("Mine: %(value)s"),
                conflict.theirs: now_("Theirs: %(value)s"),
                conflict.original: now_("As it was: %(value)s"),
            }
            if name in self.fields and name != "kind":
                label = self.fields[name].label
                choices = [(value, words % {"value": value or "–"}) for value, words in asked.items()]
                self.fields[name] = forms.ChoiceField(
                    label=label, choices=choices, widget=forms.RadioSelect, required=False
                )


class ContactPointForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices, initial=ContactKind.PHONE)
    raw = forms.CharField(
        label=_("Number or address"),
        max_length=254,
        error_messages={"required": _("Please write how the customer is reached, or leave this out.")},
    )
    label = forms.CharField(
        label=_("Whose, or what for"), max_length=60, required=False, help_text=_("Such as “work” or “a daughter's”.")
    )
    is_preferred = forms.BooleanField(label=_("The one to use first"), required=False)


class ContactStatusForm(forms.Form):
    status = forms.ChoiceField(label=_("State"), choices=ContactStatus.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("How is this known"),
        max_length=200,
        help_text=_("Such as “said so on the telephone” or “the letter came back”."),
        error_messages={"required": _("Please write how this is known.")},
    )


class AddressForm(forms.Form):
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    town = forms.CharField(label=_("Town"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"))
    care_of = forms.CharField(label=_("Care of"), max_length=120, required=False)
    label = forms.CharField(
        label=_("What for"), max_length=60, required=False, help_text=_("Such as “summer house” or “invoices”.")
    )
    is_preferred = forms.BooleanField(label=_("The one to use first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]


class TraitForm(forms.Form):
    kind = forms.ChoiceField(label=_("About"), choices=TraitKind.choices, initial=TraitKind.OTHER)
    text = forms.CharField(
        label=_("What is good to know"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Please write what is good to know.")},
    )


class RelationForm(forms.Form):
    """Whom a customer belongs to; the other one is found by typing a part of the name."""

    kind = forms.ChoiceField(label=_("How"), choices=RelationKind.choices)
    other = forms.CharField(
        label=_("Whom"),
        max_length=200,
        help_text=_("A name, a telephone number or a customer number."),
        error_messages={"required": _("Please write whom.")},
    )


class ConsentForm(forms.Form):
    channel = forms.ChoiceField(label=_("What for"), choices=ConsentChannel.choices)
    state = forms.ChoiceField(
        label=_("The customer says"),
        choices=[(ConsentState.GIVEN, _("Yes")), (ConsentState.WITHDRAWN, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose yes or no. Without an answer nothing is recorded.")},
    )
    evidence = forms.CharField(
        label=_("How did they say so"),
        max_length=300,
        help_text=_("Such as “told Anna at the till” or “signed the form of 3 May”."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Please write how the customer said so: where, on which form, to whom.")},
    )
    wording = forms.CharField(
        label=_("Version of the text"),
        max_length=60,
        required=False,
        help_text=_("What is printed at the foot of the form, when there was one."),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("The note is still empty. Please write something, or leave the page.")},
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        error_messages={
            "required": _("Please choose a file."),
            "empty": _("The file is empty. Please choose another one."),
        },
    )


class FormerNameForm(forms.Form):
    name = forms.CharField(
        label=_("Former name"), max_length=200, error_messages={"required": _("Please write the former name.")}
    )


class NewFieldForm(forms.Form):
    label = forms.CharField(
        label=_("Name of the field"),
        max_length=80,
        error_messages={"required": _("Please write what the field is called.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=CustomFieldKind.choices, help_text=_("The kind stays as it is once the field is made.")
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only for a choice: one on each line."),
    )


class FieldForm(forms.Form):
    label = forms.CharField(
        label=_("Name of the field"),
        max_length=80,
        error_messages={"required": _("Please write what the field is called.")},
    )
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line. A choice you take away stays where it is already filled in."),
    )
    is_shown = forms.BooleanField(label=_("Shown on the profile"), required=False)

    def __init__(self, *args: Any, has_choices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_choices:
            del self.fields["choices"]
