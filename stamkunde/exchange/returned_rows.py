"""The rows that were not taken, in a file written as the one they came in, to be corrected and sent back.

Each row has two columns more, which an import knows and passes over: where it stood, and why it was not taken. Cells
that Excel would run as a formula are neutralised where a spreadsheet opens the file, and read back as they were.
"""

from __future__ import annotations

import codecs
import csv
import json
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse
from django.utils.text import slugify

from stamkunde.exchange.mapping import REASON_COLUMN, ROW_COLUMN
from stamkunde.exchange.models import ImportProblem, ImportRun, RunState
from stamkunde.kit.tabular.layout import DELIMITED, JSON_LINES, PARQUET, XLSX, Layout
from stamkunde.kit.tabular.writing import harmless, open_writer

_MARKS = {"utf-8": "\ufeff", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}
_PLAIN_SIGNS = str.maketrans("“”„‘’–—…", '"""\'\'--.')
_TYPES = {"csv": "text/csv", "tsv": "text/tab-separated-values", "jsonl": "application/x-ndjson"}


def returned_rows(run: ImportRun) -> StreamingHttpResponse | FileResponse:
    """Return the file of the rows that were skipped, by the last rehearsal or by the run itself."""
    layout = run.reading
    columns = [*layout.columns, ROW_COLUMN, REASON_COLUMN]
    if layout.kind in (XLSX, PARQUET):
        return _made_file(run, layout.kind, columns, _rows(run))
    if layout.kind == JSON_LINES:
        return _stream(run, "jsonl", _json_lines(columns, _rows(run)), layout.encoding)
    # A card or a line of fixed width has no room for a reason, so those come back as the table they were read as.
    dialect = layout if layout.kind == DELIMITED else Layout()
    ending = "tsv" if dialect.delimiter == "\t" else "csv"
    return _stream(run, ending, _delimited(columns, _rows(run), dialect.delimiter), dialect.encoding)


def _rows(run: ImportRun) -> Iterator[list[str]]:
    width = len(run.reading.columns)
    problems = ImportProblem.objects.filter(run=run, is_rehearsal=run.state == RunState.REHEARSED).order_by("row", "pk")
    for problem in problems.iterator(chunk_size=2_000):
        cells = problem.cells[:width]
        yield [*cells, *[""] * (width - len(cells)), str(problem.row), problem.sentence]


class _Echo:
    """Hands back each line that the csv writer makes instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _delimited(columns: Sequence[str], rows: Iterator[list[str]], delimiter: str) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield writer.writerow([harmless(name) for name in columns])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def _json_lines(columns: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    for row in rows:
        record = {name: cell for name, cell in zip(columns, row, strict=True) if cell}
        yield f"{json.dumps(record, ensure_ascii=False)}\n"


def _stream(run: ImportRun, ending: str, lines: Iterator[str], encoding: str) -> StreamingHttpResponse:
    def encoded() -> Iterator[bytes]:
        if ending != "jsonl" or encoding != "utf-8":
            yield _MARKS.get(encoding, "").encode(encoding)
        for line in lines:
            yield line.encode(encoding, "stamkunde-plain")

    answer = StreamingHttpResponse(encoded(), content_type=f"{_TYPES[ending]}; charset={encoding}")
    answer["Content-Disposition"] = f'attachment; filename="{_name(run, ending)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _made_file(run: ImportRun, kind: str, columns: Sequence[str], rows: Iterator[list[str]]) -> FileResponse:
    """Write a file that cannot be streamed; it is gone as soon as it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{kind}"
        with open_writer(path, kind, columns) as writer:
            for row in rows:
                writer.write(row)
        # An open file stays readable when its name is gone.
        file = path.open("rb")
    answer = FileResponse(file, as_attachment=True, filename=_name(run, kind), content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _name(run: ImportRun, ending: str) -> str:
    stem = slugify(run.file_name.removesuffix(".gz").rsplit(".", 1)[0])[:60] or "import"
    return f"{stem}-{run.pk}-skipped.{ending}"


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Write a letter that the file's own encoding does not have without its accent; only reasons can hold one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanted = error.object[error.start : error.end].translate(_PLAIN_SIGNS)
    plain = "".join(char for char in unicodedata.normalize("NFKD", wanted) if ord(char) < 128)
    return plain or "?", error.end


codecs.register_error("stamkunde-plain", _plain)
