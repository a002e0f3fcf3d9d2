"""What staff see of points, and what machines are told: the same, with the same rights."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from stamkunde.loyalty.models import ExpiryKind, Membership, PointsRequest
from stamkunde.loyalty.tests.saving import START, days, earn, entered, has, make_member, spend
from stamkunde.loyalty.tests.saving import unwell as points_unwell
from tests.machine import Machine, problem
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    assert points_unwell() == []


@pytest.fixture
def kari(world: World) -> Membership:
    return make_member(world.kari, expiry=ExpiryKind.MONTHS, expiry_after=1)


def page_of(client: object, url: str) -> str:
    return unescape(client.get(url).content.decode())  # type: ignore[attr-defined]


def url_of(member: Membership, rest: str = "") -> str:
    return f"/memberships/{member.pk}/points/{rest}"


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_the_page_tells_what_there_is_and_every_day_with_which_points_end(world: World, kari: Membership):
    # L22
    earn(kari, 1_200, at=START - days(20))
    earn(kari, 30)
    spend(kari, 200)
    client = signed_in(world.ola)

    page = page_of(client, url_of(kari))

    for said in ("1,030", "10,300.00", "Statement", "-200"):
        assert said in page.replace("−", "-"), said
    assert len(re.findall(r"<dt>[^<]*2026", page)) >= 2
    card = page_of(client, reverse("desk:purchases_card", args=[world.kari.pk]))
    assert "1,030 points" in card
    assert url_of(kari) in card


def test_a_correction_on_the_page_is_entered_once(world: World, kari: Membership):
    client = signed_in(world.ola)
    key = key_on(page_of(client, url_of(kari)))
    sent = {"key": key, "points": "50", "reason": "Waited long"}
    for _time in range(2):
        assert client.post(url_of(kari, "corrections/"), sent).status_code == 302

    assert entered(kari) == [("corrected", 50)]
    assert "Waited long" in page_of(client, url_of(kari))


def test_what_would_leave_a_debt_is_refused_then_asked_for_and_approved_by_somebody_else(
    world: World, kari: Membership
):
    # L15
    earn(kari, 40)
    ola, liga = signed_in(world.ola), signed_in(world.liga)
    sent = {"key": "k" * 20, "points": "−100", "reason": "Mistake"}

    refused = ola.post(url_of(kari, "corrections/"), sent)
    assert refused.status_code == 422
    assert "Only 40 points" in unescape(refused.content.decode())
    assert "Mistake" in refused.content.decode()
    assert PointsRequest.objects.count() == 0

    assert ola.post(url_of(kari, "corrections/"), {**sent, "allow_debt": "on"}).status_code == 302
    assert has(kari).available == 40
    asked = PointsRequest.objects.get()
    assert ola.get("/points/requests/").status_code == 403
    assert "Mistake" in page_of(liga, "/points/requests/")

    liga.post(f"/points/requests/{asked.pk}/decision/", {"decision": "approve"})

    assert (has(kari).available, has(kari).debt) == (0, 60)
    assert "No correction waits" in page_of(liga, "/points/requests/")
    assert "60" in page_of(ola, url_of(kari))


def test_whoever_asked_sees_that_somebody_else_has_to_decide(world: World, kari: Membership):
    liga = signed_in(world.liga)
    sent = {"key": "k" * 20, "points": "-5", "reason": "Mistake", "allow_debt": "on"}
    liga.post(url_of(kari, "corrections/"), sent)

    assert "Somebody else has to decide" in page_of(liga, "/points/requests/")
    answer = liga.post(f"/points/requests/{PointsRequest.objects.get().pk}/decision/", {"decision": "approve"})
    assert answer.status_code == 302
    assert entered(kari) == []


def test_a_till_sees_points_and_corrects_none(world: World, kari: Membership):
    client = signed_in(world.anna)
    assert "Correct the points" not in page_of(client, url_of(kari))
    assert client.post(url_of(kari, "corrections/"), {"points": "5"}).status_code == 403
    assert entered(kari) == []


def test_a_member_without_points_reads_a_friendly_page(world: World, kari: Membership):
    page = page_of(signed_in(world.ola), url_of(kari))
    assert "Nothing was earned or used yet" in page
    assert "There are no points that could end" in page


def test_the_report_says_what_is_owed_and_hands_out_its_months(world: World, kari: Membership):
    earn(kari, 1_000, at=START - days(40))
    earn(kari, 500)
    spend(kari, 100)
    kari.programme.refresh_from_db()
    client = signed_in(world.liga)

    page = page_of(client, f"/points/?programme={kari.programme_id}")
    file = client.get(f"/points/file/?programme={kari.programme_id}")

    assert "Points earned by month" in page
    rows = file.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Month,Earned,Used,Expired,Corrected"
    assert rows[-1].startswith("2026-03,500,100,")
    assert client.get("/points/file/?programme=999").status_code == 200


def test_a_shop_without_a_programme_reads_why_there_is_no_report(world: World):
    assert "No programme is open yet" in page_of(signed_in(world.liga), "/points/")
    rows = signed_in(world.liga).get("/points/file/").content.decode("utf-8-sig").splitlines()
    assert rows == ["Month,Earned,Used,Expired,Corrected"]


def test_a_statement_asks_no_more_for_more_rows(world: World, kari: Membership, django_assert_max_num_queries: object):
    client = signed_in(world.ola)
    for _time in range(3):
        earn(kari, 1)
    page_of(client, url_of(kari))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        page_of(client, url_of(kari))
    for _time in range(30):
        earn(kari, 1)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        page = page_of(client, url_of(kari))
    assert "page=" in page


def test_machines_read_use_and_correct_points_once(world: World, kari: Membership):
    # L7, L10, D7
    earn(kari, 100)
    machine = Machine(world.liga)
    at = f"/memberships/{kari.pk}/points"
    told = machine.get(at).json()
    assert (told["available"], told["worth"], told["ending"]) == (100, 100_000, [{"day": "2026-04-10", "points": 100}])

    one = {"points": 40, "reference": "Web 1"}
    for _time in range(2):
        answer = machine.post(f"{at}/uses", one, Idempotency_Key="use-1")
        assert answer.status_code == 201
    assert has(kari).available == 60
    short = machine.post(f"{at}/uses", {"points": 61}, Idempotency_Key="use-2")
    assert short.status_code == 409
    assert "60 points" in short.json()["detail"]

    reserved = machine.post(f"{at}/reservations", {"points": 50}, Idempotency_Key="r-1").json()
    assert machine.get(at).json()["reserved"] == 50
    captured = machine.send("PUT", f"/points/reservations/{reserved['id']}/state", {"state": "released"})
    assert captured.json()["state"] == "released"
    assert has(kari).available == 60

    debt = machine.post(f"{at}/corrections", {"points": -100, "reason": "x"}, Idempotency_Key="c-1")
    problem(debt, 409, "needs_second_person")
    asked = machine.post(
        f"{at}/corrections", {"points": -100, "reason": "x", "allow_debt": True}, Idempotency_Key="c-2"
    ).json()
    assert asked["transaction"] is None
    own = machine.send("PUT", f"/points/requests/{asked['request']['id']}/decision", {"approve": True})
    assert own.status_code == 422
    assert has(kari).available == 60
    kinds = [row["kind"] for row in machine.get(f"{at}/transactions").json()["items"]]
    assert kinds == ["released", "reserved", "used", "earned"]
    report = machine.get(f"/programmes/{kari.programme_id}/points").json()
    assert (report["available"], report["liability"]) == (60, 60_000)
