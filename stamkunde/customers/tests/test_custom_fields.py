"""The shop's own fields: defined in the browser, filled in by kind, and safe whatever is written."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from stamkunde.customers.actions import StaleRow, change_field, define_field, move_field, set_custom_value
from stamkunde.customers.custom_values import read_custom, shown_custom, written_custom
from stamkunde.customers.models import CustomField, CustomFieldKind, CustomValue
from stamkunde.customers.queries import custom_fields
from stamkunde.customers.tests.test_change import at_once
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.world import World, signed_in

COFFEE = CustomField(key="coffee", label="Coffee", kind=CustomFieldKind.CHOICE, choices=["Light", "Dark"])


def of(kind: CustomFieldKind) -> CustomField:
    return COFFEE if kind == CustomFieldKind.CHOICE else CustomField(key="own", label="Own", kind=kind)


@pytest.mark.parametrize(
    ("kind", "written", "column", "value"),
    [
        (CustomFieldKind.TEXT, " two  words ", "text", "two words"),
        (CustomFieldKind.NUMBER, "1 234,5", "number", Decimal("1234.5")),
        (CustomFieldKind.NUMBER, "1.234,50", "number", Decimal("1234.5")),
        (CustomFieldKind.NUMBER, "1,234.50", "number", Decimal("1234.5")),
        (CustomFieldKind.NUMBER, "\u22127", "number", Decimal(-7)),
        (CustomFieldKind.DATE, "2024-02-29", "date", date(2024, 2, 29)),
        (CustomFieldKind.YES_NO, "Jā", "yes_no", True),
        (CustomFieldKind.YES_NO, "nei", "yes_no", False),
        (CustomFieldKind.CHOICE, "dark", "text", "Dark"),
        (CustomFieldKind.LINK, "https://example.org/a?b=c", "text", "https://example.org/a?b=c"),
    ],
)
def test_a_value_is_read_by_its_kind(kind: CustomFieldKind, written: str, column: str, value: object) -> None:
    columns = read_custom(of(kind), written)

    assert columns is not None
    assert columns[column] == value
    assert read_custom(of(kind), written_custom(columns)) == columns


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (CustomFieldKind.TEXT, "x" * 501),
        (CustomFieldKind.TEXT, "a\0b"),
        (CustomFieldKind.NUMBER, "twelve"),
        (CustomFieldKind.NUMBER, "NaN"),
        (CustomFieldKind.NUMBER, "Infinity"),
        (CustomFieldKind.NUMBER, "1e400"),
        (CustomFieldKind.NUMBER, "1e99999999"),
        (CustomFieldKind.NUMBER, "1e-99999999"),
        (CustomFieldKind.NUMBER, "100000000000000"),
        (CustomFieldKind.NUMBER, "0.1234567"),
        (CustomFieldKind.DATE, "2023-02-29"),
        (CustomFieldKind.DATE, "0000-00-00"),
        (CustomFieldKind.DATE, "soon"),
        (CustomFieldKind.YES_NO, "perhaps"),
        (CustomFieldKind.CHOICE, "Medium"),
        (CustomFieldKind.LINK, "javascript:alert(1)"),
        (CustomFieldKind.LINK, "data:text/html,x"),
        (CustomFieldKind.LINK, "example.org"),
    ],
)
def test_what_is_no_such_value_is_refused_with_a_sentence(kind: CustomFieldKind, written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_custom(of(kind), written)
    assert refusal.value.message_dict[of(kind).key][0].endswith(".")


def test_values_are_shown_as_the_reader_writes_them() -> None:
    with translation.override("nb"):
        assert shown_custom("number", "1234.5").replace("\xa0", " ") == "1 234,5"
        assert shown_custom("date", "2026-05-17") == "17. mai 2026"
    with translation.override("en"):
        assert shown_custom("yes_no", "no") == "No"


@pytest.mark.django_db
def test_a_field_gets_a_lasting_key_of_its_own(world: World) -> None:
    keys = [
        define_field(label, CustomFieldKind.TEXT, by=SYSTEM).key for label in ("Skostørrelse", "Sko størrelse", "靴")
    ]
    again = define_field("Skostørrelse", CustomFieldKind.TEXT, by=SYSTEM)

    assert keys == ["skostorelse", "sko_storelse", "field"]
    assert again.key == "skostorelse_2"
    assert change_field(again, label="Shoes", choices=[], is_shown=True, by=SYSTEM).key == "skostorelse_2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("label", "kind", "choices"),
    [
        (" ", CustomFieldKind.TEXT, []),
        ("x" * 81, CustomFieldKind.TEXT, []),
        ("Coffee", CustomFieldKind.CHOICE, []),
        ("Coffee", CustomFieldKind.CHOICE, ["Dark", " Dark "]),
        ("Coffee", CustomFieldKind.CHOICE, [str(number) for number in range(61)]),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(label: str, kind: CustomFieldKind, choices: list[str]) -> None:
    with nothing_changes(), pytest.raises(ValidationError):
        define_field(label, kind, choices=choices, by=SYSTEM)


@pytest.mark.django_db
def test_fields_change_places(world: World) -> None:
    first, second, third = (define_field(label, CustomFieldKind.TEXT, by=SYSTEM) for label in ("a", "b", "c"))
    move_field(third, up=True, by=SYSTEM)
    assert [field.label for field in CustomField.objects.all()] == ["a", "c", "b"]
    with nothing_changes():
        move_field(first, up=True, by=SYSTEM)
        move_field(second, up=False, by=SYSTEM)


@pytest.mark.django_db
def test_a_value_is_set_changed_and_emptied_and_told(world: World) -> None:
    field = define_field("Shoe size", CustomFieldKind.NUMBER, by=SYSTEM)
    for version, written in enumerate(("38", "39,5")):
        set_custom_value(world.kari.pk, field, written, version=version, by=SYSTEM)
    assert CustomValue.objects.get().number == Decimal("39.5")
    assert [one.value for one in custom_fields(world.kari.pk)] == ["39.5"]

    set_custom_value(world.kari.pk, field, " ", version=2, by=SYSTEM)
    assert not CustomValue.objects.exists()
    changes = Happening.objects.filter(name="customers.custom_value_changed").order_by("pk")
    assert [(one.details["before"], one.details["after"]) for one in changes] == [
        ("", "38"),
        ("38", "39.5"),
        ("39.5", ""),
    ]


@pytest.mark.django_db
def test_a_stale_value_is_not_written(world: World) -> None:
    field = define_field("Shoe size", CustomFieldKind.NUMBER, by=SYSTEM)
    set_custom_value(world.kari.pk, field, "38", version=0, by=SYSTEM)
    for version in (0, 2, -1):
        with nothing_changes(), pytest.raises(StaleRow):
            set_custom_value(world.kari.pk, field, "39", version=version, by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_of_two_first_values_at_once_one_is_kept() -> None:
    kari = World().kari
    field = define_field("Shoe size", CustomFieldKind.NUMBER, by=SYSTEM)
    outcomes: list[Any] = at_once(
        *(lambda size=size: set_custom_value(kari.pk, field, size, version=0, by=SYSTEM) for size in ("38", "39"))
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "StaleRow"]
    assert CustomValue.objects.count() == 1


@pytest.mark.django_db
def test_a_hidden_field_is_not_on_the_profile_and_keeps_its_values(world: World) -> None:
    field = define_field("Shoe size", CustomFieldKind.NUMBER, by=SYSTEM)
    set_custom_value(world.kari.pk, field, "38", version=0, by=SYSTEM)
    change_field(field, label="Shoe size", choices=[], is_shown=False, by=SYSTEM)

    assert list(custom_fields(world.kari.pk)) == []
    assert CustomValue.objects.count() == 1
    assert signed_in(world.anna).get(f"/customers/{world.kari.pk}/own-fields/{field.pk}/").status_code == 404


@pytest.mark.django_db
def test_a_manager_defines_a_field_in_the_browser_and_others_may_not(world: World) -> None:
    form = {"label": "Coffee", "kind": "choice", "choices": "Light\nDark\n"}
    with nothing_changes():
        assert signed_in(world.ola).post("/settings/fields/", form).status_code == 403
        refused = signed_in(world.liga).post("/settings/fields/", form | {"choices": "Light"})
    assert refused.status_code == 422
    assert "Light" in refused.content.decode()

    assert signed_in(world.liga).post("/settings/fields/", form).status_code == 302
    field = CustomField.objects.get()
    url = f"/settings/fields/{field.pk}/"
    changed = {"label": "Roast", "choices": "Light\nDark\nBlack", "is_shown": "on"}
    assert signed_in(world.liga).post(url, changed).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.choices, field.key) == ("Roast", ["Light", "Dark", "Black"], "cofe")


@pytest.mark.django_db
def test_a_value_is_changed_where_it_stands(world: World) -> None:
    field = define_field("Home page", CustomFieldKind.LINK, by=SYSTEM)
    client, url = signed_in(world.anna), f"/customers/{world.kari.pk}/own-fields/{field.pk}/"
    fragment = {"headers": {"HX-Request": "true"}}

    refused = client.post(url, {"value": "javascript:alert(1)", "version": "0"}, **fragment)  # type: ignore[arg-type]
    assert refused.status_code == 422
    saved = client.post(url, {"value": "https://example.org", "version": "0"}, **fragment)  # type: ignore[arg-type]
    assert "https://example.org" in saved.content.decode()
    stale = client.post(url, {"value": "https://example.com", "version": "0"}, **fragment)  # type: ignore[arg-type]
    assert stale.status_code == 409
    assert "https://example.com" in stale.content.decode()
    assert "https://example.org" in stale.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "written", "on_the_page"),
    [
        (CustomFieldKind.NUMBER, "0", "0"),
        (CustomFieldKind.NUMBER, "-12345.678901", "-12,345.678901"),
        (CustomFieldKind.DATE, "1984-05-17", "17 May 1984"),
        (CustomFieldKind.YES_NO, "no", "No"),
        (CustomFieldKind.YES_NO, "yes", "Yes"),
        (CustomFieldKind.TEXT, "100 %", "100 %"),
    ],
)
def test_a_value_of_each_kind_comes_back_from_either_database(
    world: World, kind: CustomFieldKind, written: str, on_the_page: str
) -> None:
    set_custom_value(world.kari.pk, define_field("Own", kind, by=SYSTEM), written, version=0, by=SYSTEM)

    assert [one.value for one in custom_fields(world.kari.pk)] == [on_the_page]
