"""The forms of accountability: how long, who processes, what went wrong."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accountability.models import Breach, Processor, Terms
from stamkunde.kit.retention import Period, Rule

_UNITS = [
    ("days", pgettext_lazy("unit of time", "days")),
    ("months", pgettext_lazy("unit of time", "months")),
    ("years", pgettext_lazy("unit of time", "years")),
]


class RuleForm(forms.Form):
    """How long, in one unit: nobody keeps things for two years, three months and five days."""

    number = forms.IntegerField(label=_("Keep it for"), min_value=1, max_value=20_000)
    unit = forms.ChoiceField(label=pgettext_lazy("of time", "Unit"), choices=_UNITS)
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("For whoever asks later, such as the authority or your lawyer.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        period = rule.period
        unit = "years" if period.years else "months" if period.months else "days"
        kwargs["initial"] = {"number": getattr(period, unit), "unit": unit, "version": rule.version}
        super().__init__(*args, **kwargs)

    @property
    def period(self) -> Period:
        return Period(**{self.cleaned_data["unit"]: self.cleaned_data["number"]})


class ProcessorForm(forms.ModelForm[Processor]):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Processor
        fields: ClassVar = ["name", "task", "data", "country", "ground", "contact", "agreed_on", "ended_on"]


class TermsForm(forms.ModelForm[Terms]):
    class Meta:
        model = Terms
        fields: ClassVar = ["breach_hours", "many_looks", "opens_at", "closes_at"]


class BreachForm(forms.ModelForm[Breach]):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Breach
        fields: ClassVar = [
            "title",
            "known_at",
            "began_at",
            "ended_at",
            "what",
            "data",
            "people",
            "consequences",
            "measures",
            "risk",
            "authority_told_at",
            "authority_reference",
            "why_late",
            "people_told_at",
            "how_people_were_told",
            "why_not_told",
        ]
