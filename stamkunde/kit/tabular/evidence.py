"""What the cells of a column give away about how numbers and dates are written; no evidence means no guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .layout import DAY_FIRST, MONTH_FIRST, YEAR_FIRST

_DATE_LIKE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:[T ,].*)?")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NUMBER_LIKE = re.compile(r"[(+−-]?\d[\d \u00a0\u202f\u2009'’.,]*[)-]?")
_TWO_MARKS = re.compile(r"\d([.,])\d+([.,])\d+$")


@dataclass
class DateEvidence:
    """Counts how the dates seen so far can be read, and which separators stood in them."""

    seen: int = 0
    year_first: int = 0
    dotted: int = 0
    day_leads: int = 0
    month_leads: int = 0

    def look_at(self, cell: str) -> None:
        found = _DATE_LIKE.fullmatch(cell.strip())
        if not found:
            return
        first, separator, second, third = found.groups()
        self.seen += 1
        if len(first) == 4:
            self.year_first += 1
        elif int(first) > 12 and int(second) <= 12:
            self.day_leads += 1
        elif int(second) > 12 and int(first) <= 12:
            self.month_leads += 1
        elif separator == "." and len(third) == 4:
            self.dotted += 1

    @property
    def settled(self) -> bool:
        return not self.seen or self.year_first == self.seen or bool(self.day_leads or self.month_leads or self.dotted)

    def order(self) -> tuple[str, bool]:
        """The order and whether it is sure; an empty order means that a person must choose."""
        if not self.seen or self.year_first == self.seen:
            return YEAR_FIRST, True
        if self.day_leads and self.month_leads:
            return "", False
        if self.day_leads:
            return DAY_FIRST, True
        if self.month_leads:
            return MONTH_FIRST, True
        # Dates with dots are day first wherever they are used; slashes and hyphens are not.
        return (DAY_FIRST, True) if self.dotted else ("", False)


@dataclass
class NumberEvidence:
    """Counts which mark stands before the decimals; `either` counts numbers that may be read both ways."""

    comma: int = 0
    point: int = 0
    either: int = 0
    # Numbers with one comma before three digits; files that hold true numbers never write a point that way.
    either_by_comma: int = 0

    def look_at(self, cell: str) -> None:
        cell = cell.strip()
        if not cell or ("," not in cell and "." not in cell) or not _NUMBER_LIKE.fullmatch(cell):
            return
        if two := _TWO_MARKS.search(cell):
            first, last = two.groups()
            if first == last:
                # The same mark twice can only part thousands, so the other one stands before decimals.
                self._count("." if last == "," else ",")
            else:
                self._count(last)
            return
        mark = "," if "," in cell else "."
        whole, decimals = cell.rstrip(")-").rsplit(mark, 1)
        digits = sum(char.isdigit() for char in whole)
        if len(decimals) == 3 and 1 <= digits <= 3 and not whole.lstrip("(+-−").startswith("0"):
            self.either += 1
            self.either_by_comma += mark == ","
        else:
            self._count(mark)

    @property
    def has_proof(self) -> bool:
        return bool(self.comma or self.point)

    def add(self, other: NumberEvidence) -> None:
        self.comma += other.comma
        self.point += other.point
        self.either += other.either
        self.either_by_comma += other.either_by_comma

    def _count(self, mark: str) -> None:
        if mark == ",":
            self.comma += 1
        else:
            self.point += 1

    def decimal(self) -> tuple[str, bool]:
        if self.comma and self.point:
            return ("," if self.comma > self.point else "."), False
        if self.comma:
            return ",", True
        if self.point:
            return ".", True
        return ("", False) if self.either else (".", True)


def looks_like_number(cell: str) -> bool:
    return bool(_NUMBER_LIKE.fullmatch(cell.strip()))


def looks_like_date(cell: str) -> bool:
    cell = cell.strip()
    return bool(_DATE_LIKE.fullmatch(cell) or _COMPACT_DATE.fullmatch(cell))
