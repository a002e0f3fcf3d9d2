"""The columns of a list: which, in which order, how wide, and kept with the view."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from stamkunde.customers.models import CustomField, CustomValue
from stamkunde.desk.list_layout import NARROWEST, WIDEST, Layout, read_layout
from stamkunde.desk.models import SavedView
from stamkunde.kit.filtering import FilterError
from tests.world import World, make_customer, signed_in

pytestmark = pytest.mark.page

LIST = "view=all&columns=town,phone,visits"


def columns_after(client: Client, query: str) -> str:
    answer = client.get(f"/customers/columns/?{query}")
    assert answer.status_code == 302, answer.content.decode()
    return parse_qs(urlsplit(answer["Location"]).query)["columns"][0]


@pytest.mark.parametrize(
    ("button", "columns"),
    [("move=phone:-1", "phone,town,visits"), ("move=phone:1", "town,visits,phone"),
     ("move=town:-1", "town,phone,visits"), ("width=phone:1", "town,phone~192,visits"),
     ("width=name:-1", "name~224,town,phone,visits"), ("move=name:1", "town,phone,visits"),
     ("move=gone:1", "town,phone,visits"), ("width=phone:9", "town,phone,visits")],
)  # fmt: skip
def test_a_button_moves_a_column_or_makes_it_wider(world: World, button: str, columns: str) -> None:
    assert columns_after(signed_in(world.anna), f"{LIST}&{button}") == columns


def test_the_menu_stays_open_for_the_next_button_and_closes_when_columns_are_chosen(world: World) -> None:
    world.kari  # noqa: B018
    client = signed_in(world.anna)
    moved = client.get(f"/customers/columns/?{LIST}&move=phone:-1")["Location"]
    chosen = client.get("/customers/columns/?view=all&columns=town&columns=email")["Location"]

    assert 'class="menu" open' in client.get(moved).content.decode()
    assert 'class="menu" open' not in client.get(chosen).content.decode()


def test_widths_are_kept_with_the_view(world: World) -> None:
    world.kari  # noqa: B018
    client = signed_in(world.anna)
    client.post("/customers/views/new/?view=all&columns=name~300,town~180,visits", {"name": "Wide"})
    view = SavedView.objects.get()
    page = client.get(f"/customers/?view={view.pk}")
    content = page.content.decode()

    assert view.columns == ["name~300", "town~180", "visits"]
    assert not page.context["state"].is_changed
    assert '<th scope="col" data-column="name" width="300"' in content
    assert 'data-column="town" width="180"' in content
    assert 'data-column="visits" width="160"' in content


@pytest.mark.parametrize("columns", ["town~x", "town~-5", "town~", "password~100", "town~99999999", "town~١"])
def test_a_width_that_makes_no_sense_is_refused(world: World, columns: str) -> None:
    answer = signed_in(world.anna).get(f"/customers/?columns={columns}")

    assert answer.status_code == (200 if columns == "town~" else 400)


@pytest.mark.parametrize(("asked", "kept"), [(1, NARROWEST), (9_000, WIDEST), (200, 200)])
def test_no_column_vanishes_or_fills_the_world(asked: int, kept: int) -> None:
    layout = read_layout([f"town~{asked}"], {"town"})

    assert layout.width("town") == kept
    assert layout.widened("town", -30).width("town") == NARROWEST


def test_a_column_that_is_gone_is_left_out_of_a_kept_view(world: World) -> None:
    view = SavedView.objects.create(
        name="Old", owner=world.anna, sort="name", columns=["gone~200", "town~200"], created_at="2026-01-01T00:00Z"
    )
    state = signed_in(world.anna).get(f"/customers/?view={view.pk}").context["state"]

    assert state.layout == Layout(("town",), (("town", 200),))
    with pytest.raises(FilterError):
        read_layout(["gone~200"], {"town"})


def test_only_whoever_may_change_customers_changes_cells_in_place(world: World) -> None:
    def editable(user: Any) -> list[str]:
        world.kari  # noqa: B018
        page = signed_in(user).get("/customers/?view=all&columns=language,store,birthday,visits")
        return [head.edit for head in page.context["heads"]]

    assert editable(world.anna) == ["fields/language/", "fields/home_store/", "fields/birth_date/", ""]
    world.anna.role = "marketing"
    world.anna.save()
    assert editable(world.anna) == ["", "", "", ""]


def test_the_page_that_was_changed_in_place_says_its_address(world: World) -> None:
    answer = signed_in(world.anna).get(f"/customers/?{LIST}", headers={"HX-Request": "true", "HX-Target": "main"})

    assert answer["HX-Replace-Url"] == f"/customers/?{LIST}"


@pytest.mark.parametrize(
    ("kind", "values", "rising"),
    [("number", [Decimal("9.5"), Decimal(10), None, Decimal(-3)], "dab"),
     ("date", [date(2026, 2, 1), date(2025, 1, 1), None, date(2026, 3, 1)], "bad"),
     ("choice", ["Silver", "Gold", "", "Iron"], "bda"), ("text", ["b", "a", "", "c"], "bad")],
)  # fmt: skip
def test_the_list_is_ordered_by_a_field_of_the_shops_own(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str, values: list[Any], rising: str
) -> None:
    """Those without a value are left out and said to be, and pages lead through all others."""
    monkeypatch.setattr("stamkunde.desk.views.customers.SIZE", 2)
    own = CustomField.objects.create(key="own", label="Own", kind=kind, choices=["Gold", "Silver", "Iron"])
    column = {"choice": "text"}.get(kind, kind)
    for name, value in zip("abcd", values, strict=True):
        CustomValue.objects.create(customer=make_customer(name, ""), field=own, **{column: value})
    client = signed_in(world.anna)

    def walked(sort: str) -> str:
        page = client.get(f"/customers/?sort={sort}&columns=custom.own")
        found = "".join(row.name for row in page.context["rows"])
        assert "not filled in are left out" not in page.content.decode()
        rest = client.get(f"/customers/?sort={sort}&columns=custom.own&page={page.context['page'].older}")
        back = client.get(f"/customers/?sort={sort}&columns=custom.own&page={rest.context['page'].newer}")
        assert "".join(row.name for row in back.context["rows"]) == found
        assert "not filled in are left out" in rest.content.decode()
        return found + "".join(row.name for row in rest.context["rows"])

    assert walked("custom.own") == rising
    assert walked("-custom.own") == rising[::-1]


@pytest.mark.parametrize("sort", ["custom.own", "custom.gone", "-custom.", "custom.own__field"])
def test_what_no_index_holds_in_order_is_no_order(world: World, sort: str) -> None:
    CustomField.objects.create(key="own", label="Own", kind="yes_no")

    assert signed_in(world.anna).get(f"/customers/?sort={sort}").status_code == 400


def test_a_list_in_the_order_of_an_own_field_can_be_selected_whole(world: World) -> None:
    own = CustomField.objects.create(key="own", label="Own", kind="number")
    CustomValue.objects.create(customer=world.kari, field=own, number=3)
    world.sven  # noqa: B018
    asked = signed_in(world.liga).get("/customers/count/?sort=-custom.own&exact=1")

    assert asked.content.decode().strip() == "1 customer"
