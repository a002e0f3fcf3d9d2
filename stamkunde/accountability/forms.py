"""The forms of accountability: how long, who processes, what went wrong."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accountability.actions.breach import ENDED_BEFORE
from stamkunde.accountability.models import Breach, Processor, Terms
from stamkunde.accountability.queries.looks import Narrowing
from stamkunde.accountability.queries.reach import Reach
from stamkunde.accounts.models import Till, TillDevice
from stamkunde.customers.models import LookUpPurpose
from stamkunde.kit.clock import end_of_day, start_of_day
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
        widgets: ClassVar = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("opens_at", "closes_at")
        }


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


_MOMENTS = ("known_at", "began_at", "ended_at", "authority_told_at", "people_told_at")


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
        widgets: ClassVar = {
            **{name: _moment() for name in _MOMENTS},
            **{name: forms.Textarea(attrs={"rows": 4}) for name in ("what", "consequences", "measures")},
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        began, ended = values.get("began_at"), values.get("ended_at")
        if began and ended and ended < began:
            self.add_error("ended_at", ENDED_BEFORE)
        return values


class AffectedForm(forms.Form):
    """By whose hand, where and when: what is known of whoever should not have seen it."""

    actor_id = forms.TypedChoiceField(label=_("By whom"), coerce=int, empty_value=None, required=False)
    program_id = forms.TypedChoiceField(label=_("With which token"), coerce=int, empty_value=None, required=False)
    device_id = forms.TypedChoiceField(label=_("On which device"), coerce=int, empty_value=None, required=False)
    till_id = forms.TypedChoiceField(label=_("At the till"), coerce=int, empty_value=None, required=False)
    since = forms.DateTimeField(label=pgettext_lazy("from a moment", "From"), widget=_moment())
    until = forms.DateTimeField(label=pgettext_lazy("to a moment", "To"), widget=_moment())
    reason = forms.CharField(label=_("What the list is needed for"), max_length=300, required=False)

    def __init__(
        self, *args: Any, people: list[tuple[int, str]], programs: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        tills = [(till.pk, f"{till.store.name}: {till.name}") for till in Till.objects.select_related("store")]
        devices = [
            (device.pk, f"{device.till.store.name}: {device.till.name}: {device.name}")
            for device in TillDevice.objects.select_related("till__store")
        ]
        choices = (("actor_id", people), ("program_id", programs), ("device_id", devices), ("till_id", tills))
        for name, options in choices:
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", pgettext_lazy("choice", "Any")), *options]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and since >= until:
            self.add_error("until", _("The end must lie after the beginning."))
        return values

    @property
    def reach(self) -> Reach:
        names = ("actor_id", "program_id", "device_id", "till_id", "since", "until")
        return Reach(**{name: self.cleaned_data[name] for name in names})


class LogForm(forms.Form):
    """What of the log is shown; sent with the address, so that the page can be bookmarked."""

    who = forms.TypedChoiceField(label=_("Who"), coerce=int, empty_value=None, required=False)
    purpose = forms.ChoiceField(label=_("What for"), required=False)
    since = forms.DateField(
        label=pgettext_lazy("from a day", "From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=pgettext_lazy("to a day", "To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", pgettext_lazy("choice", "Any"))
        for name, options in (("who", people), ("purpose", LookUpPurpose.choices)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [anything, *options]

    @property
    def narrowing(self) -> Narrowing:
        """Return what can be read of it; what cannot narrows nothing."""
        self.is_valid()
        given, zone = self.cleaned_data, timezone.get_current_timezone_name()
        since, until = given.get("since"), given.get("until")
        return Narrowing(
            actor_id=given.get("who"),
            purpose=given.get("purpose") or "",
            since=start_of_day(since, zone) if since else None,
            until=end_of_day(until, zone) if until and until < date.max else None,
        )
