"""What is filled in when somebody asks about their data, and while they are answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language
from stamkunde.privacy.actions.requests import RequestValues
from stamkunde.privacy.models import IdentityProof, RequestKind


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class RequestForm(forms.Form):
    """A request as it came in."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=RequestKind.choices, widget=forms.RadioSelect)
    asked_by = forms.CharField(
        label=_("Who asks"),
        max_length=200,
        help_text=_("The customer, or who acts for them, and how they asked."),
        error_messages={"required": _("Write who asks: the customer, or who acts for them.")},
    )
    received_on = forms.DateField(
        label=_("Received on"), widget=_day(), help_text=_("The answer is due a month later.")
    )
    identity = forms.ChoiceField(label=_("How it was checked who asks"), choices=IdentityProof.choices)
    identity_note = forms.CharField(label=_("What was shown"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=Language.choices)
    names_staff = forms.BooleanField(
        label=_("Name the staff who looked"),
        required=False,
        help_text=_("Only where the customer needs the names to use their rights; roles are told anyway."),
    )
    names_staff_reason = forms.CharField(label=_("Why they are named"), max_length=300, required=False)

    def values(self) -> RequestValues:
        return RequestValues(**self.cleaned_data)


class IdentityForm(forms.Form):
    identity = forms.ChoiceField(
        label=_("How it was checked who asks"),
        choices=[choice for choice in IdentityProof.choices if choice[0] != IdentityProof.NONE],
    )
    identity_note = forms.CharField(label=_("What was shown"), max_length=300, required=False)


class ExtensionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it takes longer"),
        max_length=300,
        help_text=_("As the customer was told it. That must happen within the first month."),
        error_messages={"required": _("Write the reason as the customer was told it.")},
    )


class ClosingForm(forms.Form):
    is_refused = forms.TypedChoiceField(
        label=_("How the request ends"),
        choices=[("no", _("It was answered")), ("yes", _("It was refused"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    outcome = forms.CharField(
        label=_("What the customer was answered"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A refusal says why, and where the customer can complain."),
        error_messages={"required": _("Write what the customer was answered.")},
    )


def add_refusal(form: forms.Form, sentence: str, field: str) -> None:
    """Show why an action refused, at its field where the form has it."""
    form.add_error(field if field in form.fields else None, sentence)


def initial_of(language: str, today: Any) -> dict[str, Any]:
    return {"kind": RequestKind.ACCESS, "received_on": today, "language": language, "identity": IdentityProof.NONE}
