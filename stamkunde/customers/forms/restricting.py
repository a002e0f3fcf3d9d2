"""The forms by which data is restricted, a restriction lifted, and an objection recorded."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models import RestrictionGround


class RestrictionForm(forms.Form):
    ground = forms.ChoiceField(label=_("On what ground"), choices=RestrictionGround.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("In the customer's words if you can."), widget=forms.Textarea
    )


class LiftingForm(forms.Form):
    because = forms.CharField(label=_("Why it is lifted"), max_length=500)
    told_how = forms.CharField(
        label=_("How the customer was told"),
        max_length=300,
        help_text=_("The law asks that they are told before it is lifted. Such as “By e-mail on 3 March”."),
    )


class ObjectionForm(forms.Form):
    against = forms.ChoiceField(
        label=_("They object to"),
        choices=[
            ("marketing", pgettext_lazy("objection", "All marketing, and suggestions made for it")),
            ("profiling", pgettext_lazy("objection", "Personal suggestions only")),
        ],
    )
    evidence = forms.CharField(
        label=_("Proof"), max_length=300, help_text=_("Where and how they said so, such as “At the counter, to Anna”.")
    )
