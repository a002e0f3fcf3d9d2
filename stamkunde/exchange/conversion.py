"""Turns the cells of a row into the values of a record, by the mapping of columns to fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.core import Locale
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language
from stamkunde.kit.clock import zone
from stamkunde.kit.folding import fold
from stamkunde.kit.importing import Field, FieldKind, Line, RecordType, Skipped, Terms
from stamkunde.kit.money import MoneyError, decimals_of
from stamkunde.kit.tabular.layout import JSON_LINES, PARQUET, VCARD, XLSX, Layout, Row
from stamkunde.kit.tabular.values import BadValueError, parse_moment, parse_number
from stamkunde.kit.tabular.writing import without_apostrophe

_SIGNS = re.compile(
    r"^(?:kr\.?|[A-Z]{3}|[£€$])\s*(?=[-+−(\d])|\s*(?:kr\.?|[A-Z]{3}|[£€$]|[,:]\s*[-–]+)\s*$", re.IGNORECASE
)
_TWO_NUMBERS = re.compile(r"[(+−-]?[1-9]\d{0,2}([.,])\d{3}[)-]?")
_TYPED = (XLSX, JSON_LINES, PARQUET)
_MOST_CACHED = 50_000
_LONGEST_CACHED = 80
_NOT_SEEN: Any = object()
_LONGEST_TEXT = 10_000
# No spreadsheet opens these, so an apostrophe in them was put there by nobody but their author.
_AS_WRITTEN = (JSON_LINES, PARQUET, VCARD)
_OTHER_COUNTRY_NAMES = {
    "eire": "IE",
    "rsa": "ZA",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "usa": "US",
    "holland": "NL",
}
_LANGUAGE_NAMES = {
    "en": ("en", "eng", "english", "engelsk", "engelska", "angļu"),
    "nb": ("nb", "no", "nn", "nor", "norsk", "norwegian", "bokmål", "norska", "norvēģu"),
    "sv": ("sv", "se", "swe", "svensk", "svenska", "swedish", "zviedru"),
    "lv": ("lv", "lav", "latvian", "latvisk", "lettisk", "lettiska", "latviešu"),
}
Convert = Callable[[str], Any]


class Conversion:
    """Made once for a run, then called for every row."""

    def __init__(self, record_type: RecordType, layout: Layout, mapping: Mapping[str, str], terms: Terms) -> None:
        places = {name: place for place, name in enumerate(layout.columns)}
        self._fields: list[tuple[str, Field, int, dict[str, Any], Convert]] = [
            (field.name, field, places[mapping[field.name]], {}, _converter(field, layout, terms))
            for field in record_type.fields
            if mapping.get(field.name) in places
        ]
        self._blank = {field.name: None for field in record_type.fields}

    def line(self, row: Row) -> Line | Skipped:
        """Return the row's values, or why they cannot be taken."""
        if row.problem:
            return Skipped(Line(row.number, {}, row.cells), _("The row cannot be read."), row.problem)
        values = self._blank.copy()
        cells = row.cells
        for name, field, place, seen, convert in self._fields:
            cell = cells[place]
            value = seen.get(cell, _NOT_SEEN)
            if value is not _NOT_SEEN:
                values[name] = value
                continue
            text = cell.strip()
            if not text:
                if field.is_required or field.is_never_blank:
                    reason = _("“%(field)s” is empty.") % {"field": field.label}
                    return Skipped(Line(row.number, values, cells), reason, reason)
                value = None
            else:
                try:
                    value = convert(text)
                except BadValueError as error:
                    if not field.unknown_is_blank:
                        reason = _("“%(field)s” cannot be read.") % {"field": field.label}
                        return Skipped(Line(row.number, values, cells), reason, f"{field.label}: {error}")
                    value = None
            if len(seen) < _MOST_CACHED and len(cell) <= _LONGEST_CACHED:
                seen[cell] = value
            values[name] = value
        return Line(row.number, values, cells)


def _converter(field: Field, layout: Layout, terms: Terms) -> Convert:
    order, short_years = layout.date_order, layout.two_digit_years

    def text(written: str) -> str:
        written = written if layout.kind in _AS_WRITTEN else without_apostrophe(written)
        longest = field.max_length or _LONGEST_TEXT
        if len(written) > longest:
            raise BadValueError(
                _("The text has %(found)s characters; at most %(most)s fit.") % {"found": len(written), "most": longest}
            )
        return written

    def number(written: str) -> Decimal:
        if not layout.decimal_seen and _could_be_two(written, is_typed=layout.kind in _TYPED):
            raise BadValueError(
                _("“%(text)s” could be two numbers. Choose what stands before the decimals and send the row again.")
                % {"text": written[:60]}
            )
        return parse_number(written, layout.decimal or ".")

    def amount(written: str) -> Decimal:
        return number(_SIGNS.sub("", written))

    def day(written: str) -> date:
        return parse_moment(written, order, short_years)[0]

    def moment(written: str) -> datetime:
        found, clock, offset = parse_moment(written, order, short_years)
        if offset:
            tail = "+00:00" if offset == "Z" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
            return datetime.fromisoformat(f"{found.isoformat()}T{(clock or time.min).isoformat()}{tail}")
        # A date without a time of day stands at noon, which is the same date in every zone near the shop.
        return datetime.combine(found, clock or time(12), tzinfo=zone(terms.zone))

    def currency(written: str) -> str:
        try:
            decimals_of(written.upper())
        except MoneyError as error:
            raise BadValueError(_("“%(text)s” is not a currency.") % {"text": written[:20]}) from error
        return written.upper()

    by_kind: dict[FieldKind, Convert] = {
        FieldKind.TEXT: text,
        FieldKind.KEY: text,
        FieldKind.NUMBER: number,
        FieldKind.AMOUNT: amount,
        FieldKind.DATE: day,
        FieldKind.MOMENT: moment,
        FieldKind.CHOICE: _chooser(field),
        FieldKind.CURRENCY: currency,
        FieldKind.COUNTRY: _country,
        FieldKind.LANGUAGE: _language,
    }
    return by_kind[field.kind]


def _could_be_two(written: str, *, is_typed: bool) -> bool:
    """Tell whether a number, first met beyond what the guess had looked at, is one of those that mean two things."""
    found = _TWO_NUMBERS.fullmatch(written)
    return found is not None and (not is_typed or found.group(1) == ",")


def _chooser(field: Field) -> Convert:
    known = {fold(word): value for value, words in field.choices.items() for word in (value, *words)}

    def choose(written: str) -> str:
        chosen = known.get(fold(written) or written)
        if chosen is None:
            raise BadValueError(_("“%(text)s” is not one of the values known here.") % {"text": written[:60]})
        return chosen

    return choose


def _country(written: str) -> str:
    code = _country_names().get(fold(written))
    if code:
        return code
    raise BadValueError(_("“%(text)s” is not a country known here.") % {"text": written[:60]})


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("en", "nb", "sv", "lv"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "XA", "XB", "ZZ", "EZ"):
                names.setdefault(fold(name), code)
                names.setdefault(code.lower(), code)
    names.update(_OTHER_COUNTRY_NAMES)
    return names


def _language(written: str) -> str:
    folded = fold(written.replace("_", "-").split("-")[0])
    for code, words in _LANGUAGE_NAMES.items():
        if folded in {fold(word) for word in words}:
            return Language(code).value
    raise BadValueError(_("“%(text)s” is not a language used here.") % {"text": written[:60]})
