"""A second factor: set up, asked for, used once, never a side door, and reset by somebody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test import Client

from stamkunde.accounts import signing_in
from stamkunde.accounts.actions.second_factor import (
    SecondFactorRefused,
    demand_second_factor,
    remove_authenticator_app,
    reset_second_factor,
    use_code,
)
from stamkunde.accounts.actions.staff import give_new_password
from stamkunde.accounts.models import AuthenticatorApp, RecoveryCode, User
from stamkunde.accounts.roles import Role
from stamkunde.accounts.second_factor.codes import code_at
from stamkunde.accounts.tests.doors import DOOR, PROFILE, SECOND, code_of, is_in, knock, with_app, with_password
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from tests.world import PASSWORD, World, signed_in

pytestmark = pytest.mark.django_db
OWN = "/settings/profile/second-factor/"


@pytest.fixture
def ola(world: World) -> User:
    return with_password(world.ola)


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, with the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    shown = {59: "287082", 1_111_111_109: "081804", 1_234_567_890: "005924", 20_000_000_000: "353130"}

    assert {at: code_at(secret, at // 30) for at in shown} == shown


def test_ola_sets_up_an_app_and_gets_codes_for_paper(ola: User) -> None:
    client = signed_in(ola)
    page = client.get(OWN + "app/new/")
    secret = page.context["secret"].replace(" ", "")

    done = client.post(OWN + "app/new/", {"code": code_at(secret, int(now().timestamp()) // 30)})

    assert done.status_code == 200
    assert len(done.context["codes"]) == 10
    app = AuthenticatorApp.objects.get(user=ola)
    assert secret not in app.sealed_secret
    assert not RecoveryCode.objects.filter(digest__in=done.context["codes"]).exists()
    ola.refresh_from_db()
    assert ola.has_second_factor
    assert Happening.objects.filter(name="accounts.authenticator_app_added", actor_id=ola.pk).exists()


def test_a_wrong_first_code_sets_up_nothing_and_keeps_the_picture(ola: User) -> None:
    client = signed_in(ola)
    secret = client.get(OWN + "app/new/").context["secret"]

    refused = client.post(OWN + "app/new/", {"code": "000000"})

    assert refused.status_code == 422
    assert refused.context["secret"] == secret
    assert not AuthenticatorApp.objects.exists()


def test_the_password_alone_opens_nothing_any_more(client: Client, ola: User) -> None:
    with_app(ola)

    asked = knock(client, ola, next="/customers/")

    assert asked["Location"] == f"{SECOND}?next=%2Fcustomers%2F"
    assert not is_in(client)
    let_in = client.post(SECOND, {"code": code_of(ola), "next": "/customers/"})
    assert let_in["Location"] == "/customers/"
    assert is_in(client)


@pytest.mark.parametrize("steps", [-2, 2, 20])
def test_a_code_of_another_minute_is_refused(client: Client, ola: User, steps: int) -> None:
    with_app(ola)
    knock(client, ola)

    with time_machine.travel(now(), tick=False):
        assert client.post(SECOND, {"code": code_of(ola, steps)}).status_code == 422
    assert not is_in(client)


def test_a_code_seen_over_the_shoulder_is_worthless(client: Client, ola: User) -> None:
    with_app(ola)
    with time_machine.travel(now(), tick=False):
        code = code_of(ola)
        knock(client, ola)
        client.post(SECOND, {"code": code})
        thief = Client()
        knock(thief, ola)

        assert thief.post(SECOND, {"code": code}).status_code == 422
        assert thief.post(SECOND, {"code": code_of(ola, -1)}).status_code == 422
    assert not is_in(thief)


def test_after_five_wrong_codes_even_the_right_one_waits(client: Client, ola: User) -> None:
    with_app(ola)
    knock(client, ola)
    for _try in range(signing_in.CODES):
        assert client.post(SECOND, {"code": "000000"}).status_code == 422

    blocked = client.post(SECOND, {"code": code_of(ola)})

    assert blocked.status_code == 429
    assert int(blocked["Retry-After"]) > 0
    assert not is_in(client)
    assert Happening.objects.filter(name="accounts.second_factor_throttled").count() == 1


def test_whoever_knows_the_password_cannot_lock_the_owner_out_by_guessing(client: Client, ola: User) -> None:
    knock(client, ola)
    client.post("/sign-out/")
    with_app(ola)
    thief = Client()
    knock(thief, ola)
    for _try in range(signing_in.CODES + 1):
        thief.post(SECOND, {"code": "000000"})

    knock(client, ola)

    assert client.post(SECOND, {"code": code_of(ola)}).status_code == 302
    assert is_in(client)


def test_a_code_on_paper_opens_once_however_it_is_typed(client: Client, ola: User) -> None:
    codes = with_app(ola)
    knock(client, ola)

    assert client.post(SECOND, {"code": f" {codes[0].upper().replace('-', ' ')} "}).status_code == 302
    again = Client()
    knock(again, ola)
    assert again.post(SECOND, {"code": codes[0]}).status_code == 422
    assert again.post(SECOND, {"code": codes[1]}).status_code == 302
    assert RecoveryCode.objects.filter(user=ola, used_at=None).count() == 8
    assert "8" in Happening.objects.filter(name="accounts.recovery_code_used").latest("pk").details.__str__()


def test_new_codes_on_paper_make_the_old_ones_worthless(client: Client, ola: User) -> None:
    old = with_app(ola)
    knock(client, ola)
    client.post(SECOND, {"code": code_of(ola)})

    new = client.post(OWN + "recovery-codes/").context["codes"]

    assert not use_code(ola, old[0])
    assert use_code(ola, new[0])


def test_one_persons_codes_open_for_nobody_else(world: World, client: Client) -> None:
    ola, liga = with_password(world.ola), with_password(world.liga)
    codes = with_app(ola)
    with_app(liga)
    knock(client, liga)

    assert client.post(SECOND, {"code": codes[0]}).status_code == 422
    assert client.post(SECOND, {"code": code_of(ola)}).status_code == 422


def test_the_second_step_is_nobodys_without_the_first(client: Client, ola: User) -> None:
    with_app(ola)

    assert client.post(SECOND, {"code": code_of(ola)})["Location"].startswith(DOOR)
    assert client.post(SECOND + "options/").status_code == 403
    assert not is_in(client)


def test_a_password_given_anew_ends_what_waits_for_the_second_step(client: Client, world: World, ola: User) -> None:
    with_app(ola)
    knock(client, ola)

    password = give_new_password(ola, by=world.liga.actor)

    assert client.post(SECOND, {"code": code_of(ola)})["Location"].startswith(DOOR)
    # The handed password is no way past the second factor.
    assert knock(client, ola, password)["Location"].startswith(SECOND)
    assert not is_in(client)


def test_a_second_step_left_open_too_long_begins_anew(client: Client, ola: User) -> None:
    with_app(ola)
    knock(client, ola)

    with time_machine.travel(now().timestamp() + 601):
        assert client.post(SECOND, {"code": code_of(ola)})["Location"].startswith(DOOR)


def test_the_session_gets_a_new_key_at_each_step(client: Client, ola: User) -> None:
    with_app(ola)
    client.get(DOOR)
    knock(client, ola)
    first = client.session.session_key
    client.post(SECOND, {"code": code_of(ola)})

    assert client.session.session_key != first


def test_a_role_that_needs_a_second_factor_is_led_to_set_it_up(world: World, ola: User) -> None:
    client = signed_in(ola)
    demand_second_factor([Role.CARE], by=world.liga.actor)

    assert client.get("/customers/")["Location"] == OWN
    assert client.post("/customers/new/", {"family_name": "Nordmann"})["Location"] == OWN
    fragment = client.get("/customers/count/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, OWN)
    assert client.get(OWN).status_code == 200
    assert client.get(OWN + "app/new/").status_code == 200
    assert signed_in(world.anna).get("/customers/").status_code == 200

    with_app(ola)

    assert client.get("/customers/").status_code == 200


def test_the_only_second_factor_stays_while_the_role_needs_it(world: World, ola: User) -> None:
    with_app(ola)
    demand_second_factor([Role.CARE], by=world.liga.actor)

    with pytest.raises(SecondFactorRefused):
        remove_authenticator_app(ola, by=ola.actor)

    assert AuthenticatorApp.objects.filter(user=ola).exists()
    demand_second_factor([], by=world.liga.actor)
    remove_authenticator_app(ola, by=ola.actor)
    ola.refresh_from_db()
    assert not ola.has_second_factor
    assert not RecoveryCode.objects.exists()


def test_liga_resets_what_ola_has_lost_and_never_sees_it(world: World, client: Client, ola: User) -> None:
    codes = with_app(ola)
    knock(client, ola)
    client.post(SECOND, {"code": code_of(ola)})

    page = signed_in(world.liga).post(f"/settings/staff/{ola.pk}/second-factor/removal/", follow=True).content.decode()

    assert not is_in(client)
    assert not AuthenticatorApp.objects.exists()
    assert not any(code in page for code in codes)
    assert Happening.objects.get(name="accounts.second_factor_reset").actor_label == "Liga"
    assert knock(client, ola)["Location"] == "/"


def test_nobody_resets_her_own_second_factor_past_the_question(world: World) -> None:
    with_app(world.liga)

    with pytest.raises(SecondFactorRefused):
        reset_second_factor(world.liga, by=world.liga.actor)

    assert AuthenticatorApp.objects.filter(user=world.liga).exists()


def test_no_page_shows_a_secret_that_is_set_up(client: Client, ola: User) -> None:
    codes = with_app(ola)
    sealed = AuthenticatorApp.objects.get(user=ola).sealed_secret
    knock(client, ola)
    client.post(SECOND, {"code": code_of(ola)})

    page = client.get(OWN).content.decode()

    assert sealed not in page
    assert not any(code in page for code in codes)
    assert PASSWORD not in client.get(PROFILE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_one_code_at_once_one_gets_in(transactional_db: None) -> None:
    ola = World().ola
    codes = with_app(ola)

    def race(code: str) -> int:
        def one(_number: int) -> bool:
            try:
                return use_code(User.objects.get(pk=ola.pk), code)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as threads:
            return sum(threads.map(one, range(4)))

    assert race(code_of(ola)) == 1
    assert race(codes[0]) == 1
