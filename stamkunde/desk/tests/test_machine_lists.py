"""The desk's lists, views, changes of many, day's work and audit over the door for machines: as on the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stamkunde.accounts.roles import Role
from stamkunde.customers.models import Customer, HitList
from stamkunde.customers.values import AddressValues
from stamkunde.desk.models import BulkChange, ContactPutOff, SavedView
from stamkunde.jobs.models import Job, JobState
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World, make_customer, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(world: World) -> Machine:
    return Machine(make_staff("Lena", Role.LEAD, world.store))


def in_town(name: str, town: str) -> Customer:
    return make_customer(name, "Berg", addresses=(AddressValues(town=town, country="NO"),))


def names(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["given_name"] for one in response.json()["items"]]


def test_customers_are_listed_filtered_ordered_and_paged(lead: Machine) -> None:
    for name, town in (("Anne", "Oslo"), ("Berit", "Bergen"), ("Cecilie", "Oslo"), ("Dag", "Moss")):
        in_town(name, town)

    assert names(lead.get("/customers?f=town:is:Oslo")) == ["Anne", "Cecilie"]
    assert names(lead.get("/customers?f1=town:is:Moss&f1=town:is:Bergen&sort=-name")) == ["Dag", "Berit"]
    assert names(lead.get("/customers?q=cecilie+berg")) == ["Cecilie"]
    first = lead.get("/customers?limit=3").json()
    assert names(lead.get(f"/customers?limit=3&mark={first['next']}")) == ["Dag"]
    assert lead.get("/customers/count?f=town:is:Oslo").json() == {"number": 2, "is_more": False}


def shown() -> list[set[int]]:
    return [{int(number) for number in row.shown.split()} for row in HitList.objects.order_by("pk")]


def test_whom_a_program_was_shown_is_written_down(lead: Machine) -> None:
    anne, berit = in_town("Anne", "Oslo"), in_town("Berit", "Bergen")
    lead.get("/customers?f=town:is:Oslo")
    lead.get("/customers/search?q=berit")
    lead.post("/customers/duplicates", {"given_name": "Anne", "family_name": "Berg"})
    lead.get("/customers?f=town:is:Moss")

    assert shown() == [{anne.pk}, {berit.pk}, {anne.pk}]
    assert set(HitList.objects.values_list("role", flat=True)) == {Role.LEAD}
    assert HitList.objects.exclude(actor_label="Test (Lena)").count() == 0


def test_what_there_is_to_filter_by_is_told(lead: Machine) -> None:
    told = lead.get("/customers/filters").json()

    town = next(one for one in told["items"] if one["name"] == "town")
    assert {"name": "is", "takes_value": True} in town["operators"]
    assert {"name", "-last_visit"} <= set(told["sorts"])


@pytest.mark.parametrize(
    "query",
    [
        "f=password:is:x",
        "f=owner__password__startswith:is:x",
        "f=_connector:is:OR",
        "f=town__startswith:is:x",
        "f=town.name:is:x",
        "f=town:regex:.*",
        "f=visits:at_least:1e400",
        "f=language:is:'%20OR%201=1--",
        "f=town",
        "sort=password",
        "sort=custom.%27",
        "sort=town__name",
    ],
)
def test_a_filter_or_an_order_that_is_not_declared_is_refused(lead: Machine, query: str) -> None:
    make_customer()

    problem(lead.get(f"/customers?{query}"), 400, "unknown_filter")


def test_a_wildcard_is_a_letter_like_any_other(lead: Machine) -> None:
    in_town("Anne", "Oslo")

    assert names(lead.get("/customers?f=town:starts:%25")) == []
    assert names(lead.get("/customers?f=town:starts:_slo")) == []


def test_whoever_may_not_see_customers_lists_none(world: World) -> None:
    problem(Machine(world.eve).get("/customers"), 403, "forbidden")


def test_a_view_is_kept_asked_for_changed_and_removed(lead: Machine) -> None:
    in_town("Anne", "Oslo")
    in_town("Berit", "Bergen")
    made = lead.post("/customers/views", {"name": "In Oslo", "filters": [{"condition": "town:is:Oslo"}]})
    assert made.status_code == 201, made.content
    key = made.json()["key"]

    assert names(lead.get(f"/customers?view={key}")) == ["Anne"]
    assert "In Oslo" in [view["name"] for view in lead.get("/customers/views").json()["items"]]
    changed = lead.put(f"/customers/views/{key}", {"filters": [{"condition": "town:is:Bergen"}], "sort": "-created"})
    assert (changed.json()["sort"], names(lead.get(f"/customers?view={key}"))) == ("-created", ["Berit"])
    assert lead.put("/customers/views/first", {"key": key}).json() == {"key": key}
    assert lead.delete(f"/customers/views/{key}").status_code == 204
    problem(lead.get(f"/customers/views/{key}"), 404, "not_found")


def test_a_view_is_shared_only_by_whom_that_is_given_to(world: World, lead: Machine) -> None:
    till = Machine(world.anna)

    problem(till.post("/customers/views", {"name": "Mine", "is_shared": True}), 403, "forbidden")
    assert not SavedView.objects.exists()

    shared = lead.post("/customers/views", {"name": "All", "is_shared": True}).json()
    own = lead.post("/customers/views", {"name": "Own"}).json()
    problem(till.put(f"/customers/views/{shared['id']}", {"sort": "-name"}), 404, "not_found")
    problem(till.get(f"/customers/views/{own['id']}"), 404, "not_found")
    assert SavedView.objects.get(pk=shared["id"]).sort == "name"


def test_a_view_of_what_cannot_be_filtered_is_refused(lead: Machine) -> None:
    problem(lead.post("/customers/views", {"name": "X", "filters": [{"condition": "pin:is:1"}]}), 400, "unknown_filter")
    assert not SavedView.objects.exists()


def test_some_customers_are_changed_at_once_and_back(lead: Machine) -> None:
    people = [make_customer("Anne"), make_customer("Berit")]

    made = lead.post(
        "/customers/changes", {"kind": "language", "language": "sv", "customer_ids": [one.pk for one in people]}
    )

    assert made.status_code == 202, made.content
    told = made.json()
    assert (told["state"], told["changed"], told["may_be_undone"]) == ("done", 2, True)
    assert set(Customer.objects.values_list("language", flat=True)) == {"sv"}
    back = lead.post(f"/customers/changes/{told['id']}/undoings").json()
    assert (back["state"], back["taken_back"]) == ("undone", 2)
    assert set(Customer.objects.values_list("language", flat=True)) == {""}


def test_everybody_of_a_list_is_changed_by_work_that_can_be_stopped(lead: Machine) -> None:
    in_town("Anne", "Oslo")

    told = lead.post(
        "/customers/changes",
        {"kind": "trash", "everybody": True, "filters": [{"condition": "town:is:Oslo"}]},
    ).json()

    assert told["state"] == "waiting"
    stopped = lead.post(f"/customers/changes/{told['id']}/cancellation").json()
    assert stopped["state"] == "stopped"
    assert Job.objects.get().state == JobState.CANCELLED
    assert Customer.objects.present().count() == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "trash"}, 422, "customer_ids"),
        ({"kind": "trash", "customer_ids": [1], "everybody": True}, 422, "customer_ids"),
        ({"kind": "trash", "customer_ids": []}, 422, "customer_ids"),
        ({"kind": "trash", "customer_ids": [999_999]}, 422, "customer_ids.0"),
        ({"kind": "note", "customer_ids": "KARI"}, 422, "text"),
        ({"kind": "put_off", "customer_ids": "KARI", "until": "2020-01-01"}, 422, "until"),
        ({"kind": "store", "customer_ids": "KARI", "store_id": 999_999}, 422, "store_id"),
        ({"kind": "language", "customer_ids": "KARI", "language": "xx"}, 422, "language"),
        ({"kind": "own_field", "customer_ids": "KARI", "field": "none"}, 422, "field"),
        ({"kind": "erase", "customer_ids": "KARI"}, 422, "kind"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nobody_is_changed(lead, world, body, status, field) -> None:
    kari = world.kari
    before = Customer.objects.values().get(pk=kari.pk)
    sent = {**body, "customer_ids": [kari.pk]} if body.get("customer_ids") == "KARI" else body

    told = problem(lead.post("/customers/changes", sent), status, "invalid")

    assert told["errors"][0]["field"] == field
    assert not BulkChange.objects.exists()
    assert Customer.objects.values().get(pk=kari.pk) == before


def test_too_many_numbers_at_once_are_too_many(lead: Machine) -> None:
    body = {"kind": "trash", "customer_ids": list(range(1, 100_001))}

    problem(lead.post("/customers/changes", body), 413, "too_large")
    assert not BulkChange.objects.exists()


def test_a_role_and_a_scope_bound_what_is_done_with_many(world: World) -> None:
    kari, till = world.kari, Machine(world.anna)
    reader = Machine(world.liga, ("customers:read", "desk:write"))

    for machine, body in (
        (till, {"kind": "trash", "customer_ids": [kari.pk]}),
        (till, {"kind": "language", "language": "nb", "everybody": True}),
        (reader, {"kind": "language", "language": "nb", "customer_ids": [kari.pk]}),
    ):
        problem(machine.post("/customers/changes", body), 403, "forbidden")
    assert not BulkChange.objects.exists()


def test_a_file_of_a_list_is_asked_for_with_a_reason(lead: Machine, world: World) -> None:
    kari = world.kari

    asked = lead.post("/customers/exports", {"format": "csv", "reason": "Letters", "customer_ids": [kari.pk]})

    assert asked.status_code == 202, asked.content
    assert lead.get(f"/exports/{asked.json()['export_id']}").json()["reason"] == "Letters"
    problem(lead.post("/customers/exports", {"format": "exe", "reason": "Letters", "everybody": True}), 422, "invalid")
    problem(
        Machine(world.anna).post("/customers/exports", {"format": "csv", "reason": "Letters", "everybody": True}),
        403,
        "forbidden",
    )


def test_who_is_due_is_put_off_and_comes_back(lead: Machine, world: World) -> None:
    today = timezone.localdate()
    kari = world.kari
    Customer.objects.filter(pk=kari.pk).update(next_visit_expected_on=today - timedelta(days=2), visits=5)
    assert [one["customer_id"] for one in lead.get("/customers/due").json()["items"]] == [kari.pk]
    assert [one["customer_id"] for one in lead.get("/today").json()["due"]] == [kari.pk]

    until = (today + timedelta(days=9)).isoformat()
    assert lead.put(f"/customers/{kari.pk}/put-off", {"until": until}).json()["put_off_until"] == until
    assert lead.get("/customers/due").json()["items"] == []

    assert lead.delete(f"/customers/{kari.pk}/put-off").status_code == 204
    assert len(lead.get("/customers/due").json()["items"]) == 1
    assert lead.post(f"/customers/{kari.pk}/contacts").json()["put_off_until"] > today.isoformat()
    assert lead.get("/customers/due").json()["items"] == []


def test_a_day_that_is_over_is_no_day_to_put_off_to(lead: Machine, world: World) -> None:
    told = problem(lead.put(f"/customers/{world.kari.pk}/put-off", {"until": "2020-01-01"}), 422, "invalid")

    assert told["errors"][0]["field"] == "until"
    assert not ContactPutOff.objects.exists()


def test_today_tells_no_more_than_the_token_may_know(world: World) -> None:
    Customer.objects.filter(pk=world.kari.pk).update(next_visit_expected_on=timezone.localdate())

    told = Machine(world.eve).get("/today").json()

    assert (told["due"], told["birthdays"], told["newcomers"]) == ([], [], [])


def test_the_audit_tells_who_did_what_and_no_customer_to_whom_that_is_closed(lead: Machine, world: World) -> None:
    kari = world.kari
    accountant = Machine(make_staff("Nils", Role.ACCOUNTANT))

    (made,) = lead.get(f"/audit?customer_id={kari.pk}").json()["items"]
    assert (made["name"], made["customer_id"]) == ("customers.customer_created", kari.pk)
    problem(accountant.get(f"/audit?customer_id={kari.pk}"), 400, "unreadable")
    told = accountant.get("/audit").json()["items"]
    assert {one["customer_id"] for one in told} == {None}
    assert not any("Kari" in one["sentence"] for one in told)
    assert lead.get(f"/audit?since={(now() + timedelta(days=2)).date()}").json()["items"] == []
