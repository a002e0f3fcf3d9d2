"""What every kind of record promises, asked of each that is listed."""

import pytest

from stamkunde.exchange.exports import EXPORT_TYPES
from stamkunde.exchange.mapping import guess_kind, guess_mapping
from stamkunde.exchange.records import RECORD_TYPES, undoer_of
from stamkunde.exchange.tests.files import imported, received, rehearsed, undone
from stamkunde.kit.importing import RecordType

pytestmark = pytest.mark.django_db
each_kind = pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.name)


def example_file(kind: RecordType) -> str:
    names = sorted({name for row in kind.example for name in row})
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in kind.example)]
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def a_store(world):
    return world.store


@pytest.fixture
def a_shop():
    """What prices and consents speak of."""
    for kind in RECORD_TYPES[:2]:
        imported(received(example_file(kind), kind=kind.name))


@each_kind
def test_it_names_its_fields_once_and_says_what_they_are(kind):
    names = [field.name for field in kind.fields]

    assert len(set(names)) == len(names)
    assert all(str(field.label) for field in kind.fields)
    assert str(kind.label)
    assert str(kind.sentence).endswith(".")
    assert not kind.group_by or kind.group_by in names


@each_kind
def test_it_understands_its_own_example(kind, a_shop):
    run = received(example_file(kind), kind=kind.name, source="another")

    assert set(run.mapping) == {name for row in kind.example for name in row}
    rehearsal = rehearsed(run).rehearsal
    run = imported(run)

    assert run.received == len(kind.example)
    assert {name: rehearsal[name] for name in ("created", "updated", "unchanged", "skipped")} == {
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "skipped": run.skipped,
    }


@each_kind
def test_its_own_example_twice_is_once(kind, a_shop):
    imported(received(example_file(kind), kind=kind.name))

    again = imported(received(example_file(kind), kind=kind.name))

    assert (again.created, again.updated) == (0, 0)
    assert again.unchanged + again.skipped == len(kind.example)


@each_kind
def test_everything_it_can_do_it_can_undo(kind):
    assert all(
        undoer_of(undoer.kind) == undoer or undoer_of(undoer.kind).kind == undoer.kind for undoer in kind.undoers
    )

    run = undone(imported(received(example_file(kind), kind=kind.name)))

    assert not run.changes.exists()
    assert not run.keys.exists()


@each_kind
def test_it_is_guessed_from_its_columns(kind):
    names = [field.name for field in kind.fields if not field.name.startswith("custom:")]

    assert guess_kind(RECORD_TYPES, names) == kind.name


@each_kind
def test_it_says_what_must_be_mapped(kind):
    required = {field.name for field in kind.fields if field.is_required}

    assert required or kind.refusal({})
    assert not kind.refusal({field.name for field in kind.fields})


@pytest.mark.parametrize("export", EXPORT_TYPES, ids=lambda export: export.name)
def test_what_is_exported_is_understood_when_it_comes_home(world, export):
    kind = next((kind for kind in RECORD_TYPES if kind.name == export.name), None)
    if kind is None:
        assert export.name in {"notes", "vouchers"}
        return

    assert set(guess_mapping(kind, export.columns(world.liga)).values()) == set(export.columns(world.liga))


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], "purchases"),
        (["customer_id", "date", "number_of_cds", "dollar_value"], "purchases"),
        (["Kvittering", "Dato", "Kundenr", "Varenr", "Varenavn", "Antall", "Pris"], "purchases"),
        (["Kundnr", "Förnamn", "Efternamn", "E-post", "Mobil", "Postnr", "Ort"], "customers"),
        (["Kundnr", "Förnamn", "Efternamn", "E-post", "Telefon", "Mobil"], "customers"),
        (["Kundenr", "Navn", "Mobil", "Hjemmetelefon", "Arbeidstelefon"], "customers"),
        (["Klienta numurs", "Vārds", "Uzvārds", "Tālrunis", "Mobilais tālrunis", "E-pasts"], "customers"),
        (["Klienta numurs", "Vārds", "Uzvārds", "Tālrunis", "E-pasts", "Dzimšanas datums"], "customers"),
        (["Varenummer", "Varenavn", "Varegruppe", "Strekkode"], "products"),
        (["Artikelnummer", "Pris", "Valuta", "Giltig från"], "prices"),
    ],
)
def test_columns_of_other_systems_and_languages_are_known(columns, kind):
    assert guess_kind(RECORD_TYPES, columns) == kind
    record_type = next(each for each in RECORD_TYPES if each.name == kind)
    assert set(guess_mapping(record_type, columns).values()) == set(columns)
