"""What has to be filled in before many customers are changed at once; each form says which values it comes to."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Store
from stamkunde.customers.custom_values import read_custom
from stamkunde.customers.forms.profile import CustomValueForm
from stamkunde.customers.models import CustomField
from stamkunde.desk.actions import LONGEST_PUT_OFF
from stamkunde.desk.forms import DayField
from stamkunde.kit.tabular.writing import FORMATS


class BulkForm(forms.Form):
    """A form with the values a bulk change keeps, as plain JSON."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class NoteForm(BulkForm):
    text = forms.CharField(
        label=_("Note"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}),
        validators=[ProhibitNullCharactersValidator()],
    )  # fmt: skip


class PutOffForm(BulkForm):
    until = DayField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localdate() + timedelta(days=14)

    def clean_until(self) -> Any:
        until, today = self.cleaned_data["until"], timezone.localdate()
        if until <= today:
            raise ValidationError(now_("Please choose a day after today."))
        if until > today + LONGEST_PUT_OFF:
            raise ValidationError(now_("Please choose a day within a year."))
        return until

    def values(self) -> dict[str, Any]:
        return {"until": self.cleaned_data["until"].isoformat()}


class StoreForm(BulkForm):
    value = forms.ModelChoiceField(Store.objects.filter(is_open=True), label=_("Usual store"), empty_label=_("Choose"))

    def values(self) -> dict[str, Any]:
        return {"value": self.cleaned_data["value"].pk}


class LanguageForm(BulkForm):
    value = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class OwnFieldForm(BulkForm):
    """Which of the shop's own fields; once it is known, the box for its kind."""

    field = forms.ModelChoiceField(CustomField.objects.shown(), label=_("Field"), empty_label=_("Choose"))

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        asked = data.get("field", "") if data is not None else ""
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 18
        self.own = CustomField.objects.shown().filter(pk=int(asked)).first() if is_number else None
        if self.own is not None:
            value = CustomValueForm(field=self.own).fields["value"]
            value.help_text = _("Left empty, it empties the field of everybody selected.")
            self.fields["value"] = value
            self.fields["field"].widget = forms.HiddenInput()
        if self.own is not None and data is not None and "value" not in data:
            # The field was only just chosen: nothing has been filled in that could be wrong.
            self.is_bound, self.initial = False, {"field": self.own.pk}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.own is not None:
            try:
                read_custom(self.own, cleaned.get("value", ""))
            except ValidationError as error:
                self.add_error("value", error.messages)
        return cleaned

    def values(self) -> dict[str, Any]:
        return {"field": self.cleaned_data["field"].pk, "value": self.cleaned_data.get("value", "")}


class ExportForm(BulkForm):
    form = forms.ChoiceField(label=_("Format"), choices=[(name, label) for name, (label, _writer) in FORMATS.items()])
    reason = forms.CharField(
        label=_("What it is needed for"),
        min_length=3,
        max_length=300,
        help_text=_("Kept with the export, because files leave the house with people's data."),
        validators=[ProhibitNullCharactersValidator()],
    )


FORMS: dict[str, type[BulkForm]] = {
    "note": NoteForm,
    "put_off": PutOffForm,
    "store": StoreForm,
    "language": LanguageForm,
    "own_field": OwnFieldForm,
    "export": ExportForm,
}
