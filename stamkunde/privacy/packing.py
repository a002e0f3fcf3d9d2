"""The package that somebody is given: for people to read, for machines to read, and for another house to import."""

import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from stamkunde.customers.files import place_of
from stamkunde.customers.models import Customer
from stamkunde.kit.privacy import portable_kinds
from stamkunde.kit.tabular.writing import open_writer
from stamkunde.privacy.document import AccessDocument, Section, schema
from stamkunde.privacy.wording import readable

LETTER, DATA, SCHEMA = "your-data.html", "data.json", "data.schema.json"


def pack(document: AccessDocument, customer: Customer, path: Path) -> None:
    """Write the package; texts of the letter are in the language that is active."""
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as workshop,
        zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as package,
    ):
        place = Path(workshop)
        package.writestr(LETTER, letter(document))
        package.writestr(DATA, document.model_dump_json(indent=1))
        package.writestr(SCHEMA, json.dumps(schema(), indent=1))
        for section in document.sections:
            if section.rows:
                _write_table(place / "table.csv", section)
                package.write(place / "table.csv", f"csv/{section.table}.csv")
        for number, kind in enumerate(portable_kinds(), start=1):
            with open_writer(place / "records.jsonl", "jsonl", kind.columns()) as writer:
                for cells in kind.rows(customer.pk):
                    writer.write(cells)
            package.write(place / "records.jsonl", f"portable/{number}-{kind.name}.jsonl")
        for file in document.files:
            kept = place_of(file.sha256)
            if kept.exists():
                package.write(kept, file.path)


def letter(document: AccessDocument) -> str:
    """Return the part for people: a page that needs nothing else, to be read or printed."""
    return render_to_string("privacy/letter.html", {"document": document, "sections": readable(document)})


def columns_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of all values, in the order in which they come up."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _write_table(path: Path, section: Section) -> None:
    columns = columns_of(section.rows)
    with open_writer(path, "csv", columns) as writer:
        for row in section.rows:
            writer.write([_cell(row.get(name)) for name in columns])


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
