"""Rows of delimited, blank-separated and fixed-width text; a broken row never swallows its neighbours."""

from __future__ import annotations

import csv
import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .layout import BLANKS, DELIMITED, Layout, Row, UnreadableFileError
from .opening import open_bytes, read_lines

# A field may hold line breaks, but a field of more lines than this is a quotation mark that was never closed.
_MOST_LINES_IN_ROW = 300
_FEWEST_AT_ONCE, _MOST_AT_ONCE = 8, 512
_LINE_ENDS = "\r\n"


class _UnclosedError(Exception):
    pass


class _Lines:
    """The lines of a file, remembering those of the row being read so that they can be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.of_row: list[str] = []
        self.read = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.of_row.append(line)
        if len(self.of_row) > _MOST_LINES_IN_ROW:
            raise _UnclosedError
        return line

    def take(self, most: int) -> list[str]:
        """Return up to so many of the next lines at once, each still to be counted as read."""
        taken = [self._again.popleft() for _line in range(min(most, len(self._again)))]
        return taken + list(itertools.islice(self._lines, most - len(taken)))

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))

    def row_done(self) -> None:
        self.read += len(self.of_row)
        self.of_row.clear()

    def give_back_all_but_first(self) -> str:
        first, *others = self.of_row
        self._again.extendleft(reversed(others))
        self.read += 1
        self.of_row.clear()
        return first


def read_text_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Yield every row after the header; blank lines are nobody's row."""
    with open_bytes(path, gzipped=layout.gzipped) as stream:
        lines = _Lines(read_lines(stream, layout.encoding))
        for _skipped in range(layout.skip_lines):
            next(lines, None)
            lines.row_done()
        if layout.kind == DELIMITED:
            yield from _delimited(lines, layout)
        else:
            yield from _spaced(lines, layout)


def _delimited(lines: _Lines, layout: Layout) -> Iterator[Row]:
    """Read plain lines many at a time, and every row that is not one plain line by itself."""
    if layout.has_header:
        yield from _with_care(lines, layout, is_header=True)
    at_once = _FEWEST_AT_ONCE
    while block := lines.take(at_once):
        done = 0
        for row in _plain_rows(block, lines.read, layout):
            yield row
            done += 1
        lines.read += done
        if done == len(block):
            at_once = min(at_once * 2, _MOST_AT_ONCE)
            continue
        lines.give_back(block[done:])
        at_once = _FEWEST_AT_ONCE
        yield from _with_care(lines, layout)


def _plain_rows(block: list[str], read: int, layout: Layout) -> Iterator[Row]:
    """Yield the rows of those first lines that hold exactly one row each, of the right width."""
    width = len(layout.columns)
    reader = _reader(block, layout)
    place = 0
    try:
        for cells in reader:
            place += 1
            if reader.line_num != place or len(cells) != width or "\0" in block[place - 1]:
                return
            yield Row(read + place, cells)
    except csv.Error:
        return


def _with_care(lines: _Lines, layout: Layout, *, is_header: bool = False) -> Iterator[Row]:
    """Read the next row whatever it looks like; the header is read and not handed on."""
    width = len(layout.columns)
    number = lines.read + 1
    try:
        cells = next(_reader(lines, layout))
    except StopIteration:
        return
    except (_UnclosedError, csv.Error):
        yield _broken(number, lines)
        return
    of_row = lines.of_row
    if len(of_row) > 1 and len(cells) != width and not is_header:
        yield _broken(number, lines)
        return
    first, last = of_row[0], of_row[-1]
    lines.row_done()
    if is_header:
        return
    if len(cells) == width:
        yield Row(number, cells, _nul_problem(cells) if "\0" in first or "\0" in last else "")
    elif cells and any(cells):
        yield _of_wrong_width(number, cells, width, last)


def _reader(lines: Iterable[str], layout: Layout) -> Any:
    if layout.quoted:
        return csv.reader(lines, delimiter=layout.delimiter, strict=True)
    return csv.reader(lines, delimiter=layout.delimiter, quoting=csv.QUOTE_NONE)


def _broken(number: int, lines: _Lines) -> Row:
    raw = lines.give_back_all_but_first().rstrip(_LINE_ENDS)
    if len(raw) > csv.field_size_limit():
        return Row(
            number,
            [raw[:2_000]],
            _("A field of this row has more than %(most)s characters. Shorten it and send the row again.")
            % {"most": csv.field_size_limit()},
        )
    return Row(
        number,
        [raw],
        _("A quotation mark in this row is not closed, or stands inside a field. Close it, or write it twice."),
    )


def _of_wrong_width(number: int, cells: list[str], width: int, last_line: str) -> Row:
    if len(cells) > width and not any(cells[width:]):
        return Row(number, cells[:width])
    if len(cells) < width and not last_line.endswith(("\n", "\r")):
        raise UnreadableFileError(
            _("The last row, line %(line)s, is cut off: the file did not arrive whole. Send it again.")
            % {"line": number}
        )
    return Row(
        number,
        cells,
        _("This row has %(found)s columns where the header has %(expected)s.")
        % {"found": len(cells), "expected": width},
    )


def _nul_problem(cells: list[str]) -> str:
    if any("\0" in cell for cell in cells):
        return _("This row holds a NUL character, which no text can hold. Take it out and send the row again.")
    return ""


def _spaced(lines: _Lines, layout: Layout) -> Iterator[Row]:
    width = len(layout.columns)
    header_pending = layout.has_header
    cuts = list(zip(layout.boundaries, (*layout.boundaries[1:], None), strict=True)) if layout.boundaries else []
    for line in lines:
        number = lines.read + 1
        lines.row_done()
        stripped = line.rstrip(_LINE_ENDS + "\x1a")
        if not stripped.strip():
            continue
        if header_pending:
            header_pending = False
            continue
        cells = stripped.split() if layout.kind == BLANKS else [stripped[start:end].strip() for start, end in cuts]
        if len(cells) != width:
            yield _of_wrong_width(number, cells, width, line)
        else:
            yield Row(number, cells, _nul_problem(cells) if "\0" in stripped else "")
