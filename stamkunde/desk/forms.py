"""What is typed at the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.filtering import (
    BARE,
    EARLIEST,
    IN_DAYS,
    LATEST,
    OPERATOR_LABELS,
    FilterError,
    FilterField,
    FilterLanguage,
    Kind,
    Operator,
)


class DayField(forms.DateField):
    """A day that lies within a person's lifetime or so: beyond it the calendar cannot be counted on."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Please look at the year once more."))
        return day


class ViewForm(forms.Form):
    """The name of a view, and whether everybody sees it."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("Share with everybody"), required=False)
    is_first = forms.BooleanField(label=_("Open the list with this view"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class PutOffForm(forms.Form):
    until = DayField(label=_("Until"))


class AuditForm(forms.Form):
    """What the audit is narrowed by; whatever is left empty narrows nothing."""

    staff = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("What"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    customer = forms.IntegerField(
        label=_("Customer number"), required=False, min_value=1, max_value=2**53, localize=False
    )

    def __init__(self, *args: Any, staff: list[tuple[int, str]], kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [("", _("Everybody")), *staff]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("Everything")), *kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            raise ValidationError(_("The first day lies after the last one."))
        return cleaned


class FilterForm(forms.Form):
    """One filter being made: the operator and, for most, a value of the field's kind."""

    operator = forms.ChoiceField(label=_("Comparison"))
    value = forms.CharField(label=_("Value"), required=False, max_length=200)
    is_alternative = forms.BooleanField(label=_("As an alternative to the filter before it"), required=False)

    def __init__(
        self,
        *args: Any,
        field: FilterField,
        language: FilterLanguage,
        currency: str,
        may_be_alternative: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        self.language = language
        self.currency = currency
        self.fields["operator"].choices = [  # type: ignore[attr-defined]
            (operator.value, OPERATOR_LABELS[operator]) for operator in field.allowed
        ]
        self.fields["value"].widget = self._widget()
        if not any(operator not in BARE for operator in field.allowed):
            del self.fields["value"]
        if not may_be_alternative:
            del self.fields["is_alternative"]

    def _widget(self) -> forms.Widget:
        """Return a box for the kind; days may be a number or a date, so a text box takes both."""
        if self.field.kind in {Kind.CHOICE, Kind.MONTH}:
            return forms.Select(choices=self.field.choices())
        if self.field.kind == Kind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        if self.field.kind == Kind.DATE:
            today = timezone.localdate().isoformat()
            return forms.TextInput(
                attrs={"autocomplete": "off", "placeholder": str(_("30, or %(day)s")) % {"day": today}}
            )
        if self.field.kind == Kind.MONEY:
            return forms.TextInput(attrs={"inputmode": "decimal", "placeholder": f"1000 {self.currency}"})
        return forms.TextInput(attrs={"autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "operator" not in cleaned:
            return cleaned
        text = cleaned.get("value", "")
        if self.field.kind == Kind.MONEY and text and text[-1].isdigit():
            text = f"{text} {self.currency}"
        try:
            cleaned["condition"] = self.language.condition(self.field.name, cleaned["operator"], text)
        except FilterError as error:
            self.add_error("value" if "value" in self.fields else None, str(error))
        return cleaned

    @property
    def is_in_days(self) -> bool:
        return any(Operator(value) in IN_DAYS for value, _label in self.fields["operator"].choices)  # type: ignore[attr-defined]
