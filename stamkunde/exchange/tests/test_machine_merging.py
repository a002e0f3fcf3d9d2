"""Duplicates over the door for machines: found, told apart, made one, followed by an old number, taken apart."""

import pytest

from stamkunde.customers.actions.pairs import FoundPair, note_pairs, tell_apart
from stamkunde.customers.models import Customer, HitList, LikelyPair, Merge, PairState
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.kit.actor import SYSTEM
from tests.machine import Machine, problem
from tests.world import World, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world.ola)


@pytest.fixture
def twins() -> tuple[Customer, Customer]:
    first = make_customer("Kari", "Nordmann", phone="+4791234567", email="kari@example.org")
    return first, make_customer("Kari", "Nordman", phone="+4791234567")


def pair_of(twins: tuple[Customer, Customer]) -> LikelyPair:
    note_pairs([FoundPair(twins[0].pk, twins[1].pk, 0.97, ("phone", "family_near"))])
    return LikelyPair.objects.get()


def test_likely_pairs_are_listed_with_what_speaks_for_them(machine: Machine, twins) -> None:
    pair = pair_of(twins)

    (told,) = machine.get("/customers/duplicates").json()["items"]

    assert (told["id"], told["likelihood"], told["reasons"]) == (pair.pk, 0.97, ["phone", "family_near"])
    assert {told["first"]["id"], told["second"]["id"]} == {one.pk for one in twins}


def test_who_was_in_the_pairs_a_program_was_shown_is_written_down(machine: Machine, twins) -> None:
    pair_of(twins)
    machine.get("/customers/duplicates")

    (row,) = HitList.objects.all()
    assert {int(number) for number in row.shown.split()} == {one.pk for one in twins}

    tell_apart(LikelyPair.objects.get(), by=SYSTEM)
    machine.get("/customers/duplicates")

    assert HitList.objects.count() == 1


def test_two_people_are_told_apart_and_that_can_be_taken_back(machine: Machine, twins) -> None:
    pair = pair_of(twins)

    assert machine.post(f"/customers/duplicates/{pair.pk}/verdicts", {"verdict": "distinct"}).status_code == 200
    assert machine.get("/customers/duplicates").json()["items"] == []

    assert machine.post(f"/customers/duplicates/{pair.pk}/questions").json()["state"] == PairState.OPEN
    assert len(machine.get("/customers/duplicates").json()["items"]) == 1


def test_a_pair_that_is_put_off_comes_back_on_its_day(machine: Machine, twins) -> None:
    pair = pair_of(twins)

    told = machine.post(f"/customers/duplicates/{pair.pk}/verdicts", {"verdict": "later"}).json()

    assert (told["state"], told["until"] is not None) == (PairState.LATER, True)
    assert machine.get("/customers/duplicates").json()["items"] == []


def test_two_become_one_as_chosen_and_the_old_number_leads_on(machine: Machine, twins) -> None:
    kari, other = twins
    preview = machine.post(f"/customers/{kari.pk}/merges/previews", {"other_id": other.pk}).json()
    assert [choice["name"] for choice in preview["choices"]] == ["family_name"]

    made = machine.post(
        f"/customers/{kari.pk}/merges",
        {
            "other_id": other.pk,
            "choices": {"family_name": "merged"},
            "survivor_version": preview["survivor_version"],
            "merged_version": preview["merged_version"],
        },
    )

    assert made.status_code == 201, made.content
    assert machine.get(f"/customers/{kari.pk}").json()["family_name"] == "Nordman"
    led = machine.get(f"/customers/{other.pk}/timeline?limit=5")
    told = problem(led, 307, "merged")
    assert led["Location"] == f"/api/v1/customers/{kari.pk}/timeline?limit=5"
    assert (told["merged_id"], told["survivor_id"]) == (other.pk, kari.pk)
    assert machine.client.get(led["Location"], headers={"Authorization": f"Bearer {machine.secret}"}).status_code == 200


def test_a_merge_is_taken_apart_and_both_are_who_they_were(machine: Machine, twins) -> None:
    kari, other = twins
    made = machine.post(f"/customers/{kari.pk}/merges", {"other_id": other.pk}).json()
    note = machine.post(f"/customers/{kari.pk}/notes", {"text": "Likes the green tea"})
    assert note.status_code == 201, note.content
    (later,) = machine.get(f"/customers/{kari.pk}/merges/{made['id']}").json()["later"]

    undone = machine.post(
        f"/customers/{kari.pk}/merges/{made['id']}/undoings",
        {"later": {later["kind"]: [row["id"] for row in later["rows"]]}},
    )

    assert undone.status_code == 200, undone.content
    assert undone.json()["undone_at"] is not None
    assert machine.get(f"/customers/{other.pk}").json()["family_name"] == "Nordman"
    assert [one["text"] for one in machine.get(f"/customers/{other.pk}/notes").json()["items"]] == [
        "Likes the green tea"
    ]
    assert machine.get(f"/customers/{kari.pk}/notes").json()["items"] == []
    assert LikelyPair.objects.get().state == PairState.DISTINCT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"other_id": 999_999}, "other_id"),
        ({"other_id": "self"}, "other_id"),
        ({"other_id": "other", "choices": {"password": "merged"}}, "choices.password"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(machine: Machine, twins, body, field) -> None:
    kari, other = twins
    sent = {**body, "other_id": {"self": kari.pk, "other": other.pk}.get(body["other_id"], body["other_id"])}

    with nothing_changes():
        told = problem(machine.post(f"/customers/{kari.pk}/merges", sent), 422, "invalid")

    assert told["errors"][0]["field"] == field
    assert not Merge.objects.exists()


def test_choosing_from_what_has_changed_meanwhile_is_refused(machine: Machine, twins) -> None:
    kari, other = twins
    preview = machine.post(f"/customers/{kari.pk}/merges/previews", {"other_id": other.pk}).json()
    machine.patch(f"/customers/{other.pk}", {"given_name": "Karin"})

    with nothing_changes():
        sent = {"other_id": other.pk, "merged_version": preview["merged_version"]}
        problem(machine.post(f"/customers/{kari.pk}/merges", sent), 412, "stale")


def test_whoever_may_not_merge_is_refused(world: World, twins) -> None:
    till = Machine(world.anna)
    kari, other = twins

    with nothing_changes():
        problem(till.post(f"/customers/{kari.pk}/merges", {"other_id": other.pk}), 403, "forbidden")
        problem(till.get("/customers/duplicates"), 403, "forbidden")


def test_merging_twice_is_merging_once(machine: Machine, twins) -> None:
    kari, other = twins
    first = machine.post(f"/customers/{kari.pk}/merges", {"other_id": other.pk}).json()

    again = machine.post(f"/customers/{kari.pk}/merges", {"other_id": other.pk})

    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert Merge.objects.count() == 1
