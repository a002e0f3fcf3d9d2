"""The list of customers: pages, orders, filters, columns, search and preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stamkunde.customers.actions import record_consent, trash_customer, write_note
from stamkunde.customers.models import (
    Address,
    ConsentChannel,
    ConsentState,
    Customer,
    CustomField,
    CustomValue,
    LookUp,
    LookUpPurpose,
)
from stamkunde.customers.values import AddressValues, ConsentValues
from stamkunde.desk import list_query
from stamkunde.desk.list_filters import customer_filters
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.models import PurchaseSummary
from tests.world import World, make_customer, signed_in


def names(client: Client, query: str = "") -> list[str]:
    """Return the names in the rows, in order."""
    response = client.get(f"/customers/?{query}")
    assert response.status_code == 200, response.content.decode()
    return [row.name for row in response.context["rows"]]


def make_many(number: int, **columns: Any) -> list[Customer]:
    now = timezone.now()
    return Customer.objects.bulk_create(
        Customer(given_name=f"Person {place:03}", sort_name=f"person {place:03}", words="", created_at=now, **columns)
        for place in range(number)
    )


def test_everybody_stands_in_the_list_by_name(world: World) -> None:
    world.sven, world.kari, world.janis  # noqa: B018

    assert names(signed_in(world.anna)) == ["Jānis Bērziņš", "Sven Karlsson", "Kari Nordmann"]


def test_who_is_in_the_trash_is_not_in_the_list(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)

    assert names(signed_in(world.anna)) == []


@pytest.mark.parametrize("asked", ["", "&f=birthday:is:5"], ids=["everybody", "a few"])
@pytest.mark.parametrize("sort", list(list_query.SORTS))
def test_the_pages_of_every_order_hold_everybody_once_even_with_equal_values(
    world: World, sort: str, asked: str
) -> None:
    today = timezone.localdate()
    came = {"visits": 3, "last_visit_at": timezone.now(), "next_visit_expected_on": today}
    people = make_many(70, home_store=world.store, birth_day=512, **came)
    PurchaseSummary.objects.bulk_create(
        PurchaseSummary(customer=one, currency="NOK", net=100, orders=1) for one in people
    )
    client = signed_in(world.anna)
    seen: list[int] = []
    mark = ""
    while True:
        response = client.get(f"/customers/?sort={sort}{asked}&page={mark}")
        seen += [row.id for row in response.context["rows"]]
        mark = response.context["page"].older
        if not mark:
            break

    assert sorted(seen) == sorted(one.pk for one in people)
    assert len(response.context["rows"]) == 20


def test_the_page_before_is_the_one_that_was_there(world: World) -> None:
    make_many(110)
    client = signed_in(world.anna)
    first = client.get("/customers/")
    second = client.get(f"/customers/?page={first.context['page'].older}")
    back = client.get(f"/customers/?page={second.context['page'].newer}")

    assert [row.id for row in back.context["rows"]] == [row.id for row in first.context["rows"]]


@pytest.mark.parametrize("mark", ["nonsense", "e30", "WyJvbGRlciIsICJwayIsIDAsIDEsIDFd"])
def test_a_page_mark_that_was_not_made_here_is_answered_with_a_sentence(world: World, mark: str) -> None:
    response = signed_in(world.anna).get(f"/customers/?page={mark}")

    assert response.status_code == 400
    assert "no longer there" in response.content.decode()


@pytest.mark.parametrize(
    "query",
    ["f=password:is:x", "f=town__in:is:x", "f=visits:at_least:x", "sort=password", "sort=-pk", "columns=password"],
)
def test_what_the_list_does_not_know_is_refused(world: World, query: str) -> None:
    client = signed_in(world.anna)
    for address in (f"/customers/?{query}", f"/customers/count/?{query}"):
        response = client.get(address)
        assert response.status_code == 400
        assert "Nothing was changed" in response.content.decode()


def test_the_list_is_narrowed_by_town_visits_and_language(world: World) -> None:
    make_customer("Anne", "Oslo", language="nb", addresses=(AddressValues(town="Oslo", postcode="0150"),))
    make_customer("Berit", "Bergen", language="nb", addresses=(AddressValues(town="Bergen", postcode="5003"),))
    make_customer("Carl", "Oslo", language="sv", addresses=(AddressValues(town="OSLO", postcode="0151"),))
    Customer.objects.filter(given_name="Anne").update(visits=5)
    client = signed_in(world.anna)

    assert names(client, "f=town:is:oslo") == ["Anne Oslo", "Carl Oslo"]
    assert names(client, "f=town:is_not:Oslo") == ["Berit Bergen"]
    assert names(client, "f=town:is:Oslo&f=visits:at_least:5") == ["Anne Oslo"]
    assert names(client, "f1=town:is:Bergen&f1=language:is:sv") == ["Berit Bergen", "Carl Oslo"]
    assert names(client, "f=postcode:starts:01") == ["Anne Oslo", "Carl Oslo"]
    assert names(client, "f=postcode:starts:0%") == []


def test_the_list_is_narrowed_by_days(world: World) -> None:
    now, today = timezone.now(), timezone.localdate()
    for name, days in (("Now", 0), ("Lately", 20), ("Long", 400)):
        one = make_customer(name, "Person")
        Customer.objects.filter(pk=one.pk).update(
            last_visit_at=now - timedelta(days=days), next_visit_expected_on=today - timedelta(days=days - 10)
        )
    make_customer("Never", "Person")
    client = signed_in(world.anna)

    assert names(client, "f=last_visit:within_last:30") == ["Lately Person", "Now Person"]
    assert names(client, "f=last_visit:not_for:30") == ["Long Person"]
    assert names(client, "f=last_visit:empty:") == ["Never Person"]
    assert names(client, "f=next_visit:overdue:") == ["Lately Person", "Long Person"]
    assert names(client, "f=next_visit:within_next:14") == ["Now Person"]


def test_the_list_is_narrowed_by_money_consent_contact_and_own_fields(world: World) -> None:
    kari, sven = world.kari, world.sven
    PurchaseSummary.objects.create(customer=kari, currency="NOK", net=150_000, orders=2, bought=150_000)
    PurchaseSummary.objects.create(customer=sven, currency="SEK", net=900_000, orders=2, bought=900_000)
    for one, state in ((sven, ConsentState.GIVEN), (sven, ConsentState.WITHDRAWN), (kari, ConsentState.GIVEN)):
        answer = ConsentValues(channel=ConsentChannel.EMAIL, state=state, evidence="said so")
        record_consent(one.pk, answer, by=SYSTEM)
    shoes = CustomField.objects.create(key="shoes", label="Shoes", kind="number")
    CustomValue.objects.create(customer=kari, field=shoes, number=42)
    client = signed_in(world.anna)

    assert names(client, "f=spent:at_least:1000 NOK") == ["Kari Nordmann"]
    assert names(client, "f=consent:is:email") == ["Kari Nordmann"]
    assert names(client, "f=consent:is_not:email") == ["Sven Karlsson"]
    assert names(client, "f=phone:yes:") == ["Kari Nordmann"]
    assert names(client, "f=phone:no:") == ["Sven Karlsson"]
    assert names(client, "f=custom.shoes:at_least:40") == ["Kari Nordmann"]
    assert names(client, "f=custom.shoes:empty:") == ["Sven Karlsson"]


def test_a_filter_finds_the_same_whether_few_or_many_fit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_many(30, visits=2)
    Customer.objects.filter(given_name="Person 007").update(visits=9)
    client = signed_in(world.anna)
    asked = "f=visits:at_least:5&sort=-created"
    few = names(client, asked)
    monkeypatch.setattr(list_query, "FEW", 0)

    assert names(client, asked) == few == ["Person 007"]


@pytest.mark.parametrize(
    "asked",
    [
        "f=town:is:Oslo",
        "f=town:is_not:Oslo",
        "f=town:starts:Os&f=visits:at_least:2",
        "f1=town:is:Oslo&f1=town:is:Bergen",
        "f1=town:is:Oslo&f1=language:is:sv",
        "f1=town:empty:&f1=visits:at_least:9",
        "f=language:is_not:nb&f=kind:is:person",
        "f=store:is:{store}",
        "f=store:is_not:{store}&f1=birthday:is:5&f1=town:is:Bergen",
        "f=last_visit:empty:",
        "f=last_visit:filled:&f1=birthday:is:5&f1=visits:at_most:1",
        "f=created:within_last:30&f=birthday:is:5",
    ],
)
def test_each_filter_finds_the_same_in_every_order_whether_few_or_many_fit(
    world: World, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    make_many(12, visits=3)
    people = list(Customer.objects.order_by("pk"))
    for place, person in enumerate(people):
        person.visits, person.language = place, ("nb", "sv", "lv")[place % 3]
        person.home_store = world.store if place % 2 else None
        person.birth_day = 500 + place if place % 4 == 0 else None
        person.last_visit_at = timezone.now() - timedelta(days=place) if place % 3 else None
        person.save()
        Address.objects.filter(customer=person).delete()
        if place % 5:
            Address.objects.create(customer=person, town=("Oslo", "Bergen")[place % 2], postcode="0181")
    client = signed_in(world.anna)
    asked = asked.format(store=world.store.pk)
    few = {sort: names(client, f"{asked}&sort={sort}") for sort in ("name", "-created", "-last_visit", "visits")}
    monkeypatch.setattr(list_query, "FEW", -1)
    many = {sort: names(client, f"{asked}&sort={sort}") for sort in few}

    assert few == many
    assert few["name"]
    assert len(few["name"]) < len(people)
    assert sorted(few["name"]) == sorted(few["-created"]) == sorted(few["visits"])


def test_two_towns_are_asked_for_together(world: World) -> None:
    # Two questions would cost PostgreSQL the numbers of everybody who lives in either.
    filters = customer_filters([]).read([("f1", "town:is:Oslo"), ("f1", "town:is:Bergen"), ("f1", "language:is:lv")])

    assert str(Customer.objects.filter(filters.condition()).query).count('FROM "customers_address"') == 1


def test_somebody_is_found_in_the_list_by_a_misspelt_name(world: World) -> None:
    world.kari, world.sven  # noqa: B018

    assert names(signed_in(world.anna), "q=Nordman") == ["Kari Nordmann"]


def test_only_the_columns_chosen_are_shown_and_asked_for(world: World, django_assert_max_num_queries: Any) -> None:
    world.kari  # noqa: B018
    client = signed_in(world.anna)
    client.get("/customers/")
    with django_assert_max_num_queries(30) as wide:
        client.get("/customers/?columns=town,phone,email,spent,store")
    with django_assert_max_num_queries(30) as narrow:
        response = client.get("/customers/?columns=visits")

    assert len(narrow) == len(wide) - 6
    assert [head.column.name for head in response.context["heads"]] == ["visits"]


def test_the_list_costs_no_more_than_twelve_queries(world: World, django_assert_max_num_queries: Any) -> None:
    make_many(60)
    client = signed_in(world.anna)
    client.get("/customers/")

    for query in ("", "sort=-spent", "view=due", "f=town:is:Oslo", "columns=town,phone,email,store,spent"):
        with django_assert_max_num_queries(12):
            client.get(f"/customers/?{query}")


def test_a_long_list_asks_no_more_than_a_short_one(world: World) -> None:
    client = signed_in(world.anna)
    client.get("/customers/")

    def asked(number: int) -> int:
        make_many(number)
        with CaptureQueriesContext(connection) as counted:
            client.get("/customers/")
        return len(counted)

    assert asked(6) == asked(33)


def test_the_number_is_counted_no_further_than_a_thousand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_many(12)
    client = signed_in(world.anna)

    assert client.get("/customers/count/").content.decode().strip() == "12 customers"
    monkeypatch.setattr(list_query, "COUNTED", 10)
    monkeypatch.setattr("stamkunde.desk.views.customers.COUNTED", 10)
    assert client.get("/customers/count/").content.decode().strip() == "1,000+ customers"


def test_a_preview_is_written_down_and_opens_by_address_too(world: World) -> None:
    kari = world.kari
    response = signed_in(world.anna).get(f"/customers/?peek={kari.pk}")

    assert "Kari Nordmann" in response.content.decode().split('id="panel"')[1]
    assert LookUp.objects.get().purpose == LookUpPurpose.PEEK


def test_whoever_may_see_no_customer_sees_none_anywhere(world: World) -> None:
    kari = world.kari
    client = signed_in(world.eve)
    refused = ["/customers/", f"/customers/{kari.pk}/", f"/customers/{kari.pk}/peek/", "/customers/count/"]

    assert [client.get(address).status_code for address in refused] == [403] * 4
    for address in ("/", "/palette/", "/palette/?q=Kari", "/palette/?q=@Kari", "/search/?q=Nord", "/settings/"):
        assert "Nordmann" not in client.get(address).content.decode(), address
    assert not LookUp.objects.exists()


def test_a_filter_is_made_in_steps_without_scripts(world: World) -> None:
    client = signed_in(world.anna)
    assert "Town" in client.get("/customers/filter/").content.decode()
    assert "begins with" in client.get("/customers/filter/?field=town").content.decode()
    wrong = client.get("/customers/filter/?field=visits&operator=at_least&value=many")
    right = client.get("/customers/filter/?field=visits&operator=at_least&value=3")

    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    assert right.status_code == 302
    assert "f=visits%3Aat_least%3A3" in right["Location"]


def test_a_filter_made_as_an_alternative_joins_the_one_before(world: World) -> None:
    client = signed_in(world.anna)
    made = client.get(
        "/customers/filter/?f=town:is:Oslo&sort=name&field=language&operator=is&value=sv&is_alternative=on",
        headers={"HX-Request": "true"},
    )

    assert made.status_code == 204
    assert "f1=town%3Ais%3AOslo&f1=language%3Ais%3Asv" in made["HX-Redirect"]


def test_an_amount_without_a_currency_is_in_the_shops(world: World) -> None:
    made = signed_in(world.anna).get("/customers/filter/?field=spent&operator=at_least&value=500")

    assert "spent%3Aat_least%3A500+NOK" in made["Location"]


def test_what_people_wrote_is_never_taken_for_markup(world: World) -> None:
    sly = make_customer("<img src=x onerror=1>", '"><script>', addresses=(AddressValues(town="<b>Oslo</b>"),))
    write_note(sly.pk, "<script>alert(1)</script>", by=SYSTEM)
    client = signed_in(world.anna)
    for address in ("/customers/", f"/customers/{sly.pk}/", f"/customers/{sly.pk}/peek/", "/search/?q=script", "/"):
        content = client.get(address).content.decode()
        for markup in ("<img", '"><script>', "<b>Oslo", "<script>alert"):
            assert markup not in content, (address, markup)
