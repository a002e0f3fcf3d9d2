"""Tokens in the settings: made within one's own rights, shown once, ended at once."""

import re

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.exchange.models import Token
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page

NEW = "/settings/tokens/new/"


def secret_in(response) -> str:
    found = re.search(rb"<code>(sk_[\w-]{43})</code>", response.content)
    assert found, response.content
    return found[1].decode()


def test_a_token_is_shown_once_and_opens_what_was_chosen(world: World) -> None:
    client = signed_in(world.anna)
    world.kari  # noqa: B018 - she comes in

    made = client.post(NEW, {"name": "Web shop", "scope-customers": "read", "store": world.store.pk})

    token = Token.objects.get()
    assert (token.owner, token.scopes, token.store) == (world.anna, ["customers:read"], world.store)
    machine = Machine(world.anna)
    machine.secret = secret_in(made)
    assert machine.get("/customers/search?q=kari").status_code == 200
    problem(machine.post("/customers", {"given_name": "Ola"}), 403, "forbidden")
    page = client.get("/settings/tokens/")
    assert machine.secret.encode() not in page.content
    assert token.prefix.encode() in page.content


def test_nobody_but_who_looks_after_tokens_makes_one_for_another(world: World) -> None:
    asked = {"name": "Web shop", "scope-customers": "write", "owner": world.liga.pk}

    signed_in(world.anna).post(NEW, asked)
    signed_in(world.liga).post(NEW, {**asked, "owner": world.anna.pk})

    assert [token.owner for token in Token.objects.order_by("pk")] == [world.anna, world.anna]


def test_a_choice_that_reaches_further_than_the_role_opens_no_more(world: World) -> None:
    form = signed_in(world.anna).get(NEW)
    assert b"scope-exchange" not in form.content
    assert b"scope-customers" in form.content


def test_a_form_that_lacks_something_comes_back_with_what_was_typed(world: World) -> None:
    client = signed_in(world.anna)

    for sent in ({"name": "Web shop"}, {"scope-customers": "read"},
                 {"name": "Web shop", "scope-customers": "read", "expires_on": "2020-01-01"}):  # fmt: skip
        response = client.post(NEW, sent)
        assert response.status_code == 422
        assert sent.get("name", "").encode() in response.content
    assert not Token.objects.exists()


def test_an_end_is_an_end_and_only_of_ones_own(world: World) -> None:
    anna, ola = Machine(world.anna), Machine(world.ola)

    refused = signed_in(world.anna).post(f"/settings/tokens/{ola.token.pk}/end/")
    signed_in(world.anna).post(f"/settings/tokens/{anna.token.pk}/end/")

    assert refused.status_code == 404
    problem(anna.get("/me"), 401, "unauthorized")
    assert ola.get("/me").status_code == 200
    signed_in(world.liga).post(f"/settings/tokens/{ola.token.pk}/end/")
    problem(ola.get("/me"), 401, "unauthorized")


def test_everybody_reads_what_the_door_can_do(world: World) -> None:
    client = signed_in(make_staff("Somebody", Role.ANALYST))

    index = client.get("/settings/api/")
    assert b"/api/v1/customers/search" in index.content
    for slug in re.findall(r'href="(/settings/api/about/[\w-]+/)"', index.content.decode()):
        page = client.get(slug)
        assert page.status_code == 200, slug
        assert b"Authorization: Bearer $TOKEN" in page.content
    assert client.get("/settings/api/about/nothing/").status_code == 404
