"""What the changes of many customers are called, and what was chosen in each."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import Language, Store
from stamkunde.customers.custom_values import shown_custom
from stamkunde.customers.models import CustomField

Values = Mapping[str, Any]

LABELS: dict[str, Any] = {
    "note": gettext_lazy("Write a note on each"),
    "put_off": gettext_lazy("Put contact off"),
    "store": gettext_lazy("Set the usual store"),
    "language": gettext_lazy("Set the language"),
    "own_field": gettext_lazy("Fill in a field of your own"),
    "trash": gettext_lazy("Put in the trash"),
}


def _store(values: Values) -> str:
    found = Store.objects.filter(pk=values["value"]).first() if values["value"] else None
    return found.name if found else _("none")


def _language(values: Values) -> str:
    return str(Language(values["value"]).label) if values["value"] else _("none")


def _own_field(values: Values) -> str:
    field = CustomField.objects.filter(pk=values["field"]).first()
    if field is None:
        return ""
    return _("%(field)s: %(condition)s") % {
        "field": field.label,
        "condition": shown_custom(field.kind, values["value"]) or _("not filled in"),
    }


def _day(values: Values) -> str:
    return date_format(date.fromisoformat(values["until"]), "SHORT_DATE_FORMAT")


_DETAILS: dict[str, Callable[[Values], str]] = {
    "put_off": _day,
    "store": _store,
    "language": _language,
    "own_field": _own_field,
}


def said(kind: str, values: Values) -> str:
    """Say what is done, with what was chosen: "Set the language: Svenska"."""
    label = LABELS.get(kind, kind)
    detail = _DETAILS[kind](values) if kind in _DETAILS and values else ""
    return _("%(what)s: %(detail)s") % {"what": label, "detail": detail} if detail else str(label)
