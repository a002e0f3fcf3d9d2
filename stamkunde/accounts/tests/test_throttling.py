"""Floods at the door: strangers are slowed down more and more, owners are not, and nobody learns anything."""

import re
import unicodedata
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.test import Client

from stamkunde.accounts import signing_in
from stamkunde.accounts.actions.staff import deactivate_staff
from stamkunde.accounts.attempts import attempts_of, note_attempt, take_attempt
from stamkunde.accounts.models import User
from stamkunde.accounts.tests.doors import DOOR, is_in, knock, with_password
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(world: World) -> User:
    return with_password(world.anna)


def from_address(number: int) -> Client:
    return Client(REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}")


def test_a_flood_on_one_account_from_a_hundred_addresses_is_slowed_down(anna: User) -> None:
    answers = [knock(from_address(number), anna, "wrong").status_code for number in range(100)]

    assert answers.count(422) == signing_in.PER_ACCOUNT
    assert answers.count(429) == 100 - signing_in.PER_ACCOUNT
    assert knock(from_address(7), anna).status_code == 429


def test_the_wait_grows_from_flood_to_flood_and_is_forgotten_in_time(anna: User) -> None:
    waits = []
    with time_machine.travel(now().timestamp()) as clock:
        for _flood in range(3):
            while (answer := knock(Client(), anna, "wrong")).status_code == 422:
                pass
            waits.append(int(answer["Retry-After"]))
            clock.shift(waits[-1] + 2)
        clock.shift(24 * 3600)
        while (answer := knock(Client(), anna, "wrong")).status_code == 422:
            pass

    assert waits[0] < waits[1] < waits[2]
    assert int(answer["Retry-After"]) <= waits[0]


def test_no_account_is_closed_for_good(anna: User) -> None:
    with time_machine.travel(now().timestamp()) as clock:
        for _try in range(signing_in.PER_ACCOUNT):
            knock(Client(), anna, "wrong")
        clock.shift(signing_in.WINDOW.total_seconds() + 1)

        assert knock(Client(), anna).status_code == 302


def test_one_password_tried_on_many_names_from_one_address_is_slowed_down(anna: User) -> None:
    sprayer = Client()
    answers = [
        sprayer.post(DOOR, {"email": f"name{number}@example.org", "password": "Sommer2026!"}).status_code
        for number in range(signing_in.PER_ADDRESS + 5)
    ]

    assert answers.count(422) == signing_in.PER_ADDRESS
    assert Happening.objects.filter(name="accounts.sign_ins_throttled").count() == 1
    assert knock(from_address(9), anna).status_code == 302


def test_one_password_tried_on_many_names_from_everywhere_is_slowed_down(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "EVERYBODY", 12)
    own = Client()
    knock(own, anna)
    own.post("/sign-out/")
    answers = [
        from_address(number).post(DOOR, {"email": f"n{number}@example.org", "password": "Sommer2026!"}).status_code
        for number in range(20)
    ]

    assert answers == [422] * 12 + [429] * 8
    assert knock(from_address(99), anna).status_code == 429
    # The owner's own device counts by itself.
    assert knock(own, anna).status_code == 302
    assert is_in(own)


def test_right_passwords_use_up_nothing(anna: User) -> None:
    for _try in range(5):
        assert knock(Client(), anna).status_code == 302

    assert attempts_of("everybody") == attempts_of("address:127.0.0.1") == 0


def test_tries_are_counted_before_they_are_made() -> None:
    window = signing_in.WINDOW
    assert [take_attempt("door", window=window, limit=3) for _try in range(5)] == [1, 2, 3, 0, 0]
    assert note_attempt("door", window=window) == 4


def same(page: Any, *emails: str) -> tuple[int, str, dict[str, str]]:
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", page.content.decode())
    for email in emails:
        text = text.replace(email, "")
    kept = {name: value for name, value in page.headers.items() if name not in {"Content-Length", "Expires"}}
    return page.status_code, text, kept


def everybody(world: World) -> dict[str, str]:
    """Return the addresses of all kinds of people that a stranger would like to tell apart."""
    gone, elsewhere = with_password(world.ola), world.eve
    deactivate_staff(gone, by=world.liga.actor)
    elsewhere.set_unusable_password()
    elsewhere.save()
    return {
        "on the staff": with_password(world.anna).email,
        "no longer on it": gone.email,
        "signs in elsewhere": elsewhere.email,
        "nobody": "nobody@example.org",
    }


def test_who_is_on_the_staff_is_told_by_neither_status_nor_page_nor_headers(world: World) -> None:
    emails = everybody(world)

    answers = [same(Client().post(DOOR, {"email": email, "password": "wrong"}), email) for email in emails.values()]

    assert all(answer == answers[0] for answer in answers)
    right = Client().post(DOOR, {"email": emails["no longer on it"], "password": PASSWORD})
    assert same(right, emails["no longer on it"])[:2] == answers[0][:2]


def test_nor_by_the_time_it_takes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time is the hash: each is hashed once, and the same questions are asked of the database."""
    hashed: list[int] = []
    hasher = hashers.get_hasher()
    original = type(hasher).encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(1)
        return str(original(self, password, salt))

    emails = everybody(world)
    monkeypatch.setattr(type(hasher), "encode", counted)
    times = {}
    for kind, email in emails.items():
        hashed.clear()
        Client().post(DOOR, {"email": email, "password": "wrong"})
        times[kind] = len(hashed)

    assert set(times.values()) == {1}, times


@pytest.mark.parametrize(
    "password",
    ["x" * 64 + "Zebra 64 letters and more, exactly as typed", "               🐧🐧", "løft blåbærsyltetøyet"],
)
def test_a_long_or_strange_password_is_taken_exactly_as_typed(anna: User, password: str) -> None:
    client = Client()
    knock(client, anna)

    changed = client.post("/settings/profile/password/", {"current": PASSWORD, "new": password})

    assert changed.status_code == 302
    assert knock(Client(), anna, password).status_code == 302
    assert knock(Client(), anna, password.strip() + "x").status_code == 422
    # Two keyboards send å in two ways; it is one letter to whoever types it.
    assert knock(Client(), anna, unicodedata.normalize("NFD", password)).status_code == 302


@pytest.mark.parametrize("easy", ["Stamkunde2026", "stamkunde!!", "Majorstua 1", "password1234", "qwertyuiop"])
def test_the_shops_name_and_the_first_ones_anybody_would_try_are_refused(anna: User, easy: str) -> None:
    from stamkunde.accounts.actions.shop import change_shop
    from stamkunde.accounts.queries import the_shop_anew

    shop = the_shop_anew()
    shop.name = "Majorstua"
    change_shop(shop, by=anna.actor)
    client = Client()
    knock(client, anna)

    assert client.post("/settings/profile/password/", {"current": PASSWORD, "new": easy}).status_code == 422

    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_ten_megabytes_of_password_are_refused_before_they_are_read(anna: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(User, "check_password", lambda *_: pytest.fail("hashed"))

    answer = Client().post(DOOR, {"email": anna.email, "password": "x" * 10_000_000})

    assert answer.status_code == 422
    assert "too long" in answer.content.decode()
