"""Writes rows into a file as they come: CSV, XLSX, JSON lines or Parquet, with nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from django.utils.translation import gettext as _

Cell = str | int | Decimal | date | datetime | bool | None
# Apostrophes before the sign count: text that has one of its own gets another, so that one can always be taken away.
_STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ROWS_IN_A_SHEET = 1_048_575
_BATCH = 5_000


def harmless(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def without_apostrophe(text: str) -> str:
    """Take back what `harmless` put there, so that what was exported can be imported unchanged."""
    return text[1:] if text[:1] == "'" and _STARTS_A_FORMULA.match(text) else text


class Writer(Protocol):
    def write(self, cells: Sequence[Cell]) -> None: ...
    def close(self) -> None: ...


class CsvWriter:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        # The mark tells Excel that this is UTF-8; every reader here takes it away again.
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([harmless(name) for name in columns])

    def write(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_as_text(cell) for cell in cells])

    def close(self) -> None:
        self._file.close()


class JsonLinesWriter:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._columns = tuple(columns)

    def write(self, cells: Sequence[Cell]) -> None:
        record = dict(zip(self._columns, (_as_json(cell) for cell in cells), strict=True))
        self._file.write(f"{json.dumps(record, ensure_ascii=False)}\n")

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import xlsxwriter  # noqa: PLC0415 - only an XLSX export is worth its loading

        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "remove_timezone": True,
            },
        )
        self._columns = tuple(columns)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True})
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._row = 0
        for place, name in enumerate(self._columns):
            self._sheet.write_string(0, place, name, self._bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, cells: Sequence[Cell]) -> None:
        if self._row >= _ROWS_IN_A_SHEET:
            self._next_sheet()
        self._row += 1
        for place, cell in enumerate(cells):
            self._write_cell(place, cell)

    def _write_cell(self, place: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._row, place, cell)
        elif isinstance(cell, (int, Decimal)):
            self._sheet.write_number(self._row, place, cell)
        elif isinstance(cell, datetime):
            # A sheet's own moments know no zone, and would come home an hour or two from where they were.
            self._sheet.write_string(self._row, place, _plain_text(cell))
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, place, cell, self._day)
        else:
            # No formula runs here, but a reader takes one apostrophe away, as from a CSV that went through Excel.
            text = harmless(cell) if cell.startswith("'") else cell
            self._sheet.write_string(self._row, place, text[:32_767])

    def close(self) -> None:
        self._book.close()


class ParquetWriter:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow  # noqa: PLC0415 - only a Parquet export is worth its loading
        import pyarrow.parquet  # noqa: PLC0415

        self._arrow = pyarrow
        self._schema = pyarrow.schema([(name, pyarrow.string()) for name in columns])
        self._file = pyarrow.parquet.ParquetWriter(str(path), self._schema)
        self._rows: list[list[str | None]] = []

    def write(self, cells: Sequence[Cell]) -> None:
        # Text throughout: a column's type must not depend on which rows a shop happens to have.
        self._rows.append([None if cell is None else _plain_text(cell) for cell in cells])
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [self._arrow.array(column, self._arrow.string()) for column in zip(*self._rows, strict=True)]
            self._file.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
            self._rows = []

    def close(self) -> None:
        self._flush()
        self._file.close()


FORMATS: dict[str, tuple[str, type[Any]]] = {
    "csv": ("CSV", CsvWriter),
    "xlsx": ("Excel (XLSX)", XlsxWriter),
    "jsonl": ("JSON lines", JsonLinesWriter),
    "parquet": ("Parquet", ParquetWriter),
}


class open_writer:  # noqa: N801 - used like open()
    """Open a writer of the format and close it whatever happens."""

    def __init__(self, path: Path, form: str, columns: Sequence[str]) -> None:
        if form not in FORMATS:
            raise ValueError(_("There is no such format: %(name)s.") % {"name": form})
        self._writer: Writer = FORMATS[form][1](path, columns)

    def __enter__(self) -> Writer:
        return self._writer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


def _plain_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    # Numbers stay numbers: a minus sign before digits is no formula.
    return harmless(cell) if isinstance(cell, str) else _plain_text(cell)


def _as_json(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return str(cell)
    return _plain_text(cell) if isinstance(cell, date) else cell
