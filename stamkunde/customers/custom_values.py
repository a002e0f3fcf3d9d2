"""Values of the shop's own fields: read from text by their kind, and written and shown again."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stamkunde.customers.models import CustomField, CustomFieldKind
from stamkunde.customers.written import line, refused
from stamkunde.kit import shown

LONGEST = 500
_YES = frozenset({"yes", "ja", "jā", "true", "1", "on", "y", "j", "x"})
_NO = frozenset({"no", "nei", "nej", "nē", "ne", "false", "0", "off", "n"})
_MOST_DIGITS = 14
_is_web_address = URLValidator(schemes=["http", "https"])

Columns = dict[str, Any]
EMPTY: Columns = {"text": "", "number": None, "date": None, "yes_no": None}


def read_custom(field: CustomField, written: str) -> Columns | None:
    """Return the columns that hold a value of the field's kind, or None when nothing was written.

    Raise ValidationError, at the field's key, when it is no such value.
    """
    plain = line(written, LONGEST, field.key)
    if not plain:
        return None
    if field.kind == CustomFieldKind.NUMBER:
        return EMPTY | {"number": _number(plain, field)}
    if field.kind == CustomFieldKind.DATE:
        return EMPTY | {"date": _date(plain, field)}
    if field.kind == CustomFieldKind.YES_NO:
        return EMPTY | {"yes_no": _yes_no(plain, field)}
    if field.kind == CustomFieldKind.CHOICE:
        return EMPTY | {"text": _choice(plain, field)}
    if field.kind == CustomFieldKind.LINK:
        return EMPTY | {"text": _link(plain, field)}
    return EMPTY | {"text": plain}


def written_custom(columns: Columns) -> str:
    """Return a value as plain text that reads back to the same value, whatever the language."""
    if columns["number"] is not None:
        return f"{Decimal(columns['number']).normalize():f}"
    if columns["date"] is not None:
        return str(columns["date"].isoformat())
    if columns["yes_no"] is not None:
        return "yes" if columns["yes_no"] else "no"
    return str(columns["text"])


def shown_custom(kind: str, written: str) -> str:
    """Return a written value as people of the reader's language read it."""
    try:
        if kind == CustomFieldKind.NUMBER and written:
            return shown.number(Decimal(written), decimals=_decimals_of(written))
        if kind == CustomFieldKind.DATE and written:
            return shown.long_day(date.fromisoformat(written))
    except (ValueError, ArithmeticError):
        return written
    if kind == CustomFieldKind.YES_NO and written:
        return pgettext("answer", "Yes") if written == "yes" else pgettext("answer", "No")
    return written


def _decimals_of(written: str) -> int:
    return len(written.partition(".")[2])


def _number(plain: str, field: CustomField) -> Decimal:
    digits = "".join(plain.split()).replace("\u2212", "-").replace("'", "")
    if "," in digits:
        # The last mark is the decimal one: 1.234,5 and 1,234.5 are the same number.
        whole, _mark, rest = digits.rpartition(",")
        digits = digits.replace(",", "") if "." in rest else f"{whole.replace('.', '').replace(',', '')}.{rest}"
    try:
        value = Decimal(digits)
    except InvalidOperation as error:
        raise refused(
            _("“%(value)s” is not a number. Write it with digits, such as 12.5.") % {"value": plain}, field.key
        ) from error
    # The exponent is looked at first, for arithmetic with an absurd one fails.
    if not value.is_finite() or value.adjusted() > _MOST_DIGITS - 1:
        raise refused(_("%(value)s is too large a number to keep here.") % {"value": plain}, field.key)
    if value and (value.adjusted() < -6 or value != value.quantize(Decimal("0.000001"))):
        raise refused(_("%(value)s has more than six decimals. Please round it.") % {"value": plain}, field.key)
    return value


def _date(plain: str, field: CustomField) -> date:
    try:
        return date.fromisoformat(plain)
    except ValueError:
        pass
    try:
        found = forms.DateField().to_python(plain)
    except ValidationError:
        found = None
    if found is None:
        raise refused(_("“%(value)s” is not a date. Write it like 2026-05-17.") % {"value": plain}, field.key)
    return found


def _yes_no(plain: str, field: CustomField) -> bool:
    word = plain.casefold()
    if word not in _YES | _NO:
        raise refused(_("“%(value)s” is neither yes nor no.") % {"value": plain}, field.key)
    return word in _YES


def _choice(plain: str, field: CustomField) -> str:
    for choice in field.choices:
        if str(choice).casefold() == plain.casefold():
            return str(choice)
    raise refused(
        _("“%(value)s” is not one of the choices: %(choices)s.")
        % {"value": plain, "choices": ", ".join(str(choice) for choice in field.choices)},
        field.key,
    )


def _link(plain: str, field: CustomField) -> str:
    try:
        _is_web_address(plain)
    except ValidationError as error:
        raise refused(
            _("“%(value)s” is not a web address. It begins with https:// or http://.") % {"value": plain}, field.key
        ) from error
    return plain
