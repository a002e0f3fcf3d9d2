"""The register of processing covers every column, and the list of processors is kept with two hands at once in mind."""

import csv
import html
import io

import pytest
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from stamkunde.accountability.models import Processor
from stamkunde.accountability.queries.register import Entry, register
from stamkunde.accountability.queries.register_words import COLUMNS, MODULES, TABLES
from stamkunde.accounts.roles import Role
from stamkunde.events.models import Happening
from stamkunde.kit.privacy import Sensitivity, holdings
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in

HOST = {
    "name": "Nordhost", "task": "Runs the server.", "data": "Everything.", "country": "Norway", "ground": "",
    "contact": "drift@example.org", "agreed_on": "2026-01-15", "ended_on": "",
}  # fmt: skip


@pytest.fixture
def officer(world: World):
    return make_staff("Paula", Role.PRIVACY)


def test_every_classified_column_stands_in_the_table(officer):
    answer = signed_in(officer).get("/register/register.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    expected = {
        (holding.model._meta.app_label, holding.model.__name__, column, kind.value)
        for holding in holdings()
        for column, kind in holding.columns.items()
    }
    assert {(row["module"], row["table"], row["column"], row["class"]) for row in rows} == expected
    assert all(row["purpose"] and row["ground"] and row["kept"] and row["recipients"] for row in rows)
    assert signed_in(officer).get("/register/register.json").json()["columns"] == rows


def test_the_page_says_what_for_how_long_and_who_gets_it(officer):
    page = signed_in(officer).get("/register/").content.decode()

    assert "To prove what the customer agreed to, and what not." in page
    assert "Norway: 5 years after the end of the fiscal year" in page
    assert "Special categories, such as health" in page
    assert "The privacy officer, and the customer who asks." in page


# What is written alike in both languages.
ALIKE = {"format", "team", "text"}


@pytest.mark.parametrize("language", ["nb", "sv", "lv"])
def test_the_page_names_tables_and_columns_in_the_language_of_the_reader(officer, language):
    client = signed_in(officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = html.unescape(client.get("/register/").content.decode())

    with override("en"):
        english = [named(entry) for entry in register()]
    with override(language):
        own = [named(entry) for entry in register()]
    assert all(f"<dd>{name}" in page for _purpose, name, *_columns in own)
    left = {one for before, after in zip(english, own, strict=True) for one in after if one in before}
    assert left <= ALIKE


def named(entry: Entry) -> list[str]:
    """Return whatever the page says of a table in words."""
    columns = [label for _code, _words, labels in entry.classes for label in labels]
    return [entry.purpose, f"{entry.module_name} · {entry.name}", *columns]


def test_what_no_form_names_has_a_name_of_the_register_s_own():
    assert {holding.model._meta.app_label for holding in holdings()} <= set(MODULES)
    unnamed = {
        f"{holding.model._meta.label}.{field.name}"
        for holding in holdings()
        for field in holding.model._meta.concrete_fields
        if holding.columns.get(field.name, Sensitivity.NONE) is not Sensitivity.NONE
        and not isinstance(field.verbose_name, Promise)
    }
    assert {name for name in unnamed if name.rsplit(".", 1)[1] not in COLUMNS} == set()


def test_a_processor_is_added_changed_and_ended(officer):
    client = signed_in(officer)
    client.post("/processors/new/", HOST)
    host = Processor.objects.get()
    client.post(f"/processors/{host.pk}/", HOST | {"ended_on": "2026-06-30", "version": 1})

    host.refresh_from_db()
    assert (host.version, f"{host.ended_on}") == (2, "2026-06-30")
    assert "Ended" in client.get("/register/").content.decode()
    names = Happening.objects.filter(name__startswith="accountability.").values_list("name", flat=True)
    assert set(names) == {"accountability.processor_added", "accountability.processor_changed"}


def test_who_comes_second_does_not_overwrite_the_first(officer):
    client = signed_in(officer)
    client.post("/processors/new/", HOST)
    host = Processor.objects.get()
    client.post(f"/processors/{host.pk}/", HOST | {"task": "Runs two servers.", "version": 1})
    late = client.post(f"/processors/{host.pk}/", HOST | {"task": "Runs none.", "version": 1})

    assert late.status_code == 422
    assert "Runs none." in late.content.decode()
    host.refresh_from_db()
    assert host.task == "Runs two servers."


def test_one_written_down_by_mistake_is_removed(officer):
    client = signed_in(officer)
    client.post("/processors/new/", HOST)
    client.post(f"/processors/{Processor.objects.get().pk}/removal/")

    assert not Processor.objects.exists()


@pytest.mark.parametrize("who", ["anna", "ola", "eve"])
def test_others_see_and_change_nothing(world, who):
    client = signed_in(getattr(world, who))

    assert client.get("/register/").status_code == 403
    assert client.get("/register/register.csv").status_code == 403
    assert client.post("/processors/new/", HOST).status_code == 403
    assert not Processor.objects.exists()


def test_a_machine_keeps_the_list_too(world):
    machine = Machine(world.liga)
    sent = HOST | {"ended_on": None}
    added = machine.post("/processors", sent, Idempotency_Key="a").json()
    changed = machine.put(f"/processors/{added['id']}", sent | {"task": "More.", "version": 1}).json()
    problem(machine.put(f"/processors/{added['id']}", sent | {"version": 1}), 412, "stale")
    problem(machine.put("/processors/999", sent | {"version": 1}), 404, "not_found")
    problem(machine.post("/processors", sent | {"name": ""}, Idempotency_Key="b"), 422, "invalid")

    assert changed["version"] == 2
    assert [one["task"] for one in machine.get("/processors").json()["items"]] == ["More."]
    tables = {entry["table"] for entry in machine.get("/register").json()["items"]}
    assert {"Customer", "OrderLine", "LookUp"} <= tables
    assert machine.delete(f"/processors/{added['id']}").status_code == 204
    assert not Processor.objects.exists()


def test_every_table_has_a_name_that_people_of_each_language_read(db) -> None:
    for language in ("en", "nb", "sv", "lv"):
        with override(language):
            assert {entry.name for entry in register()}.isdisjoint(
                str(holding.model._meta.verbose_name) for holding in holdings()
            )
    assert {holding.model._meta.label for holding in holdings()} == set(TABLES)


def test_the_register_is_read_in_latvian(officer) -> None:
    officer.language = "lv"
    officer.save(update_fields=["language"])

    page = signed_in(officer).get("/register/").content.decode()

    assert "Klienti · Adreses" in page
    assert "kad izveidots" in page
    assert "created at" not in page
    assert "customers.Address" in page
