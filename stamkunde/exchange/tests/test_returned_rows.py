"""What was not taken comes back as it was sent, is corrected there, and is taken the second time."""

# mypy: disable-error-code="union-attr, misc"
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stamkunde.customers.models import Customer
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.tests.files import imported, received, rehearsed, settled
from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.writing import open_writer
from tests.world import signed_in

pytestmark = pytest.mark.django_db

COLUMNS = ("Kundenr", "Fornavn", "Etternavn", "Fødselsdato", "Merknad")
ROWS = (
    ("0007", "Åse", "Bråthen", "1980-05-17", ""),
    ("0008", "Bjørn", "Østby", "1980-02-31", "=1+1 sa han; to linjer\nher"),
)


@pytest.fixture
def liga(world):
    assert world.store
    return signed_in(world.liga)


def written(folder: Path, form: str) -> bytes:
    path = folder / f"sent.{form}"
    with open_writer(path, form, COLUMNS) as writer:
        for row in ROWS:
            writer.write(row)
    return path.read_bytes()


def delimited(delimiter: str, encoding: str) -> bytes:
    rows = [COLUMNS, *(tuple(f'"{cell}"' if "\n" in cell else cell for cell in row) for row in ROWS)]
    return "\n".join(delimiter.join(row) for row in rows).encode(encoding)


def sent_back(client, run: ImportRun, folder: Path) -> Path:
    answer = client.get(f"/imports/{run.pk}/errors/")
    assert answer.status_code == 200
    path: Path = folder / answer["Content-Disposition"].split('"')[1]
    path.write_bytes(b"".join(answer.streaming_content))
    return path


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(";", "cp1252"), ("\t", "utf-8-sig"), ("|", "utf-16"), (",", "utf-8-sig"), ("^", "iso8859-1"), (";", "mac_roman")],
)
def test_text_comes_back_with_its_own_delimiter_and_letters(liga, tmp_path, delimiter, encoding):
    run = received(delimited(delimiter, encoding), "kunder.csv", kind="customers")
    run = imported(settled(run, encoding=encoding.removesuffix("-sig").replace("utf-16", "utf-16-le")))
    assert (run.created, run.skipped) == (1, 1)

    path = sent_back(liga, run, tmp_path)

    text = path.read_bytes().decode(encoding)
    assert text.splitlines()[0] == delimiter.join((*COLUMNS, "Stamkunde: row", "Stamkunde: reason"))
    corrected = text.replace("1980-02-31", "1980-02-28").encode(encoding)
    again = received(corrected, path.name, kind="customers")
    assert again.reading.delimiter == delimiter
    assert set(again.mapping) == set(run.mapping)
    again = imported(settled(again, encoding=run.reading.encoding))
    assert (again.created, again.skipped) == (1, 0)
    bjorn = Customer.objects.get(family_name="Østby")
    assert str(bjorn.birth_date) == "1980-02-28"
    assert bjorn.notes.get().text == "=1+1 sa han; to linjer\nher"


@pytest.mark.parametrize("form", ["xlsx", "jsonl", "parquet"])
def test_other_files_come_back_in_their_own_format(liga, tmp_path, form):
    run = imported(received(written(tmp_path, form), f"kunder.{form}", kind="customers"))
    assert (run.created, run.skipped) == (1, 1)

    path = sent_back(liga, run, tmp_path)

    layout = guess_layout(path)
    assert path.suffix == f".{form}"
    assert layout.kind == run.reading.kind
    assert set(layout.columns) == {*COLUMNS, "Stamkunde: row", "Stamkunde: reason"}
    (row,) = read_rows(path, layout)
    cells = dict(zip(layout.columns, row.cells, strict=True))
    assert {name: cells[name] for name in COLUMNS} == dict(zip(COLUMNS, ROWS[1], strict=True))
    assert "day that does not exist" in cells["Stamkunde: reason"]

    corrected = tmp_path / f"corrected.{form}"
    with open_writer(corrected, form, layout.columns) as writer:
        writer.write([cell.replace("1980-02-31", "1980-02-28") for cell in row.cells])
    again = imported(received(corrected.read_bytes(), path.name, kind="customers"))
    assert (again.created, again.skipped) == (1, 0)
    assert Customer.objects.get(family_name="Østby").notes.get().text == ROWS[1][4]


def test_cards_come_back_as_a_table_that_can_be_sent_again(liga, tmp_path):
    cards = (
        "BEGIN:VCARD\nVERSION:4.0\nUID:1\nFN:Kari Nordmann\nN:Nordmann;Kari;;;\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nUID:2\nFN:Ola\nN:;Ola;;;\nEMAIL:ola@\nEND:VCARD\n"
    )
    run = imported(received(cards, "kunder.vcf", kind="customers"))
    assert (run.created, run.skipped) == (1, 1)

    path = sent_back(liga, run, tmp_path)

    again = imported(received(path.read_text("utf-8-sig").replace("ola@", "ola@example.no"), path.name))
    assert again.kind == "customers"
    assert (again.created, again.skipped) == (1, 0)
    assert Customer.objects.get(given_name="Ola").contact_points.get().value == "ola@example.no"


def test_a_reason_in_letters_the_file_does_not_have_is_written_without_them(liga, tmp_path, settings):
    run = imported(received("id;navn;født\n1;Kåre;31.02.1980\n".encode("cp1252"), "k.csv", kind="customers"))
    problem = run.problems.get()
    problem.sentence = "“31.02.1980” ir diena, kuras nav. Šī rinda nav ņemta."
    problem.save()

    text = sent_back(liga, run, tmp_path).read_bytes().decode("cp1252")

    assert "Kåre" in text
    # This encoding knows š and curved quotation marks, but neither ī nor ņ.
    assert "“31.02.1980” ir diena, kuras nav. Ši rinda nav nemta." in text


def test_the_rehearsal_hands_back_its_own_rows(liga, tmp_path):
    liga.post(
        "/imports/new/",
        {
            "file": SimpleUploadedFile("k.jsonl", json.dumps({"id": "1", "navn": "Kari", "epost": "kari"}).encode()),
            "source": "till",
            "kind": "customers",
        },
    )
    run = ImportRun.objects.get()
    assert run.state == "received"
    run = rehearsed(settled(run, mapping={"key": "id", "given_name": "navn", "email": "epost"}))

    path = sent_back(liga, run, tmp_path)

    assert json.loads(path.read_text())["epost"] == "kari"
    assert not Customer.objects.exists()
