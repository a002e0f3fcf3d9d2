"""Reads the rows of an XLSX sheet as a stream, so that neither a large sheet nor a hostile one fills the memory.

A reader that builds the sheet as a grid asks for hundreds of gigabytes when a file of two kilobytes says that its last
cell is XFD1048576; here cells are only ever one row. Entities and document types are refused by the parser itself.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from django.utils.translation import gettext as _

from .layout import Layout, Row, UnreadableFileError
from .values import BadValueError, excel_date

_BLOCK = 1 << 18
_LARGEST_UNPACKED = 4 << 30
_LARGEST_STRINGS = 512 << 20
_HIGHEST_RATIO = 250
_MOST_COLUMNS = 1000
_MOST_ENTRIES = 5000
_LAST_ROW = 1_048_576
_LONGEST_WHOLE = 9
# No spreadsheet writes a longer one, and each cell may be as wide as its format says.
_LONGEST_FORMAT = 255
_BUILT_IN_DATES = {14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47, *range(27, 37), *range(50, 59)}
_NOT_A_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.', re.IGNORECASE)
# Postcodes and customer numbers are often numbers shown with their leading noughts.
_NOUGHTS = re.compile(r"0{2,}")
_COLUMN = re.compile(r"[A-Z]{1,3}")


def _whole(text: str) -> int | None:
    """Return a number as spreadsheets count things, or None where the text is none or absurdly large."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_WHOLE else None


class _Styles(NamedTuple):
    """The styles of cells that say more than a number: dates, and how many digits are shown at least."""

    dates: set[int]
    digits: dict[int, int]


class _Sheet:
    """Collects the cells of one row at a time from the parser's calls."""

    def __init__(self, strings: list[str], styles: _Styles, *, since_1904: bool, decimal: str) -> None:
        self.strings, self.styles = strings, styles
        self.since_1904, self.decimal = since_1904, decimal
        self.rows: list[tuple[int, dict[int, str], str]] = []
        self.number = 0
        self._cells: dict[int, str] = {}
        self._problem = ""
        self._column = -1
        self._kind = "n"
        self._style = 0
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            reference = attributes.get("r", "")
            column = _column_of(reference)
            self._column = column if column >= 0 else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = _whole(attributes.get("s", "0")) or 0
        elif tag in ("v", "t"):
            self._text = [] if self._text is None else self._text
        elif tag == "row":
            number = attributes.get("r", "")
            self.number = self.number + 1 if not number else _whole(number) or _LAST_ROW + 1
            if self.number > _LAST_ROW:
                raise UnreadableFileError(
                    _("The spreadsheet numbers a row as no sheet can. Open it, save it anew and send that.")
                )
            self._cells, self._problem, self._column = {}, "", -1

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            if self._text is not None:
                self._set("".join(self._text))
            self._text = None
        elif tag == "row":
            self.rows.append((self.number, self._cells, self._problem))
        elif tag == "rPh":
            # Readings of Japanese writing stand beside the text and are no part of it.
            self._text = []

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _set(self, raw: str) -> None:
        if self._column >= _MOST_COLUMNS:
            self._problem = _("This row has more than %(most)s columns.") % {"most": _MOST_COLUMNS}
            return
        try:
            self._cells[self._column] = self._as_text(raw)
        except BadValueError as error:
            self._cells[self._column] = raw
            self._problem = str(error)
        except (ValueError, IndexError, OverflowError):
            self._cells[self._column] = raw
            self._problem = _("A cell of this row cannot be read.")

    def _as_text(self, raw: str) -> str:
        if self._kind == "s":
            place = _whole(raw.strip())
            if place is None:
                raise ValueError(raw)
            return self.strings[place]
        if self._kind in ("str", "inlineStr"):
            return raw
        if self._kind == "b":
            return "true" if raw.strip() == "1" else "false"
        if self._kind == "e":
            raise BadValueError(_("A cell of this row holds the spreadsheet error %(error)s.") % {"error": raw})
        if self._kind == "d":
            return raw
        number = float(raw)
        if digits := self.styles.digits.get(self._style):
            return _plain(number, self.decimal).zfill(digits)
        if self._style in self.styles.dates:
            moment = excel_date(number, since_1904=self.since_1904)
            return moment.strftime("%Y-%m-%d") if number == int(number) else moment.strftime("%Y-%m-%d %H:%M:%S")
        return _plain(number, self.decimal)


def _plain(number: float, decimal: str) -> str:
    """Write a number as a person would; Excel itself keeps no more than 15 digits."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.15g}"
    if "e" in text:
        text = f"{number:.10f}".rstrip("0").rstrip(".")
    return text.replace(".", decimal)


def _column_of(reference: str) -> int:
    found = _COLUMN.match(reference)
    column = 0
    for letter in found.group() if found else "":
        column = column * 26 + ord(letter) - 64
    return column - 1


def _refuse_declarations(parser: expat.XMLParserType) -> None:
    def refuse(*_ignored: Any) -> None:
        raise UnreadableFileError(
            _("The spreadsheet declares document types or entities, which none needs. Save it anew as XLSX or CSV.")
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]


def _parse(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], Any],
    end: Callable[[str], Any] | None = None,
    data: Callable[[str], Any] | None = None,
) -> Iterator[None]:
    """Feed the parser block by block, pausing after each so that finished rows can be taken."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    _refuse_declarations(parser)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        while block := stream.read(_BLOCK):
            parser.Parse(block, False)
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFileError(_("The spreadsheet is damaged. Open it, save it anew and send that.")) from error


class Workbook:
    """An opened XLSX file whose sizes have been checked before anything is unpacked."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise UnreadableFileError(_("The spreadsheet is damaged or was cut off. Send it again.")) from error
        self._check_sizes(path)
        if "xl/workbook.xml" not in self._archive.namelist():
            raise UnreadableFileError(
                _("This is a packed file but not an XLSX spreadsheet. Save the rows as XLSX or CSV and send that.")
            )
        self.since_1904 = False
        self._relations: dict[str, str] = {}
        self._sheet_ids: dict[str, str] = {}
        self._read_parts()

    def close(self) -> None:
        self._archive.close()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._sheet_ids)

    def _check_sizes(self, path: Path) -> None:
        entries = self._archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(path.stat().st_size, 1)
        too_much = unpacked > _LARGEST_UNPACKED or (unpacked > 64 << 20 and unpacked / packed > _HIGHEST_RATIO)
        strings = sum(entry.file_size for entry in entries if entry.filename == "xl/sharedStrings.xml")
        if too_much or strings > _LARGEST_STRINGS or len(entries) > _MOST_ENTRIES:
            raise UnreadableFileError(
                _("The spreadsheet unpacks to more than can be right. Save the sheet you need as CSV and send that.")
            )

    def _read_parts(self) -> None:
        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag.rpartition(":")[2] == "Relationship":
                self._relations[attributes.get("Id", "")] = attributes.get("Target", "")

        def part(tag: str, attributes: dict[str, str]) -> None:
            tag = tag.rpartition(":")[2]
            if tag == "workbookPr":
                self.since_1904 = attributes.get("date1904", "0").lower() in ("1", "true")
            elif tag == "sheet":
                related = next((value for name, value in attributes.items() if name.endswith(":id")), "")
                self._sheet_ids[attributes.get("name", "")] = related

        self._walk("xl/_rels/workbook.xml.rels", relation)
        self._walk("xl/workbook.xml", part)
        if not self._sheet_ids:
            raise UnreadableFileError(_("The spreadsheet has no sheet."))

    def _walk(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], Any],
        end: Callable[[str], Any] | None = None,
        data: Callable[[str], Any] | None = None,
    ) -> None:
        if name not in self._archive.namelist():
            return
        with self._open(name) as stream:
            for _pause in _parse(stream, start, end, data):
                pass

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(name)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError, OSError) as error:
            raise UnreadableFileError(
                _("The spreadsheet is damaged or protected by a password. Save it anew and send that.")
            ) from error

    def _strings(self) -> list[str]:
        found: list[str] = []
        parts: list[str] = []
        inside = {"t": False, "rPh": False}

        def start(tag: str, _attributes: dict[str, str]) -> None:
            tag = tag.rpartition(":")[2]
            if tag in inside:
                inside[tag] = True
            elif tag == "si":
                parts.clear()

        def end(tag: str) -> None:
            tag = tag.rpartition(":")[2]
            if tag in inside:
                inside[tag] = False
            elif tag == "si":
                found.append("".join(parts))

        def data(text: str) -> None:
            if inside["t"] and not inside["rPh"]:
                parts.append(text)

        self._walk("xl/sharedStrings.xml", start, end, data)
        return found

    def _styles(self) -> _Styles:
        formats: dict[int, str] = {}
        styles = _Styles(set(), {})
        state = {"in_cells": False, "index": 0}

        def start(tag: str, attributes: dict[str, str]) -> None:
            tag = tag.rpartition(":")[2]
            number = _whole(attributes.get("numFmtId", "0"))
            if tag == "numFmt" and number is not None:
                code = attributes.get("formatCode", "")
                formats[number] = code if len(code) <= _LONGEST_FORMAT else ""
            elif tag == "cellXfs":
                state["in_cells"] = True
            elif tag == "xf" and state["in_cells"]:
                if number is not None and _is_date_format(number, formats):
                    styles.dates.add(state["index"])
                elif number is not None and _NOUGHTS.fullmatch(formats.get(number, "")):
                    styles.digits[state["index"]] = len(formats[number])
                state["index"] += 1

        def end(tag: str) -> None:
            if tag.rpartition(":")[2] == "cellXfs":
                state["in_cells"] = False

        self._walk("xl/styles.xml", start, end)
        return styles

    def rows(self, sheet: str, decimal: str) -> Iterator[tuple[int, dict[int, str], str]]:
        """Yield the number, the cells by column and the problem of each row that has a cell."""
        target = self._relations.get(self._sheet_ids.get(sheet, ""), "").lstrip("/")
        name = target if target.startswith("xl/") else f"xl/{target}"
        if name not in self._archive.namelist():
            raise UnreadableFileError(_("The spreadsheet has no sheet named “%(name)s”.") % {"name": sheet})
        collector = _Sheet(self._strings(), self._styles(), since_1904=self.since_1904, decimal=decimal)
        with self._open(name) as stream:
            for _pause in _parse(stream, collector.start, collector.end, collector.data):
                finished, collector.rows = collector.rows, []
                yield from finished


def _is_date_format(number: int, formats: dict[int, str]) -> bool:
    if number in formats:
        bare = _NOT_A_FORMAT.sub("", formats[number]).lower()
        return "general" not in bare and any(letter in bare for letter in "ydhs")
    return number in _BUILT_IN_DATES


def read_xlsx_rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Yield every row below the header of the chosen sheet."""
    width = len(layout.columns)
    header_pending = layout.has_header
    with Workbook(path) as workbook:
        for number, cells, problem in workbook.rows(layout.sheet, layout.decimal or "."):
            if number <= layout.skip_lines or not (problem or any(cells.values())):
                continue
            if header_pending:
                header_pending = False
                continue
            beyond = any(column >= width and text for column, text in cells.items())
            row = [cells.get(column, "") for column in range(width)]
            if beyond:
                problem = problem or _("This row has cells to the right of the last named column.")
            if any("\0" in cell for cell in row):
                problem = _(
                    "This row holds a NUL character, which no text can hold. Take it out and send the row again."
                )
            yield Row(number, row, problem)
