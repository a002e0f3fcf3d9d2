"""The pages and the API of friends and households: what they show, do, and refuse with nothing lost."""

from typing import Any

import pytest
from django.test import Client

from stamkunde.customers.models import Customer
from stamkunde.loyalty.actions.households import share_points
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    HouseholdRules,
    Membership,
    Programme,
    Referral,
    ReferralRules,
)
from stamkunde.loyalty.queries.live import read_programmes_anew
from stamkunde.loyalty.queries.referrals import MOST_WRONG
from stamkunde.loyalty.tests.saving import ANNA, START, make_member, make_programme
from tests.machine import Machine, problem
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def desk(world: World) -> Client:
    return signed_in(world.liga)


@pytest.fixture
def programme(world: World) -> Programme:
    assert world.store.pk
    found = make_programme()
    ReferralRules.objects.create(programme=found, is_on=True, for_referrer=200, for_referee=100, minimum=20_000)
    HouseholdRules.objects.create(programme=found, is_on=True)
    read_programmes_anew()
    return found


def test_the_rules_are_kept_on_the_programmes_page(desk: Client, programme: Programme):
    page = f"/programmes/{programme.pk}/"
    assert b"200 points" in desk.get(page).content
    sent = {
        "friends-is_on": "on", "friends-for_referrer": "300", "friends-for_referee": "0", "friends-minimum": "250,00",
        "friends-within_days": "30", "friends-most_a_month": "2", "friends-version": str(programme.version),
    }  # fmt: skip
    assert desk.post(page + "friends/", sent).status_code == 302
    rules = ReferralRules.objects.get()
    assert (rules.for_referrer, rules.minimum, rules.waits) == (300, 25_000, False)
    # Whoever saw the page before that is told, and nothing typed is lost.
    answer = desk.post(page + "friends/", sent | {"friends-for_referrer": "555"})
    assert (answer.status_code, b"555" in answer.content) == (409, True)
    refused = desk.post(page + "household/", {"household-most_members": "1", "household-version": "9"})
    assert refused.status_code == 422
    assert HouseholdRules.objects.get().most_members == 6


def test_a_members_page_shows_the_code_and_whom_it_brought(desk: Client, programme: Programme):
    anna = make_member(programme=programme)
    ola = Customer.objects.create(given_name="Ola", created_at=START)
    joined = desk.post(
        f"/customers/{ola.pk}/memberships/", {"programme": str(programme.pk), "friend": anna.friend_code}
    )
    assert joined.status_code == 302
    assert desk.post(f"/members/{anna.pk}/friends/").status_code == 302
    said = desk.get(f"/members/{anna.pk}/").content.decode()
    assert f"{anna.friend_code[:5]}-{anna.friend_code[5:]}" in said
    assert "Ola" in said
    listed = desk.get("/members/friends/?state=joined").content.decode()
    assert "Ola" in listed
    assert desk.get("/members/friends/?state=reversed").status_code == 200


def test_a_code_nobody_has_makes_no_member_and_guessing_ends(desk: Client, programme: Programme):
    ola = Customer.objects.create(given_name="Ola", created_at=START)
    anna = make_member(programme=programme)
    sent = {"programme": str(programme.pk), "friend": "AAAAA-AAAAA"}
    for _time in range(MOST_WRONG):
        assert desk.post(f"/customers/{ola.pk}/memberships/", sent).status_code == 302
    # By now a true code is not looked up any more.
    desk.post(f"/customers/{ola.pk}/memberships/", sent | {"friend": anna.friend_code})
    assert not Membership.objects.filter(customer=ola).exists()
    assert not Referral.objects.exists()


def test_a_household_is_kept_on_a_members_page(desk: Client, programme: Programme):
    anna, ola = make_member(programme=programme), make_member(programme=programme)
    page = f"/members/{anna.pk}/household/"
    refused = desk.post(page, {"member": "M9999999999", "agreement": "Said yes"})
    assert (refused.status_code, b"M9999999999" in refused.content) == (422, True)
    assert desk.post(page, {"member": ola.number, "agreement": ""}).status_code == 422
    assert not Household.objects.exists()
    assert desk.post(page, {"member": ola.number, "agreement": "Said yes"}).status_code == 302
    assert b"Said yes" in desk.get(f"/members/{ola.pk}/").content
    assert desk.post(f"/members/{ola.pk}/household/end/").status_code == 302
    assert not HouseholdMember.objects.filter(left_at=None).exists()


def test_a_member_sharing_with_others_costs_few_questions(
    desk: Client, programme: Programme, django_assert_max_num_queries: Any
):
    anna = make_member(programme=programme)
    for _other in range(3):
        share_points(anna, make_member(programme=programme), agreement="Yes", by=ANNA)
    desk.get(f"/members/{anna.pk}/")
    with django_assert_max_num_queries(45):
        desk.get(f"/members/{anna.pk}/")


def test_other_programs_do_the_same(world: World, programme: Programme):
    machine = Machine(world.liga)
    anna, ola = make_member(programme=programme), Customer.objects.create(given_name="Ola", created_at=START)
    code = machine.get(f"/memberships/{anna.pk}/friend-code").json()["code"]
    asked = {"programme_id": programme.pk, "code": code}
    assert machine.post("/friend-codes/lookups", asked).json() == {"holds": True, "for_referee": 100}
    sent = {"customer_id": ola.pk, "programme_id": programme.pk, "friend": code}
    joined = machine.post("/memberships", sent)
    assert joined.status_code == 201
    rows = machine.get(f"/referrals?membership_id={anna.pk}&state=joined").json()["items"]
    assert [row["referee_id"] for row in rows] == [joined.json()["id"]]
    assert machine.post(f"/memberships/{anna.pk}/referrals", {}).json()["state"] == "invited"
    for _time in range(MOST_WRONG):
        problem(machine.post("/friend-codes/lookups", asked | {"code": "AAAAAAAAAA"}), 422, "code_refused")
    problem(machine.post("/friend-codes/lookups", asked), 429, "rate_limited")

    own = f"/memberships/{anna.pk}/household"
    partner = {"membership_id": joined.json()["id"]}
    problem(machine.post(f"{own}/members", partner), 422, "invalid")
    shared = machine.post(f"{own}/members", partner | {"agreement": "Said yes"}).json()
    assert [(one["is_head"], one["agreement"]) for one in shared["members"]] == [
        (True, "Said yes"),
        (False, "Said yes"),
    ]
    assert machine.delete(own).status_code == 204
    assert machine.get(own).json()["members"] == []

    rules = machine.get(f"/programmes/{programme.pk}/friends")
    again = {"is_on": False, "most_a_month": 0}
    assert machine.put(f"/programmes/{programme.pk}/friends", again, if_match=rules["ETag"]).json()["is_on"] is False
    assert machine.put(f"/programmes/{programme.pk}/friends", again, if_match=rules["ETag"]).status_code == 412
    assert machine.get(f"/programmes/{programme.pk}/household").json()["most_members"] == 6
