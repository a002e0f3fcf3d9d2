"""How a file of rows is written: what was guessed or chosen, in one value that can be shown, corrected and stored."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

DELIMITED, BLANKS, FIXED, XLSX, JSON_LINES, VCARD, PARQUET = (
    "delimited",
    "blanks",
    "fixed",
    "xlsx",
    "json_lines",
    "vcard",
    "parquet",
)
KINDS = (DELIMITED, BLANKS, FIXED, XLSX, JSON_LINES, VCARD, PARQUET)
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
DATE_ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
DELIMITERS = (",", ";", "\t", "|", "^")
MOST_COLUMNS = 300


class UnreadableFileError(Exception):
    """The file as a whole cannot be used; the message is a sentence for the person who sent it."""


class Row(NamedTuple):
    """One row of a file: its cells as text, or a sentence saying why it could not be read."""

    number: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Layout:
    """Everything needed to read a file the same way twice; an empty `date_order` or `decimal` must be chosen."""

    kind: str = DELIMITED
    gzipped: bool = False
    encoding: str = "utf-8"
    encoding_certain: bool = True
    delimiter: str = ","
    quoted: bool = True
    skip_lines: int = 0
    has_header: bool = True
    columns: tuple[str, ...] = ()
    boundaries: tuple[int, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    decimal: str = "."
    decimal_certain: bool = True
    # Whether any number of the file, or a person, has said what stands before the decimals.
    decimal_seen: bool = True
    # Columns of numbers none of which says it: “12,345” is twelve thousand or twelve and a bit.
    doubtful_numbers: tuple[str, ...] = ()
    date_order: str = YEAR_FIRST
    date_order_certain: bool = True
    two_digit_years: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            each.name: list(value) if isinstance(value := getattr(self, each.name), tuple) else value
            for each in fields(self)
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Layout:
        known = {each.name for each in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
        }
        return cls(**values)

    def corrected(self, **changes: Any) -> Layout:
        """The same layout with a person's choices, which are certain by being chosen."""
        for name in ("encoding", "decimal", "date_order"):
            if changes.get(name):
                changes[f"{name}_certain"] = True
        if changes.get("decimal"):
            changes |= {"decimal_seen": True, "doubtful_numbers": ()}
        return replace(self, **changes)

    @property
    def is_text(self) -> bool:
        return self.kind in (DELIMITED, BLANKS, FIXED, JSON_LINES, VCARD)


def check_columns(columns: tuple[str, ...]) -> None:
    """Refuse a header of too many columns, of names no text can hold, or of one name twice: which one is meant?"""
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(
            _("The file has more than %(most)s columns. Keep the ones you need and send it again.")
            % {"most": MOST_COLUMNS}
        )
    if any("\0" in name for name in columns):
        raise UnreadableFileError(_("This is not a file of rows. Send CSV, XLSX, JSON lines, vCard or Parquet."))
    if any("\ud800" <= char <= "\udfff" for name in columns for char in name):
        raise UnreadableFileError(
            _("The name of a column holds characters that no text can hold. Rename it and send the file again.")
        )
    seen: set[str] = set()
    twice: list[str] = []
    for name in columns:
        folded = name.strip().casefold()
        if folded and folded in seen and name not in twice:
            twice.append(name)
        seen.add(folded)
    if twice:
        raise UnreadableFileError(
            _("The header names these columns more than once: %(names)s. Give each its own name and send it again.")
            % {"names": ", ".join(twice[:10])}
        )
