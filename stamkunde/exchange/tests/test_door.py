"""The door for machines: who gets in, what can be understood in one way only, and that sent twice is done once."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from stamkunde.accounts.actions.staff import change_staff, deactivate_staff, reactivate_staff
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import Customer
from stamkunde.exchange.actions.pace import hand_out
from stamkunde.exchange.actions.replays import UNDER_WAY
from stamkunde.exchange.actions.tokens import end_token
from stamkunde.exchange.api.pace import Paces, paces
from stamkunde.exchange.models import Replay, Token
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World, signed_in

KARI = {"given_name": "Kari", "family_name": "Nordmann"}


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world.liga)


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    paces.forget()


def test_a_machine_makes_a_customer_and_finds_her_by_a_name_half_heard(machine: Machine) -> None:
    made = machine.post("/customers", {**KARI, "contact_points": [{"kind": "phone", "value": "912 34 567"}]})
    assert made.status_code == 201, made.content
    assert made.json()["contact_points"][0]["value"] == "+4791234567"

    response = machine.get("/customers/search?q=kari+nordman")
    assert response.status_code == 200, response.content
    found = response.json()["items"]

    assert [one["customer_id"] for one in found] == [made.json()["id"]]


def test_what_a_machine_does_is_told_as_the_machines_doing(machine: Machine) -> None:
    made = machine.post("/customers", KARI).json()

    (moment,) = machine.get(f"/customers/{made['id']}/timeline").json()["items"]

    assert moment["name"] == "customers.customer_created"
    assert moment["actor"] == "Test (Liga)"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer sk_wrong", "Basic bGlnYTpsaWdh", "Token x"])
def test_without_a_valid_token_nobody_gets_in(header: str, machine: Machine) -> None:
    response = machine.get("/customers/1", Authorization=header)

    problem(response, 401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_whoever_is_signed_in_at_a_browser_is_a_stranger_here(world: World) -> None:
    client = signed_in(world.liga)

    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/customers", KARI, content_type="application/json").status_code == 401
    assert Customer.objects.count() == 0


def test_an_ended_an_expired_and_a_deactivated_token_open_nothing_at_once(world: World) -> None:
    ended, expired, left = (Machine(world.anna), Machine(world.anna), Machine(world.ola))
    for one in (ended, expired, left):
        assert one.get("/me").status_code == 200

    end_token(ended.token, by=world.liga.actor)
    Token.objects.filter(pk=expired.token.pk).update(expires_at=now() - timedelta(seconds=1))
    deactivate_staff(world.ola, by=world.liga.actor)

    for one in (ended, expired, left):
        problem(one.get("/me"), 401, "unauthorized")


@pytest.mark.django_db(transaction=True)
def test_coming_back_does_not_bring_tokens_back(world: World) -> None:
    machine = Machine(world.ola)
    deactivate_staff(world.ola, by=world.liga.actor)
    reactivate_staff(world.ola, by=world.liga.actor)

    problem(machine.get("/me"), 401, "unauthorized")
    assert Token.objects.get(pk=machine.token.pk).ended_at is not None


def test_scopes_narrow_what_the_role_allows(world: World) -> None:
    reader = Machine(world.liga, ("customers:read",))
    world.kari  # noqa: B018 - she comes in

    assert reader.get("/customers/search?q=kari").status_code == 200
    problem(reader.post("/customers", KARI), 403, "forbidden")
    problem(reader.get("/products"), 403, "forbidden")
    assert Customer.objects.count() == 1


def test_a_role_bounds_what_scopes_allow_and_holds_from_the_very_next_request(world: World) -> None:
    machine = Machine(world.ola)
    kari = world.kari
    assert machine.get(f"/customers/{kari.pk}").status_code == 200
    problem(
        machine.post("/stores", {"name": "x", "country": "NO", "currency": "NOK", "zone": "Europe/Oslo"}),
        403,
        "forbidden",
    )

    change_staff(world.ola, name="Ola", role=Role.ANALYST, store=None, by=world.liga.actor)

    problem(machine.get(f"/customers/{kari.pk}"), 403, "forbidden")


def test_what_is_not_there_and_what_may_not_be_seen_are_told_alike(world: World) -> None:
    machine = Machine(world.anna)
    kari = world.kari
    Customer.objects.filter(pk=kari.pk).update(trashed_at=now())

    unseen, missing = machine.get(f"/customers/{kari.pk}"), machine.get("/customers/999999")

    problem(unseen, 404, "not_found")
    assert unseen.content == missing.content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"given_name": "\xff"}', 400),
        (b'{"given_name": "a", "given_name": "b"}', 400),
        (b'{"given_name": NaN}', 400),
        (b'{"birth_date": 1e400}', 400),
        (b'{"birth_date": ' + b"9" * 1_000_000 + b"}", 400),
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b'{"given_name": "\\ud800"}', 400),
        (b'{"\\udfff": 1}', 400),
        (b'{"given_name": "Kari"} x', 400),
        (b'{"given_name": "Ka\\u0000ri"}', 422),
        (b'{"custom": {"a": "Ka\\u0000ri"}}', 422),
        (b'{"given_name": null}', 422),
        (b'{"given_name": ["Kari"]}', 422),
        (b'{"given_name": {"$gt": ""}}', 422),
        (b'{"given_name": 5}', 422),
        (b'{"given_name": "Kari", "home_store_id": "1"}', 422),
        (b'{"given_name": "Kari", "home_store_id": true}', 422),
        (b'{"given_name": "Kari", "home_store_id": 9223372036854775808}', 422),
        (b'{"given_name": "Kari", "home_store_id": 0}', 422),
        (b'{"given_name": "Kari", "birth_date": 19790517}', 422),
        (b'{"given_name": "Kari", "birth_date": "1979-02-30"}', 422),
        (b'{"given_name": "Kari", "consents": [{"channel": "email", "state": "given"}]}', 422),
        (b'[]', 422),
        (b'"Kari"', 422),
        (b'null', 422),
        (b'', 422),
        (b'{}', 422),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_taken_is_refused_and_changes_nothing(machine: Machine, body: bytes, status: int) -> None:
    response = machine.post("/customers", body)

    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert not Customer.objects.exists()


@pytest.mark.parametrize("field", ["id", "is_staff", "points", "version", "created_at", "tenant", "visits", "words"])
def test_a_field_that_is_not_declared_is_refused_by_name(machine: Machine, field: str) -> None:
    told = problem(machine.post("/customers", {**KARI, field: 1}), 422, "invalid")

    assert [error["field"] for error in told["errors"]] == [field]
    assert not Customer.objects.exists()


def test_a_refusal_of_the_house_stands_at_its_field_in_the_language_asked_for(machine: Machine) -> None:
    sent = {**KARI, "contact_points": [{"kind": "email", "value": "kari@"}]}

    told = problem(machine.post("/customers", sent, Accept_Language="nb"), 422, "invalid")

    assert "e-post" in told["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("q=a&q=b", "q"), ("q=a&limit=0", "limit"), ("q=a&limit=1e1", "limit"),
     ("q=%00", "q"), ("q=a&store_id=-1", "store_id"), ("", "q"),
     ("q=a&store_id=1_0", "store_id"), ("q=a&store_id=%2B1", "store_id")],
)  # fmt: skip
def test_a_query_that_means_two_things_or_nothing_is_refused(machine: Machine, query: str, field: str) -> None:
    told = problem(machine.get(f"/customers/search?{query}"), 422, "invalid")

    assert field in [error["field"] for error in told["errors"]]


@pytest.mark.parametrize(
    "name",
    ["name", "limit[]", "owner__password__startswith", "q__startswith", "_connector", "_negated", "q.name", "__"],
)
def test_a_parameter_that_the_address_does_not_know_is_refused_by_name(machine: Machine, name: str) -> None:
    told = problem(machine.get(f"/customers/search?q=a&{name}=b"), 400, "unknown_parameter")

    assert [error["field"] for error in told["errors"]] == [name]


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.0", "9223372036854775808", "1%00", "%D9%A1", "1e3"])
def test_a_number_that_is_none_leads_nowhere(machine: Machine, number: str) -> None:
    assert machine.get(f"/customers/{number}").status_code in {404, 422}


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_an_address_does_not_know_is_answered_with_those_it_knows(machine: Machine, method: str) -> None:
    response = machine.send(method, "/products" if method != "OPTIONS" else "/customers/1", b"")

    problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_a_head_is_a_get_without_its_body(machine: Machine) -> None:
    response = machine.send("HEAD", "/me")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing", "/api/", "/api/v2/customers", "/api/v1/customers/"])
def test_an_address_that_leads_nowhere_is_answered_as_a_problem(path: str, world: World) -> None:
    problem(Client().get(path), 404, "not_found")


def test_another_kind_of_body_and_one_too_large_are_refused(machine: Machine) -> None:
    form = machine.send("POST", "/customers", b"given_name=Kari", Content_Type="application/x-www-form-urlencoded")
    problem(form, 415, "unsupported_media_type")
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        problem(machine.post("/customers", {"given_name": "K" * 200}), 413, "too_large")


def test_a_token_that_hurries_is_told_when_to_go_on(world: World) -> None:
    machine = Machine(world.anna)
    with override_settings(API_REQUESTS_PER_MINUTE=3):
        answers = [machine.get("/me") for _time in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert Machine(world.anna).get("/me").status_code == 200


def test_a_token_has_one_pace_however_many_processes_serve_it(world: World) -> None:
    token = Machine(world.anna).token.pk
    with override_settings(API_REQUESTS_PER_MINUTE=60):
        processes = [Paces() for _process in range(4)]
        granted = sum(one.take(token) == 0 for _round in range(30) for one in processes)

    assert granted == 60


def test_a_pace_comes_back_with_time_and_never_beyond_a_minutes_worth(world: World) -> None:
    token, at = Machine(world.anna).token.pk, now()
    assert hand_out(token, 60, most=60, at=at) == (60, 0.0)

    assert hand_out(token, 10, most=60, at=at)[0] == 0
    assert hand_out(token, 10, most=60, at=at + timedelta(seconds=3)) == (3, 0.0)
    assert hand_out(token, 100, most=60, at=at + timedelta(hours=5)) == (60, 0.0)


def test_a_clock_that_was_turned_back_gives_nothing_away(world: World) -> None:
    token, at = Machine(world.anna).token.pk, now()
    hand_out(token, 60, most=60, at=at)

    assert hand_out(token, 1, most=60, at=at - timedelta(hours=1))[0] == 0
    assert hand_out(token, 60, most=60, at=at + timedelta(seconds=2)) == (2, 0.0)


def test_whoever_reads_is_served_though_the_pace_cannot_be_written(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_args, **_kwargs):
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("stamkunde.exchange.api.pace.hand_out", read_only)

    assert machine.get("/me").status_code == 200


def test_what_breaks_is_noted_and_never_shown(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args, **_kwargs):
        raise RuntimeError("SELECT secret FROM /srv/shop")

    monkeypatch.setattr("stamkunde.customers.api.profile.recognise", broken)

    told = problem(machine.get("/customers/search?q=kari"), 500, "broken")

    assert "secret" not in json.dumps(told)


def test_an_answer_that_is_known_is_not_sent_again(machine: Machine, world: World) -> None:
    first = machine.get(f"/customers/{world.kari.pk}")
    again = machine.get(f"/customers/{world.kari.pk}", If_None_Match=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_change_of_what_somebody_else_has_changed_meanwhile_is_refused(machine: Machine, world: World) -> None:
    seen = machine.get(f"/customers/{world.kari.pk}")["ETag"]
    theirs = machine.patch(f"/customers/{world.kari.pk}", {"family_name": "Hansen"}, If_Match=seen)
    assert theirs.status_code == 200

    mine = machine.patch(f"/customers/{world.kari.pk}", {"title": "Dr"}, If_Match=seen)

    problem(mine, 412, "stale")
    assert Customer.objects.get(pk=world.kari.pk).title == ""
    assert machine.patch(f"/customers/{world.kari.pk}", {"title": "Dr"}, If_Match=theirs["ETag"]).status_code == 200


class TestSendingAgain:
    def test_the_same_request_is_done_once_and_answered_byte_for_byte(self, machine: Machine) -> None:
        first = machine.post("/customers", KARI, Idempotency_Key="k-1")
        again = [machine.post("/customers", KARI, Idempotency_Key="k-1") for _time in range(5)]

        assert "Idempotency-Replayed" not in first
        for answer in again:
            assert (answer.status_code, answer.content, answer["ETag"]) == (201, first.content, first["ETag"])
            assert answer["Idempotency-Replayed"] == "true"
        assert Customer.objects.count() == 1

    def test_another_request_with_the_key_is_refused(self, machine: Machine) -> None:
        machine.post("/customers", KARI, Idempotency_Key="k-1")

        problem(machine.post("/customers", {"given_name": "Ola"}, Idempotency_Key="k-1"), 422, "idempotency_key_reused")
        problem(machine.post("/customer-fields", KARI, Idempotency_Key="k-1"), 422, "idempotency_key_reused")
        assert Customer.objects.count() == 1

    def test_a_refused_request_leaves_its_key_free(self, machine: Machine) -> None:
        problem(machine.post("/customers", {}, Idempotency_Key="k-1"), 422, "invalid")
        assert not Replay.objects.exists()

        assert machine.post("/customers", KARI, Idempotency_Key="k-1").status_code == 201

    @pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\x00b", "æ"])
    def test_a_key_that_is_none_is_refused(self, machine: Machine, key: str) -> None:
        response = machine.client.post(
            "/api/v1/customers",
            json.dumps(KARI),
            content_type="application/json",
            headers={"Authorization": f"Bearer {machine.secret}", "Idempotency-Key": key},
        )

        problem(response, 400, "bad_idempotency_key")
        assert not Customer.objects.exists()

    def test_keys_belong_to_the_owner_so_that_a_new_token_goes_on_with_them(self, world: World) -> None:
        old, new, other = Machine(world.liga), Machine(world.liga), Machine(world.ola)
        first = old.post("/customers", KARI, Idempotency_Key="k-1")

        assert new.post("/customers", KARI, Idempotency_Key="k-1").content == first.content
        assert other.post("/customers", KARI, Idempotency_Key="k-1").json()["id"] != first.json()["id"]

    def test_many_are_each_done_once_in_whatever_order_they_are_sent(self, machine: Machine) -> None:
        items = [{**KARI, "key": f"c-{number}"} for number in range(120)]

        outcomes = [
            machine.post("/customers/many", {"items": order}).json()
            for order in (items, items[::-1], items[60:] + items[:60])
        ]

        assert [(told["done"], told["refused"]) for told in outcomes] == [(120, 0)] * 3
        assert [one["is_replayed"] for one in outcomes[1]["items"]] == [True] * 120
        assert Customer.objects.count() == 120

    def test_each_of_many_has_its_own_outcome(self, machine: Machine) -> None:
        items = [{**KARI, "key": "a"}, {"key": "b"}, {**KARI, "key": "a"}, {"given_name": "Ola", "key": "a"}]

        told = machine.post("/customers/many", {"items": items}).json()

        assert [one["status"] for one in told["items"]] == [201, 422, 201, 422]
        assert [one["is_replayed"] for one in told["items"]] == [False, False, True, False]
        assert told["items"][1]["problem"]["errors"][0]["field"] == "given_name"
        assert told["items"][3]["problem"]["code"] == "idempotency_key_reused"
        assert Customer.objects.count() == 1

    def test_too_many_at_once_are_refused(self, machine: Machine) -> None:
        items = [{"key": str(number)} for number in range(501)]

        problem(machine.post("/customers/many", {"items": items}), 413, "too_large")

    def test_what_is_still_under_way_is_waited_for(self, machine: Machine) -> None:
        body = {"items": [{**KARI, "key": "c-1"}]}
        first = machine.post("/customers/many", body, Idempotency_Key="k-1")
        Replay.objects.filter(key="k-1").update(status=UNDER_WAY)

        answer = machine.post("/customers/many", body, Idempotency_Key="k-1")

        problem(answer, 409, "in_progress")
        assert int(answer["Retry-After"]) > 0
        Replay.objects.filter(key="k-1").update(status=200)
        again = machine.post("/customers/many", body, Idempotency_Key="k-1")
        assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
        assert Customer.objects.count() == 1

    def test_what_a_process_left_under_way_is_taken_over_in_the_end(self, machine: Machine) -> None:
        body = {"items": [{**KARI, "key": "c-1"}]}
        machine.post("/customers/many", body, Idempotency_Key="k-1")
        Replay.objects.filter(key="k-1").update(status=UNDER_WAY, at=now() - timedelta(hours=1))

        answer = machine.post("/customers/many", body, Idempotency_Key="k-1")

        assert (answer.status_code, answer.json()["items"][0]["is_replayed"]) == (200, True)
        assert Replay.objects.get(key="k-1").status == 200
        assert Customer.objects.count() == 1

    def test_what_is_refused_on_its_way_leaves_its_key_free(self, machine: Machine) -> None:
        problem(machine.post("/customers/many", {"items": []}, Idempotency_Key="k-1"), 422, "invalid")

        assert not Replay.objects.exists()

    def test_an_answer_is_forgotten_in_the_end(self, machine: Machine) -> None:
        from stamkunde.exchange.actions.replays import forget_answers

        machine.post("/customers", KARI, Idempotency_Key="k-1")
        Replay.objects.update(at=now() - timedelta(days=31))

        assert forget_answers() == 1
        assert machine.post("/customers", KARI, Idempotency_Key="k-1").json()["id"] != 0
        assert Customer.objects.count() == 2


def test_a_token_is_kept_by_its_digest_only(machine: Machine) -> None:
    row = Token.objects.values().get()

    assert machine.secret not in json.dumps(row, default=str)
    assert len(machine.secret) >= 43
    assert machine.secret.startswith(row["prefix"])


def test_when_a_token_was_last_used_is_noted(machine: Machine) -> None:
    machine.get("/me")

    assert Token.objects.get().last_used_at is not None


def test_the_store_of_a_token_is_where_it_works(world: World) -> None:
    machine = Machine(world.liga, store=world.store)

    assert machine.get("/me").json()["store_id"] == world.store.pk


@pytest.mark.parametrize("header", ["", "3", "*x", '"3"', '"3.x"', "{}", '"99999999999.ab"'])
def test_a_condition_that_cannot_be_read_is_refused_and_nothing_changes(
    machine: Machine, world: World, header: str
) -> None:
    kari = world.kari
    answer = machine.client.patch(
        f"/api/v1/customers/{kari.pk}",
        json.dumps({"given_name": "Karin"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {machine.secret}", "If-Match": header},
    )

    problem(answer, 400, "bad_condition")
    assert Customer.objects.get(pk=kari.pk).given_name == "Kari"


def test_a_condition_that_nobody_would_look_at_is_refused_and_nothing_changes(machine: Machine, world: World) -> None:
    store = world.store
    sent = {"name": "Elsewhere", "country": "NO", "currency": "NOK", "zone": "Europe/Oslo"}

    problem(machine.put(f"/stores/{store.pk}", sent, If_Match='"3.5f0c7a526a0e4a41"'), 400, "bad_condition")

    store.refresh_from_db()
    assert store.name == "Majorstuen"


@pytest.mark.parametrize("day", ["0", "1600000000", "2026-5-17", "20260517", "17.05.2026", "2026-05-17T00:00:00Z", 0])
def test_a_day_is_taken_only_as_it_is_written(machine: Machine, day) -> None:
    problem(machine.post("/customers", {**KARI, "birth_date": day}), 422, "invalid")
    if isinstance(day, str):
        problem(machine.get(f"/orders?until={day}"), 422, "invalid")

    assert Customer.objects.count() == 0


def test_the_description_is_only_read(world: World) -> None:
    response = Client().post("/api/v1/openapi.json")

    problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]
