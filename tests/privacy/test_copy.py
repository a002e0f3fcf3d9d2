"""A copy holds everything that is held about a person: it is looked for, column by column, where it was planted."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.functional import Promise

from stamkunde.customers.models import Customer, LookUp, Note
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.privacy import PERSONAL, holdings
from stamkunde.privacy.actions.asking import ask_for_copy
from stamkunde.privacy.actions.copies import path_of
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.privacy.document import AccessDocument, compose, plain
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure
from stamkunde.privacy.packing import letter
from stamkunde.privacy.wording import LABELS
from tests.privacy.canaries import Canary, plant, somebody_everywhere
from tests.world import World

pytestmark = pytest.mark.django_db


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def is_told(canary: Canary, told: str) -> bool:
    """Say whether a planted value stands in the JSON of its table's rows, however it is written there."""
    value = canary.value
    if isinstance(value, bool):
        return json.dumps(value) in told
    if isinstance(value, datetime | date):
        return plain(value) in told
    if isinstance(value, Decimal | int):
        return digits(str(value)) in digits(told)
    if isinstance(value, list | dict):
        return all(str(inner) in told for inner in (value if isinstance(value, list) else value.values()))
    return str(value) in told


def request_for(customer: Customer, language: str = "nb", **values: Any) -> DataRequest:
    DataRequest.objects.filter(customer=customer).delete()
    asked = RequestValues(kind="access", asked_by="Herself", identity="known", language=language, **values)
    return receive_request(customer, asked, by=SYSTEM)


def packed(customer: Customer, language: str = "nb", **values: Any) -> zipfile.ZipFile:
    ask_for_copy(request_for(customer, language, **values).pk, by=SYSTEM)
    run_due()
    file = AccessFile.objects.latest("pk")
    assert file.is_ready, file.state
    return zipfile.ZipFile(path_of(file.stored_as))


def test_m1_each_canary_in_a_personal_column_is_in_the_copy_or_withheld_with_a_ground(world: World) -> None:
    her, rows = somebody_everywhere(world)
    planted = plant(rows)
    her.refresh_from_db()

    document = compose(her)

    told = {section.table: json.dumps(section.rows, ensure_ascii=False) for section in document.sections}
    withheld = {(one.table, one.column) for one in document.withheld if one.ground}
    missing = [
        canary.name
        for canary in planted
        if (canary.model._meta.label, canary.column) not in withheld
        and not is_told(canary, told[canary.model._meta.label])
    ]
    assert missing == []
    assert len(planted) > 60
    assert {canary.model for canary in planted} | {LookUp, Erasure} >= {
        holding.model
        for holding in holdings()
        if any(
            sensitivity in PERSONAL and not holding.model._meta.get_field(column).is_relation
            for column, sensitivity in holding.columns.items()
            if column not in {"customer_id", "object_id"}
        )
    }


def test_what_is_withheld_is_a_personal_column_and_says_why(world: World) -> None:
    for holding in holdings():
        for column, ground in holding.withheld.items():
            assert holding.columns[column] in PERSONAL, (holding.model, column)
            assert str(ground).endswith("."), (holding.model, column)


def test_the_package_holds_what_machines_and_people_read(world: World) -> None:
    her, rows = somebody_everywhere(world)
    plant(rows)
    with packed(her) as package:
        names = set(package.namelist())
        document = AccessDocument.model_validate_json(package.read("data.json"), strict=False)
        schema = json.loads(package.read("data.schema.json"))
        table = list(csv.reader(io.StringIO(package.read("csv/customers.Note.csv").decode("utf-8-sig"))))
        kept = [package.read(name) for name in names if name.startswith("files/")]

    assert {"your-data.html", "portable/1-customers.jsonl", "portable/3-purchases.jsonl"} <= names
    assert set(schema["required"]) == set(document.model_dump())
    assert "canary" in table[1][table[0].index("text")]
    assert kept == [b"the bytes of a kept file: canary-bytes"]
    assert document.customer.merged_numbers == [Customer.objects.get(family_name="Ravndahl").pk]


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(world: World) -> None:
    her, _rows = somebody_everywhere(world)
    Note.objects.filter(customer=her).update(text="=1+1")
    with packed(her) as package:
        said = package.read("csv/customers.Note.csv").decode("utf-8-sig")

    assert "'=1+1" in said


def test_m2_looks_are_told_with_date_purpose_and_role_and_names_only_where_decided(world: World) -> None:
    her, _rows = somebody_everywhere(world)
    with packed(her) as package:
        plainly = package.read("data.json").decode()
    with packed(her, names_staff=True, names_staff_reason="A colleague is her neighbour.") as package:
        named = json.loads(package.read("data.json"))

    looks = next(one for one in json.loads(plainly)["sections"] if one["table"] == "customers.LookUp")["rows"]
    assert {"at", "purpose", "role", "store"} == set(looks[0])
    assert looks[0]["role"] == "administrator"
    with_names = next(one for one in named["sections"] if one["table"] == "customers.LookUp")["rows"]
    assert with_names[0]["who"] == "Liga"
    assert "Liga" not in plainly.replace(named["shop"], "")


def test_m17_who_belongs_with_her_is_in_nobody_elses_copy(world: World) -> None:
    her, _rows = somebody_everywhere(world)
    with packed(her) as package:
        told = b"".join(package.read(name) for name in package.namelist()).decode("utf-8", "replace")

    assert "Karlsson" not in told
    assert "sven@example.org" not in told


@pytest.mark.parametrize(
    ("language", "title"),
    [("nb", "Profilen din"), ("sv", "Din profil"), ("lv", "Jūsu profils"), ("en", "Your profile")],
)
def test_the_page_for_people_is_in_the_language_of_the_customer(world: World, language: str, title: str) -> None:
    her, rows = somebody_everywhere(world)
    plant(rows)
    with packed(her, language) as package:
        page = package.read("your-data.html").decode()

    assert f'<html lang="{language}">' in page
    assert title in page
    assert "canary" in page


def test_every_value_of_every_table_has_a_name_for_people(world: World) -> None:
    her, rows = somebody_everywhere(world)
    plant(rows)
    unnamed = {
        f"{section.table}.{name}"
        for section in compose(her).sections
        for row in section.rows
        for name in row
        if name not in LABELS and not calls_itself(section.table, name)
    }
    assert unnamed == set()


def calls_itself(table: str, name: str) -> bool:
    """Say whether the column of that name was given words of its own, which are translated."""
    model = next(holding.model for holding in holdings() if holding.model._meta.label == table)
    return any(isinstance(field.verbose_name, Promise) for field in model._meta.concrete_fields if field.name == name)


def test_whoever_was_given_the_data_is_named_as_recipient(world: World) -> None:
    her, rows = somebody_everywhere(world)
    document = compose(her)

    assert any("Administrator" in one.name for one in document.recipients), document.recipients
    assert rows


def test_nothing_of_what_people_wrote_can_run_in_the_page(world: World) -> None:
    her, _rows = somebody_everywhere(world)
    Customer.objects.filter(pk=her.pk).update(given_name="<script>alert(1)</script>")
    her.refresh_from_db()
    with translation.override("en"):
        page = letter(compose(her))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_copy_takes_no_more_questions_for_many_rows_than_for_few(world: World) -> None:
    her, _rows = somebody_everywhere(world)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            compose(her)
        return len(queries)

    few = asked()
    for _number in range(10):
        for row in (
            *_again(LookUp.objects.filter(customer=her)[:1]),
            *_again(her.notes.all()[:1]),
            *_again(her.orders.all()[:1], receipt_number=""),
        ):
            row.save(force_insert=True)
    assert asked() == few


def _again(rows: Any, **changes: Any) -> Iterator[Any]:
    for row in rows:
        row.pk = None
        if hasattr(row, "ref"):
            row.ref = type(row)().ref
        for name, value in changes.items():
            setattr(row, name, value)
        yield row
