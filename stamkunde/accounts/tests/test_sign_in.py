"""Signing in: the right person gets in, the wrong one learns nothing, and a flood locks nobody out."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from stamkunde.accounts import signing_in
from stamkunde.accounts.actions.staff import add_staff, deactivate_staff, reactivate_staff
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.django_db, pytest.mark.page]
ADDRESS = "/sign-in/"


@pytest.fixture
def anna() -> User:
    user, _password = add_staff(email="Anna@Example.org", name="Anna", role=Role.TILL, store=None, by=SYSTEM)
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post(ADDRESS, {"email": email, "password": password, **more})


def test_anna_signs_in_however_she_capitalises_her_e_mail(client: Client, anna: User) -> None:
    response = attempt(client, " ANNA@example.ORG ")

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(anna.pk)
    assert Happening.objects.filter(name="accounts.signed_in", actor_id=anna.pk).exists()


def without_tokens(page: bytes) -> str:
    return (
        re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", page.decode())
        .replace("anna", "")
        .replace("nobody", "")
    )


def test_nobody_learns_whether_an_e_mail_belongs_to_the_staff(anna: User) -> None:
    wrong, unknown = attempt(Client(), "anna@example.org", "wrong"), attempt(Client(), "nobody@example.org", "wrong")

    assert wrong.status_code == unknown.status_code == 422
    assert without_tokens(wrong.content) == without_tokens(unknown.content)


def test_what_was_typed_stays_but_the_password_does_not(client: Client, anna: User) -> None:
    page = attempt(client, "anna@example.org", "not my password").content.decode()

    assert "anna@example.org" in page
    assert "not my password" not in page


def test_a_flood_of_wrong_passwords_is_slowed_down_and_told_once(client: Client, anna: User) -> None:
    for _try in range(signing_in.PER_ACCOUNT):
        assert attempt(client, "anna@example.org", "wrong").status_code == 422

    blocked = attempt(client, "anna@example.org")

    assert blocked.status_code == 429
    assert int(blocked["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session
    assert Happening.objects.filter(name="accounts.sign_ins_throttled").count() == 1


def test_the_owner_still_gets_in_from_a_device_she_has_used_before(client: Client, anna: User) -> None:
    attempt(client, "anna@example.org")
    client.post("/sign-out/")
    stranger = Client()
    for _try in range(signing_in.PER_ACCOUNT + 1):
        attempt(stranger, "anna@example.org", "wrong")

    assert attempt(stranger, "anna@example.org").status_code == 429
    assert attempt(client, "anna@example.org").status_code == 302


def test_a_password_of_ten_thousand_letters_is_refused_without_being_hashed(client: Client, anna: User) -> None:
    assert attempt(client, "anna@example.org", "x" * 10_000).status_code == 422


@pytest.mark.both_databases
def test_names_with_nul_are_refused_in_words(client: Client, anna: User) -> None:
    assert attempt(client, "anna\x00@example.org").status_code == 422


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_signing_in_leads_only_to_our_own_pages(client: Client, anna: User, target: str) -> None:
    assert attempt(client, "anna@example.org", next=target)["Location"] == settings.TILL_URL


def test_signing_in_leads_back_to_where_she_was(client: Client, anna: User) -> None:
    assert attempt(client, "anna@example.org", next="/customers/?q=kari")["Location"] == "/customers/?q=kari"


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("http://testserver/customers/7/?tab=notes", "/customers/7/%3Ftab%3Dnotes"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("https://evil.example/customers/7/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_an_expired_session_leads_back_to_the_page_the_form_stood_on(client: Client, page: str, target: str) -> None:
    answer = client.post("/settings/profile/", {"name": "Anna"}, headers={"Referer": page})
    assert answer["Location"] == f"{ADDRESS}?next={target}"


def test_an_ended_access_ends_every_session_at_once(client: Client, anna: User) -> None:
    attempt(client, "anna@example.org")
    assert client.get("/settings/profile/").status_code == 200

    deactivate_staff(anna, by=SYSTEM)

    assert client.get("/settings/profile/").status_code == 302
    assert attempt(client, "anna@example.org").status_code == 422


def test_a_session_nobody_uses_ends(client: Client, anna: User, settings) -> None:
    attempt(client, "anna@example.org")
    client.get("/settings/profile/")
    session = client.session
    session["seen"] -= settings.IDLE_MINUTES * 60 + 1
    session.save()

    assert client.get("/settings/profile/").status_code == 302


def test_a_handed_over_password_must_be_changed_first(client: Client, world: World) -> None:
    _member, password = add_staff(email="new@example.org", name="New", role=Role.TILL, store=None, by=world.liga.actor)
    attempt(client, "new@example.org", password)

    assert client.get("/settings/profile/")["Location"] == reverse("accounts:password")
    changed = client.post("/settings/profile/password/", {"current": password, "new": PASSWORD})

    assert changed.status_code == 302
    assert client.get("/settings/profile/").status_code == 200


@pytest.mark.parametrize("easy", ["short", "1234567890", "password123"])
def test_an_easy_password_is_refused_and_the_old_one_stays(client: Client, anna: User, easy: str) -> None:
    attempt(client, "anna@example.org")

    assert client.post("/settings/profile/password/", {"current": PASSWORD, "new": easy}).status_code == 422

    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_a_request_under_a_foreign_name_is_refused(client: Client, db: None) -> None:
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


def test_a_session_from_before_stays_ended_when_somebody_is_let_in_again(client: Client, anna: User) -> None:
    attempt(client, "anna@example.org")
    deactivate_staff(anna, by=SYSTEM)
    reactivate_staff(anna, by=SYSTEM)

    assert client.get("/settings/profile/").status_code == 302
    assert attempt(client, "anna@example.org").status_code == 302


def test_no_page_is_kept_by_the_browser_not_even_a_refusal(client: Client, anna: User) -> None:
    attempt(client, "anna@example.org")

    for address in ("/settings/profile/", "/settings/staff/", "/nothing-here/", "/sign-in/"):
        assert "no-store" in client.get(address)["Cache-Control"], address


def test_whoever_cannot_read_the_page_finds_their_language_at_the_door(client: Client) -> None:
    page = client.get(ADDRESS, {"next": "/customers/"}).text
    assert all(f'lang="{code}"' in page for code in ("en", "nb", "sv", "lv"))
    back = re.search(r'class="languages".*?name="next" value="([^"]*)"', page, re.DOTALL)
    assert back

    answer = client.post("/language/", {"language": "lv", "next": back[1]}, headers={"Referer": "http://testserver/"})

    assert "Parole" in client.get(answer["Location"]).text
    assert answer["Location"] == "/sign-in/?next=%2Fcustomers%2F"
