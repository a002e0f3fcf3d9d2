"""Rows of files that name their columns in every record: JSON lines, vCard and Parquet."""

from __future__ import annotations

import json
import quopri
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .layout import Layout, Row, UnreadableFileError
from .opening import open_bytes, read_lines

SAMPLE_RECORDS = 500
VCARD_COLUMNS = (
    "uid",
    "full_name",
    "given_name",
    "family_name",
    "additional_names",
    "title",
    "nickname",
    "company",
    "birthday",
    "email",
    "email_2",
    "phone",
    "phone_2",
    "phone_3",
    "street",
    "city",
    "region",
    "postcode",
    "country",
    "note",
    "language",
)
_LONGEST_CARD = 20_000
_LARGEST_CARD = 16 << 20
# A semicolon begins a parameter and is within none, unless in quotes: were both allowed, a line had twice as many
# readings with each further one, and a row of forty would keep the process busy for days.
_PROPERTY = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL)

# A telephone that does not know the year leaves it out, or writes the year 1604 in its place.
_BIRTHDAY_ALONE = re.compile(r"(?:--|1604-?)(\d\d)-?(\d\d)")


class _BadRecordError(Exception):
    pass


def json_columns(path: Path, *, gzipped: bool, encoding: str) -> tuple[str, ...]:
    """The names used by the first records, in the order they are first seen."""
    columns: dict[str, None] = {}
    with open_bytes(path, gzipped=gzipped) as stream:
        for count, line in enumerate(read_lines(stream, encoding)):
            if count >= SAMPLE_RECORDS:
                break
            try:
                columns.update(dict.fromkeys(_json_record(line)))
            except _BadRecordError:
                continue
    if not columns:
        raise UnreadableFileError(_("No line of the file is a JSON object. Send one object on each line."))
    return tuple(columns)


def read_json_rows(path: Path, layout: Layout) -> Iterator[Row]:
    width = len(layout.columns)
    places = {name: place for place, name in enumerate(layout.columns)}
    with open_bytes(path, gzipped=layout.gzipped) as stream:
        for number, line in enumerate(read_lines(stream, layout.encoding), 1):
            if not line.strip():
                continue
            cells = [""] * width
            try:
                for name, value in _json_record(line).items():
                    if name not in places:
                        raise _BadRecordError(
                            _("This row has a column that the first rows do not have: %(name)s.") % {"name": name[:60]}
                        )
                    cells[places[name]] = _json_cell(name, value, layout.decimal or ".")
            except _BadRecordError as error:
                yield Row(number, [line.rstrip("\r\n")[:2000]], str(error))
                continue
            yield Row(number, cells)


def _json_record(line: str) -> dict[str, Any]:
    try:
        found = json.loads(
            line,
            object_pairs_hook=_without_doubles,
            parse_float=_JsonNumber,
            parse_int=_JsonNumber,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise _BadRecordError(_("This line is not a whole JSON object.")) from error
    if not isinstance(found, dict):
        raise _BadRecordError(_("This line is not a JSON object."))
    return found


class _JsonNumber(str):
    """A number kept as it is written, so that nothing is lost by way of floats."""

    __slots__ = ()


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BadRecordError(_("This line names the same column twice."))
    return found


def _no_constant(name: str) -> Any:
    raise _BadRecordError(_("%(value)s is not a number.") % {"value": name})


def _json_cell(name: str, value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, _JsonNumber):
        return value.replace(".", decimal)
    if not isinstance(value, str):
        raise _BadRecordError(
            _("The column %(name)s holds a list or an object. Send plain values.") % {"name": name[:60]}
        )
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise _BadRecordError(_("The column %(name)s holds characters that no text can hold.") % {"name": name[:60]})
    return value


def read_vcard_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Yield one row per card; lines that belong together are folded as the standard says."""
    with open_bytes(path, gzipped=layout.gzipped) as stream:
        # Each property as the pieces it was folded into: a photo is thousands of them.
        card: list[list[str]] | None = None
        started = size = 0
        for number, line in enumerate(read_lines(stream, layout.encoding), 1):
            text = line.rstrip("\r\n")
            word = text.strip().upper()
            size += len(text)
            if word == "BEGIN:VCARD":
                if card is not None:
                    yield Row(started, ["\n".join(_unfolded(card))], _("This card has no END line."))
                card, started, size = [], number, 0
            elif word == "END:VCARD" and card is not None:
                yield _card_row(started, _unfolded(card))
                card = None
            elif card is not None:
                if text[:1] in (" ", "\t") and card:
                    card[-1].append(text[1:])
                elif card and _goes_on(card[-1]):
                    card[-1][-1] = card[-1][-1][:-1]
                    card[-1].append(text)
                else:
                    card.append([text])
                if len(card) > _LONGEST_CARD or size > _LARGEST_CARD:
                    raise UnreadableFileError(_("A card in the file never ends. Send the file again."))
        if card is not None:
            raise UnreadableFileError(_("The last card is cut off: the file did not arrive whole. Send it again."))


def _goes_on(pieces: list[str]) -> bool:
    """Say whether the quoted-printable letters of a property go on in the next line, which nothing else shows."""
    return pieces[-1].endswith("=") and "QUOTED-PRINTABLE" in "".join(pieces[:3]).upper()


def _unfolded(card: list[list[str]]) -> list[str]:
    return ["".join(pieces) for pieces in card]


def _card_row(number: int, lines: list[str]) -> Row:
    found: dict[str, str] = {}
    for line in lines:
        matched = _PROPERTY.fullmatch(line)
        if not matched:
            continue
        name, parameters, value = matched.group(1).upper(), matched.group(2).upper(), matched.group(3)
        if "QUOTED-PRINTABLE" in parameters:
            try:
                value = _unquoted(value, parameters)
            except (UnicodeDecodeError, LookupError):
                return Row(number, ["\n".join(lines)[:2000]], _("The letters of this card cannot be read."))
        _take_property(found, name, value)
    cells = [found.get(column, "") for column in VCARD_COLUMNS]
    if any("\0" in cell for cell in cells):
        return Row(number, cells, _("This card holds a NUL character, which no text can hold."))
    return Row(number, cells)


def _unquoted(value: str, parameters: str) -> str:
    """Return what was written in bytes of its own encoding, as telephones of long ago did."""
    named = re.search(r"CHARSET=\"?([A-Z0-9_-]+)", parameters)
    return quopri.decodestring(value.encode("ascii", "replace")).decode(named.group(1) if named else "utf-8")


def _take_property(found: dict[str, str], name: str, value: str) -> None:
    parts = [_unescaped(part) for part in re.split(r"(?<!\\);", value)]
    if name == "N":
        for column, part in zip(("family_name", "given_name", "additional_names", "title"), parts, strict=False):
            found[column] = part
    elif name == "ADR" and "street" not in found:
        for column, part in zip(("", "", "street", "city", "region", "postcode", "country"), parts, strict=False):
            if column:
                found[column] = part
    elif name == "ADR":
        _add_to_note(found, ", ".join(part for part in parts if part))
    elif name in ("EMAIL", "TEL"):
        column = "email" if name == "EMAIL" else "phone"
        wanted = _unescaped(value).removeprefix("tel:").strip()
        places = [place for place in (column, f"{column}_2", f"{column}_3") if place in VCARD_COLUMNS]
        free = next((place for place in places if not found.get(place)), None)
        if free is not None:
            found[free] = wanted
        else:
            _add_to_note(found, wanted)
    elif name == "NOTE":
        _add_to_note(found, _unescaped(value))
    elif name == "BDAY" and (without_year := _BIRTHDAY_ALONE.match(value.strip())):
        # A day without its year is no date of birth, yet somebody wrote it down to remember it.
        month, day = (int(part) for part in without_year.groups())
        _add_to_note(found, _("Birthday: %(day)s.%(month)s.") % {"day": day, "month": month})
    else:
        simple = {
            "UID": "uid",
            "FN": "full_name",
            "NICKNAME": "nickname",
            "BDAY": "birthday",
            "LANG": "language",
        }
        if name == "ORG":
            found.setdefault("company", parts[0])
        elif name in simple:
            found.setdefault(simple[name], _unescaped(value))


def _add_to_note(found: dict[str, str], text: str) -> None:
    """Keep what there is no column for where a person will read it."""
    if text:
        found["note"] = f"{found['note']}\n{text}" if found.get("note") else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\,;:nN])", lambda found: "\n" if found.group(1) in "nN" else found.group(1), text).strip()


def parquet_columns(path: Path) -> tuple[str, ...]:
    return tuple(_parquet(path).schema_arrow.names)


def read_parquet_rows(path: Path, layout: Layout) -> Iterator[Row]:
    number = 0
    decimal = layout.decimal or "."
    file = _parquet(path)
    try:
        for batch in file.iter_batches(batch_size=5000):
            columns = [column.to_pylist() for column in batch.columns]
            for values in zip(*columns, strict=True):
                number += 1
                cells = [_parquet_cell(value, decimal) for value in values]
                bad = any("\0" in cell for cell in cells)
                yield Row(number, cells, _("This row holds a NUL character, which no text can hold.") if bad else "")
    except OSError as error:
        raise UnreadableFileError(_("The Parquet file is damaged. Write it anew and send that.")) from error


def _parquet(path: Path) -> Any:
    # Imported here because it takes 60 MB that only a Parquet file is worth.
    import pyarrow  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    try:
        return pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise UnreadableFileError(_("The Parquet file is damaged. Write it anew and send that.")) from error


def _parquet_cell(value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}").replace(".", decimal)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    return str(value).replace(".", decimal)
