"""What people fill in about files: which one, how it shall be read, and what to export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Store, User, validate_currency
from stamkunde.exchange.exports import types_for
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.records import RECORD_TYPES, record_type
from stamkunde.kit.importing import CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN
from stamkunde.kit.tabular.encodings import ENCODINGS, LABELS
from stamkunde.kit.tabular.layout import DAY_FIRST, DELIMITED, MONTH_FIRST, XLSX, YEAR_FIRST
from stamkunde.kit.tabular.writing import FORMATS

FIELD_PREFIX, ROW_PREFIX = "column-", "row-"
KNOWN_PEOPLE = [
    (CREATE_ANYWAY, _("Create anyway")),
    (LEAVE_OUT, _("Leave out")),
    (UPDATE_KNOWN, _("Update who is here")),
]


class NewImportForm(forms.Form):
    """A file, and where it is from."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_("CSV, Excel (XLSX), JSON lines, vCard or Parquet, also packed as .gz."),
        error_messages={"required": _("Choose a file first."), "empty": _("The file is empty. Choose another one.")},
    )
    source = forms.CharField(
        label=_("Where it is from"),
        max_length=60,
        help_text=_("The system that wrote it, such as “old till”. Its next file is recognised by this name."),
    )
    kind = forms.ChoiceField(label=_("What the rows are"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", _("Find out from the columns")), *((each.name, each.label) for each in RECORD_TYPES)]
        self.fields["kind"] = forms.ChoiceField(label=_("What the rows are"), required=False, choices=known)


class ReadingForm(forms.Form):
    """How a file is read: what was guessed, open to correction, and the column of every field."""

    kind = forms.ChoiceField(label=_("What the rows are"))
    source = forms.CharField(label=_("Where it is from"), max_length=60)
    store_id = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Store.objects.all(),
        empty_label=_("Choose"),
        help_text=_("Of rows that name no store; its clock counts."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Of amounts that name none."))
    date_order = forms.ChoiceField(
        label=_("Dates"),
        required=False,
        choices=[
            ("", _("Choose")),
            (DAY_FIRST, _("Day first: 31.12.2026")),
            (MONTH_FIRST, _("Month first: 12/31/2026")),
            (YEAR_FIRST, _("Year first: 2026-12-31")),
        ],
    )
    two_digit_years = forms.BooleanField(label=_("Years of two digits are 1970 to 2069"), required=False)
    decimal = forms.ChoiceField(
        label=_("Before the decimals stands"),
        required=False,
        choices=[("", _("Choose")), (".", _("a point: 1,234.50")), (",", _("a comma: 1.234,50"))],
    )

    def __init__(self, run: ImportRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        layout = run.reading
        self.fields["kind"] = forms.ChoiceField(
            label=_("What the rows are"), choices=[(each.name, each.label) for each in RECORD_TYPES]
        )
        if layout.is_text:
            self.fields["encoding"] = forms.ChoiceField(
                label=_("Letters are written in"),
                choices=[
                    *([] if layout.encoding_certain else [("", _("Choose"))]),
                    *((name, LABELS[name]) for name in ENCODINGS),
                ],
                required=False,
            )
        if layout.kind == DELIMITED:
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("Columns are parted by"),
                choices=[
                    (",", _("comma")),
                    (";", _("semicolon")),
                    ("\t", _("tab")),
                    ("|", _("upright stroke")),
                    ("^", _("caret")),
                ],
                required=False,
            )
        if layout.kind == XLSX and len(layout.sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=[(name, name) for name in layout.sheets])
        columns = [("", _("Not in the file")), *((name, name) for name in layout.columns)]
        for field in record_type(run.kind).fields:
            self.fields[f"{FIELD_PREFIX}{field.name}"] = forms.ChoiceField(
                label=field.label, choices=columns, required=False, help_text=field.hint
            )

    @classmethod
    def of(cls, run: ImportRun) -> ReadingForm:
        """Return the form filled with what is guessed or was chosen; what is not certain is left to be chosen."""
        layout = run.reading
        initial: dict[str, Any] = {
            "kind": run.kind,
            "source": run.source,
            "store_id": run.options.get("store_id"),
            "currency": run.options.get("currency"),
            "date_order": layout.date_order,
            "two_digit_years": layout.two_digit_years,
            "decimal": layout.decimal if layout.decimal_certain and not layout.doubtful_numbers else "",
            "encoding": layout.encoding if layout.encoding_certain else "",
            "delimiter": layout.delimiter,
            "sheet": layout.sheet,
        }
        initial |= {f"{FIELD_PREFIX}{name}": column for name, column in run.mapping.items()}
        return cls(run, initial=initial)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        validate_currency(currency)
        return currency

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith(FIELD_PREFIX)]

    @property
    def found_fields(self) -> list[forms.BoundField]:
        """Return the fields that have a column, and those that are wrong: what is to be looked at."""
        return [field for field in self if field.name.startswith(FIELD_PREFIX) and (field.value() or field.errors)]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """Return the fields that no column was found for; a file seldom has more than a few of them all."""
        return [field for field in self if field.name.startswith(FIELD_PREFIX) and not (field.value() or field.errors)]

    @property
    def mapping(self) -> dict[str, str]:
        return {
            name.removeprefix(FIELD_PREFIX): column
            for name, column in self.cleaned_data.items()
            if name.startswith(FIELD_PREFIX) and column
        }

    @property
    def corrections(self) -> dict[str, Any]:
        names = ("encoding", "delimiter", "sheet", "decimal", "date_order", "two_digit_years")
        # What was left open is no correction of what the file itself says.
        return {name: value for name in names if (value := self.cleaned_data.get(name)) not in (None, "")}

    @property
    def options(self) -> dict[str, Any]:
        return {"store_id": self.cleaned_data["store_id"].pk, "currency": self.cleaned_data["currency"]}


class KnownPeopleForm(forms.Form):
    """What becomes of rows whose person is likely here already: of all of them, and of single rows."""

    known_people = forms.ChoiceField(label=_("All such rows"), choices=KNOWN_PEOPLE)

    def __init__(self, rows: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            self.fields[f"{ROW_PREFIX}{row}"] = forms.ChoiceField(
                label=format_lazy(_("Row {row}"), row=row),
                choices=[("", _("As all such rows")), *KNOWN_PEOPLE],
                required=False,
            )

    @classmethod
    def of(cls, run: ImportRun, rows: Sequence[int]) -> KnownPeopleForm:
        """Return the form filled with what was chosen so far."""
        singled_out = run.options.get("choices", {})
        initial = {f"{ROW_PREFIX}{row}": singled_out.get(str(row), "") for row in rows}
        return cls(rows, initial=initial | {"known_people": run.options.get("known_people") or CREATE_ANYWAY})

    def for_row(self, row: int) -> forms.BoundField:
        return self[f"{ROW_PREFIX}{row}"]

    @property
    def choices(self) -> dict[int, str]:
        """Return what was chosen for single rows; one that shall follow the others says what they say."""
        data = self.cleaned_data
        return {
            int(name.removeprefix(ROW_PREFIX)): choice or data["known_people"]
            for name, choice in data.items()
            if name.startswith(ROW_PREFIX)
        }


class ExportForm(forms.Form):
    """What shall be exported, and why."""

    kind = forms.ChoiceField(label=_("What to export"))
    form = forms.ChoiceField(label=_("Format"), choices=[(name, label) for name, (label, _writer) in FORMATS.items()])
    reason = forms.CharField(
        label=_("What it is needed for"),
        min_length=3,
        max_length=300,
        help_text=_("Kept with the export, because files leave the house with people's data."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("What to export"), choices=[(each.name, each.label) for each in types_for(user)]
        )
