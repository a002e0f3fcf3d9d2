"""Sessions: how long one lasts, what keeps it open, what ends it, and where a member sees her own."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
import time_machine
from django.conf import settings as machine
from django.contrib.sessions.models import Session
from django.test import Client

from stamkunde.accounts.actions.sign_ins import close_sign_ins
from stamkunde.accounts.actions.staff import change_staff, deactivate_staff, end_all_sessions
from stamkunde.accounts.models import SignIn, User
from stamkunde.accounts.roles import Role
from stamkunde.accounts.tests.doors import DOOR, is_in, knock, with_app, with_password
from stamkunde.kit.clock import now
from tests.architecture.source import PROJECT
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
LEFT = "/sign-in/left/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


@pytest.fixture
def anna(world: World) -> User:
    return with_password(world.anna)


def at_the_door(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    assert knock(client, user).status_code == 302
    return client


def test_half_an_hour_without_work_ends_a_session(anna: User) -> None:
    client = at_the_door(anna)

    with time_machine.travel(now().timestamp() + 29 * 60):
        assert is_in(client)
    with time_machine.travel(now().timestamp() + 60 * 60):
        assert not is_in(client)
    assert SignIn.objects.get().ended_at is not None


def test_what_a_page_asks_by_itself_keeps_no_session_open(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    for minutes in range(5, 45, 5):
        with time_machine.travel(start + minutes * 60):
            asked = client.get("/palette/?q=x", headers={"HX-Request": "true", "X-Background": "1"})
            assert asked.status_code == (200 if minutes <= 30 else 401), minutes


def test_what_a_person_does_within_a_page_keeps_it_open(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    for minutes in range(20, 100, 20):
        with time_machine.travel(start + minutes * 60):
            assert client.get("/palette/?q=x", headers={"HX-Request": "true"}).status_code == 200


def test_every_page_that_asks_by_itself_says_so() -> None:
    """A screen that polls would otherwise keep the door open for whoever passes it."""
    for path in PROJECT.glob("stamkunde/*/templates/**/*.html"):
        for tag in re.findall(r"<[^>]*hx-trigger=\"every[^>]*>", path.read_text(), re.DOTALL):
            assert "X-Background" in tag, path.name
        if re.search(r"hx-trigger=\"[^\"]*every ", path.read_text()):
            assert "X-Background" in path.read_text(), path.name


def ask_for_time_left(client: Client, *, stays: bool = False) -> Any:
    """Ask as a page does by itself, or as whoever presses “Stay signed in” does."""
    return client.post(LEFT) if stays else client.get(LEFT, headers={"X-Background": "1"})


def test_whoever_does_nothing_is_warned_two_minutes_before_the_end_and_may_stay(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    with time_machine.travel(start + 60, tick=False):
        early = ask_for_time_left(client)
        assert "HX-Trigger" not in early.headers
        wait = int(re.findall(r"delay:(\d+)s", early.content.decode())[0])
        assert 2 * 60 <= 30 * 60 - 60 - wait < 4 * 60
    with time_machine.travel(start + 60 + wait, tick=False):
        assert ask_for_time_left(client)["HX-Trigger"] == "session-ends"
    with time_machine.travel(start + 29 * 60, tick=False):
        stayed = ask_for_time_left(client, stays=True)
        assert "HX-Trigger" not in stayed.headers
    with time_machine.travel(start + 50 * 60, tick=False):
        assert is_in(client)


def test_a_warning_alone_keeps_nobody_signed_in(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    with time_machine.travel(start + 28 * 60, tick=False):
        assert ask_for_time_left(client)["HX-Trigger"] == "session-ends"
    with time_machine.travel(start + 30 * 60 + 2, tick=False):
        ended = ask_for_time_left(client)
        assert ended.status_code in {302, 401}
        assert not is_in(client)


def test_after_twelve_hours_nothing_is_offered_that_would_not_hold(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    with time_machine.travel(start, tick=False) as clock:
        for _step in range(35):
            clock.shift(20 * 60)
            assert is_in(client)
        clock.shift(18 * 60)
        warning = ask_for_time_left(client)["HX-Trigger"]
    assert "session-ends" not in warning
    assert "sign in anew" in warning


def test_twelve_hours_end_a_session_however_busy(anna: User) -> None:
    client = at_the_door(anna)
    start = now().timestamp()

    with time_machine.travel(start) as clock:
        for _step in range(35):
            clock.shift(20 * 60)
            assert is_in(client)
        clock.shift(25 * 60)
        assert not is_in(client)


def test_a_role_taken_away_is_gone_at_the_next_request(world: World) -> None:
    client = at_the_door(with_password(world.ola))
    assert client.get("/customers/").status_code == 200

    change_staff(world.ola, name="Ola", role=Role.ANALYST, store=None, by=world.liga.actor)

    assert client.get("/customers/").status_code == 403


def test_an_ended_access_ends_every_session_and_its_row(world: World, anna: User) -> None:
    clients = [at_the_door(anna), at_the_door(anna, IPHONE)]

    deactivate_staff(anna, by=world.liga.actor)

    assert not any(is_in(client) for client in clients)
    assert not Session.objects.exists()
    assert not SignIn.objects.filter(ended_at=None).exists()


def test_anna_sees_where_she_is_signed_in_and_ends_the_other(anna: User) -> None:
    here, phone = at_the_door(anna), at_the_door(anna, IPHONE)
    page = here.get("/settings/profile/sessions/")
    assert [(one.device, one.is_here) for one in page.context["open"]] == [
        ("Safari, iPhone", False),
        ("Firefox, Linux", True),
    ]
    other = next(one.id for one in page.context["open"] if not one.is_here)

    here.post(f"/settings/profile/sessions/{other}/ending/")

    assert is_in(here)
    assert not is_in(phone)


def test_nobody_ends_somebody_elses_session(world: World, anna: User) -> None:
    client = at_the_door(anna)
    stranger = at_the_door(with_password(world.ola))

    assert stranger.post(f"/settings/profile/sessions/{SignIn.objects.get(user=anna).pk}/ending/").status_code == 404

    assert is_in(client)


def test_all_other_devices_are_signed_out_together(anna: User) -> None:
    here, phone, office = at_the_door(anna), at_the_door(anna, IPHONE), at_the_door(anna)

    here.post("/settings/profile/sessions/ending/")

    assert is_in(here)
    assert not is_in(phone)
    assert not is_in(office)


def test_a_new_password_ends_the_others_and_this_one_stays_in_the_list(anna: User) -> None:
    here, phone = at_the_door(anna), at_the_door(anna, IPHONE)

    here.post("/settings/profile/password/", {"current": PASSWORD, "new": "a kettle under the stairs"})

    assert is_in(here)
    assert not is_in(phone)
    assert [one.is_here for one in here.get("/settings/profile/sessions/").context["open"]] == [True]


def test_an_administrator_signs_somebody_out_everywhere(world: World, anna: User) -> None:
    client = at_the_door(anna)

    end_all_sessions(anna, by=world.liga.actor)

    assert not is_in(client)
    assert knock(client, anna).status_code == 302


def test_a_sign_in_on_a_new_device_is_told_on_the_others_until_it_was_she(anna: User) -> None:
    first = at_the_door(anna)
    assert "new device" not in first.get("/").content.decode()

    at_the_door(anna, IPHONE)

    assert "Safari, iPhone" in first.get("/").content.decode()
    first.post("/settings/profile/sessions/notice/")
    assert "Safari, iPhone" not in first.get("/").content.decode()


def test_a_device_used_before_is_no_news(anna: User) -> None:
    at_the_door(anna)
    phone = at_the_door(anna, IPHONE)
    phone.post("/settings/profile/sessions/notice/")
    phone.post("/sign-out/")

    knock(phone, anna)

    assert not SignIn.objects.filter(is_new_device=True, noticed_at=None).exists()


def test_signing_out_is_noted_and_back_shows_nothing(anna: User) -> None:
    client = at_the_door(anna)
    page = client.get("/customers/")
    client.post("/sign-out/")

    assert "no-store" in page["Cache-Control"]
    assert client.get("/customers/").status_code == 302
    assert SignIn.objects.get().ended_at is not None


def test_a_session_long_gone_counts_as_ended(anna: User) -> None:
    at_the_door(anna)
    SignIn.objects.update(started_at="2020-01-01T00:00Z", seen_at="2020-01-01T00:00Z")
    at_the_door(anna)

    assert close_sign_ins() == 1
    assert SignIn.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    "name", ["X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Authenticated-User", "X-WEBAUTH-USER"]
)
def test_a_header_that_says_who_one_is_says_nothing(anna: User, name: str) -> None:
    client = Client(headers={name: anna.email})

    assert client.get("/customers/").status_code == 302
    assert Client(REMOTE_USER=anna.email).get("/customers/").status_code == 302


def test_a_forwarded_host_leads_nowhere(anna: User) -> None:
    client = Client(headers={"X-Forwarded-Host": "evil.example"})

    page = client.get("/customers/")

    assert page["Location"] == f"{DOOR}?next=/customers/"
    assert "evil.example" not in client.get(DOOR).content.decode()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "\\\\evil"]
)
@pytest.mark.parametrize(
    "address", [DOOR, "/sign-in/second-factor/", "/sign-in/again/", "/language/", "/settings/profile/sessions/notice/"]
)
def test_no_page_at_the_door_leads_away(anna: User, address: str, target: str) -> None:
    client = Client()
    if address not in {DOOR, "/language/"}:
        client = at_the_door(anna)

    answer = client.post(f"{address}?next={target}", {"email": anna.email, "password": PASSWORD, "next": target})

    assert answer.get("Location", "/") in {"/", "/counter/", "/sign-in/?next=%2F"}


def test_what_must_not_happen_on_an_open_screen_asks_once_more(world: World) -> None:
    liga = with_password(world.liga)
    client = at_the_door(liga)
    assert client.get("/settings/staff/new/").status_code == 200
    with_app(liga)
    before = list(User.objects.order_by("pk").values())

    asked = client.get("/settings/staff/new/")
    refused = client.post(f"/settings/staff/{world.anna.pk}/deactivation/")
    wrong = client.post(f"/settings/staff/{world.anna.pk}/deactivation/", {"again_code": "000000"})

    assert asked.templates[0].name == "accounts/again.html"
    assert (refused.status_code, wrong.status_code) == (403, 422)
    assert [row["is_active"] for row in User.objects.order_by("pk").values() if row["id"] != liga.pk] == [
        True for row in before if row["id"] != liga.pk
    ] + [True]


SETTINGS = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from stamkunde.accounts.cookies import keep_cookie
from django.http import HttpResponse
kept = HttpResponse()
keep_cookie(kept, "known-device", "x")
cookie = next(iter(kept.cookies.values()))
print(json.dumps({
    "session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME,
    "secure": settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE,
    "httponly": settings.SESSION_COOKIE_HTTPONLY, "samesite": settings.SESSION_COOKIE_SAMESITE,
    "domain": settings.SESSION_COOKIE_DOMAIN, "path": settings.SESSION_COOKIE_PATH,
    "own": [cookie.key, cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]],
    "idle": settings.IDLE_MINUTES, "age": settings.SESSION_COOKIE_AGE, "host": settings.USE_X_FORWARDED_HOST,
}))
"""


def test_behind_https_cookies_are_this_hosts_alone() -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "stamkunde.config.settings",
        "STAMKUNDE_BASE_URL": "https://shop.example.com",
        "STAMKUNDE_HOME": str(machine.HOME),
    }
    told = subprocess.run(
        [sys.executable, "-c", SETTINGS], env=environment, cwd=PROJECT, capture_output=True, text=True, check=True
    )
    found = json.loads(told.stdout)

    assert found == {
        "session": "__Host-session", "csrf": "__Host-csrf", "secure": True, "httponly": True, "samesite": "Lax",
        "domain": None, "path": "/", "own": ["__Host-known-device", True, True, "Lax", "/", ""],
        "idle": 30, "age": 43_200, "host": False,
    }  # fmt: skip
