"""Guesses how a file of rows is written, from a look at the whole of its bytes and the first thousand of its rows."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from .encodings import guess_encoding
from .evidence import DateEvidence, NumberEvidence, looks_like_date, looks_like_number
from .layout import (
    BLANKS,
    DELIMITED,
    DELIMITERS,
    FIXED,
    JSON_LINES,
    PARQUET,
    VCARD,
    XLSX,
    Layout,
    UnreadableFileError,
    check_columns,
)
from .opening import blocks, is_gzipped, kind_of, open_bytes, read_lines, readable
from .reading import read_rows
from .records import VCARD_COLUMNS, json_columns, parquet_columns
from .xlsx import Workbook

SAMPLE_ROWS = 1000
_SAMPLE_LINES = 200
# A file sorted by day shows its first 13th only after the rows of twelve days.
_ROWS_FOR_DATES = 1_000_000


def guess_layout(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Layout:
    """Say how the file is written; what a person has chosen already is taken as given."""
    with readable():
        gzipped = is_gzipped(path)
        kind = kind_of(path, gzipped=gzipped)
        if kind == XLSX:
            layout = _guess_sheet(path, sheet)
        elif kind == PARQUET:
            layout = Layout(kind=PARQUET, columns=parquet_columns(path))
        else:
            layout = _guess_text(path, kind, gzipped=gzipped, encoding=encoding, delimiter=delimiter)
        check_columns(layout.columns)
        return _with_values_weighed(path, layout)


def _guess_text(path: Path, kind: str, *, gzipped: bool, encoding: str, delimiter: str) -> Layout:
    certain = True
    if not encoding:
        with open_bytes(path, gzipped=gzipped) as stream:
            guess = guess_encoding(blocks(stream))
        encoding, certain = guess.name, guess.certain
    start = Layout(kind=kind or DELIMITED, gzipped=gzipped, encoding=encoding, encoding_certain=certain)
    if kind == VCARD:
        return replace(start, columns=VCARD_COLUMNS)
    if kind == JSON_LINES:
        return replace(start, columns=json_columns(path, gzipped=gzipped, encoding=encoding))
    with open_bytes(path, gzipped=gzipped) as stream:
        lines = list(itertools.islice(read_lines(stream, encoding), _SAMPLE_LINES))
    if not any(line.strip() for line in lines):
        raise UnreadableFileError(_("The file holds no rows. Choose another one."))
    return _guess_rows(lines, start, delimiter)


def _guess_rows(lines: list[str], start: Layout, delimiter: str) -> Layout:
    skip = 0
    if lines[0].lower().startswith("sep=") and len(lines[0].strip()) <= 5:
        delimiter = delimiter or lines[0].strip("\r\n")[4:5]
        skip = 1
    body = lines[skip:]
    chosen, score = delimiter, 1.0
    if not chosen:
        chosen, score = max(((each, _evenness(body, each)) for each in DELIMITERS), key=lambda pair: pair[1])
    if score <= 0:
        spaced = _guess_spaced(body, replace(start, skip_lines=skip))
        if spaced:
            return spaced
        chosen = ","
    quoted = any('"' in line for line in body) or chosen != "\t"
    parsed = _parse(body, chosen)
    width = Counter(len(row) for row in parsed if row).most_common(1)[0][0]
    first = next((place for place, row in enumerate(parsed) if len(row) == width), 0)
    # Titles above the table are skipped, but only where each is a line of its own.
    rows = parsed[first:]
    return _with_header(replace(start, delimiter=chosen, quoted=quoted, skip_lines=skip + first), rows)


def _parse(lines: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(lines, delimiter=delimiter)
    with contextlib.suppress(csv.Error):
        rows.extend(reader)
    return rows


def _evenness(lines: list[str], delimiter: str) -> float:
    """How surely the delimiter cuts every line into the same number of columns."""
    counts = Counter(len(row) for row in _parse(lines, delimiter) if row and any(cell.strip() for cell in row))
    if not counts:
        return 0.0
    width, often = counts.most_common(1)[0]
    if width < 2:
        return 0.0
    share = often / counts.total()
    return share * (1 + min(width, 30) / 100) if share > 0.6 else share * 0.3


def _guess_spaced(lines: list[str], start: Layout) -> Layout | None:
    """Columns parted by blanks, or standing at fixed places."""
    filled = [line.rstrip("\r\n\x1a") for line in lines if line.strip("\r\n\x1a ")]
    widths = Counter(len(line.split()) for line in filled)
    width, often = widths.most_common(1)[0]
    if width > 1 and often == len(filled):
        return _with_header(replace(start, kind=BLANKS), [line.split() for line in filled])
    cuts = _blank_columns(filled)
    if len(cuts) < 2:
        return None
    ends = (*cuts[1:], None)
    rows = [[line[begin:end].strip() for begin, end in zip(cuts, ends, strict=True)] for line in filled]
    return _with_header(replace(start, kind=FIXED, boundaries=tuple(cuts)), rows)


def _blank_columns(lines: list[str]) -> list[int]:
    if len(lines) < 3:
        return []
    longest = max(len(line) for line in lines)
    blank = [all(place >= len(line) or line[place] == " " for line in lines) for place in range(longest)]
    starts = [place for place in range(longest) if not blank[place] and (place == 0 or blank[place - 1])]
    # One blank may stand inside a text; two in every line part columns.
    return [0, *[place for place in starts[1:] if place >= 2 and blank[place - 2]]] if starts else []


def _with_header(layout: Layout, rows: list[list[str]]) -> Layout:
    head = [cell.strip() for cell in rows[0]] if rows else []
    has_header = _is_header(head, rows[1:])
    names = head if has_header else [""] * len(head)
    columns = tuple(name or _("Column %(number)s") % {"number": place} for place, name in enumerate(names, 1))
    return replace(layout, has_header=has_header, columns=columns)


def _is_header(head: list[str], rows: list[list[str]]) -> bool:
    if not head or not any(head):
        return False
    if any(looks_like_number(cell) or looks_like_date(cell) or "@" in cell for cell in head if cell):
        return False
    if not rows:
        return True
    below = rows[:50]
    if any(looks_like_number(cell) or looks_like_date(cell) or "@" in cell for row in below for cell in row):
        return True
    # Words over words: a header's words do not come back as values below it.
    return not any(
        cell and cell in {row[place] for row in below if place < len(row)} for place, cell in enumerate(head)
    )


def _guess_sheet(path: Path, sheet: str) -> Layout:
    with Workbook(path) as workbook:
        name = sheet or workbook.sheet_names[0]
        sample = [
            (number, cells)
            for number, cells, _problem in itertools.islice(workbook.rows(name, "."), _SAMPLE_LINES)
            if any(cells.values())
        ]
        names = workbook.sheet_names
    if not sample:
        raise UnreadableFileError(_("The sheet “%(name)s” holds no rows. Choose another one.") % {"name": name})
    filled = Counter(len([text for text in cells.values() if text]) for _number, cells in sample)
    width = max(max(cells) for _number, cells in sample) + 1
    usual = filled.most_common(1)[0][0]
    first = next(place for place, (_number, cells) in enumerate(sample) if len(cells) >= min(usual, 2))
    rows = [[cells.get(column, "") for column in range(width)] for _number, cells in sample[first:]]
    layout = Layout(kind=XLSX, sheet=name, sheets=names, skip_lines=sample[first][0] - 1)
    return _with_header(layout, rows)


def _with_values_weighed(path: Path, layout: Layout) -> Layout:
    """Look at the cells for how numbers and dates are written, reading on while the dates could mean two things."""
    columns = [NumberEvidence() for _name in layout.columns]
    dates = DateEvidence()
    suspects: set[int] = set()
    for count, row in enumerate(read_rows(path, layout)):
        if count >= SAMPLE_ROWS and (dates.settled or count >= _ROWS_FOR_DATES):
            break
        if row.problem:
            continue
        if count < SAMPLE_ROWS:
            for place, cell in enumerate(row.cells):
                if cell and cell[0] in "0123456789-+(−":
                    before = dates.seen
                    dates.look_at(cell)
                    if dates.seen > before:
                        suspects.add(place)
                    else:
                        columns[place].look_at(cell)
        else:
            for place in suspects:
                dates.look_at(row.cells[place])
    order, order_certain = dates.order()
    numbers = NumberEvidence()
    for each in columns:
        if layout.kind in (XLSX, PARQUET, JSON_LINES):
            # True numbers are written out with a point here, so only a comma is somebody's spelling.
            each.either = each.either_by_comma
        numbers.add(each)
    decimal, decimal_certain = numbers.decimal()
    doubtful = [name for name, each in zip(layout.columns, columns, strict=True) if each.either and not each.has_proof]
    return replace(
        layout,
        date_order=order,
        date_order_certain=order_certain,
        decimal=decimal,
        decimal_certain=decimal_certain,
        decimal_seen=numbers.has_proof,
        doubtful_numbers=tuple(doubtful),
    )
