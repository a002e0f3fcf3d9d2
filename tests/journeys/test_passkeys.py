"""Passkeys in a real browser, whose virtual security key does what a telephone does."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Request, ViewportSize
from pytest_django.live_server_helper import LiveServer

from stamkunde.accounts.actions.staff import deactivate_staff
from stamkunde.accounts.models import Passkey, SignIn, User
from stamkunde.events.models import Happening
from tests.journeys.browser import Chromium
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Person:
    """Somebody with a browser and a device that makes passkeys."""

    def __init__(self, browser: Chromium, server: LiveServer, *, verifies: bool = True) -> None:
        # A passkey belongs to a name, and a number is none.
        self.address = server.url.replace("127.0.0.1", "localhost")
        self._run = browser.run
        telephone = ViewportSize(width=390, height=844)
        self._context: BrowserContext = self._run(lambda: browser.browser.new_context(viewport=telephone))
        self.page: Page = self._run(self._context.new_page)
        self.complaints: list[str] = []
        self._run(lambda: self.page.on("pageerror", lambda error: self.complaints.append(str(error))))
        self._wire = self._run(lambda: self._context.new_cdp_session(self.page))
        self._run(lambda: self._wire.send("WebAuthn.enable"))
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": verifies,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
        }
        self.device = self._run(
            lambda: self._wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
        )

    def open(self, path: str) -> None:
        self._run(lambda: self.page.goto(self.address + path))

    def press(self, name: str) -> None:
        self._run(lambda: self.page.get_by_role("button", name=name, exact=True).click())
        self._run(lambda: self.page.wait_for_load_state())

    def fill(self, label: str, text: str) -> None:
        self._run(lambda: self.page.locator("main").get_by_label(label).fill(text))

    def path(self) -> str:
        return str(self._run(lambda: self.page.url)).removeprefix(self.address)

    def wait_for(self, path: str) -> None:
        self._run(lambda: self.page.wait_for_url(self.address + path))

    def sees(self, text: str) -> None:
        self._run(lambda: self.page.get_by_text(text).first.wait_for())

    def credentials(self) -> list[dict[str, Any]]:
        found = self._run(lambda: self._wire.send("WebAuthn.getCredentials", {"authenticatorId": self.device}))
        return list(found["credentials"])

    def keep(self, credential: dict[str, Any]) -> None:
        """Put a credential back as it was, which is what a copy of it is."""
        values = {"authenticatorId": self.device, "credentialId": credential["credentialId"]}
        self._run(lambda: self._wire.send("WebAuthn.removeCredential", values))
        values = {"authenticatorId": self.device, "credential": credential}
        self._run(lambda: self._wire.send("WebAuthn.addCredential", values))

    def sign_in_with_password(self, user: User) -> None:
        self.open("/sign-in/")
        self.fill("E-mail", user.email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")

    def listen(self, hear: Callable[[Request], None]) -> None:
        self._run(lambda: self.page.on("request", hear))

    def sign_out(self) -> None:
        self._run(self._context.clear_cookies)

    def close(self) -> None:
        self._run(self._context.close)


@pytest.fixture
def ola(transactional_db: None) -> User:
    user = World().ola
    user.language = "en"
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def person(browser: Chromium, live_server: LiveServer) -> Iterator[Person]:
    opened = Person(browser, live_server)
    yield opened
    assert opened.complaints == []
    opened.close()


def add_passkey(person: Person, user: User) -> None:
    person.sign_in_with_password(user)
    person.open("/settings/profile/second-factor/passkeys/new/")
    person.fill("What you call it", "My phone")
    person.press("Make the passkey")
    person.sees("Print these or write them down")


def test_ola_adds_a_passkey_and_signs_in_without_a_password(person: Person, ola: User) -> None:
    add_passkey(person, ola)
    person.sign_out()
    person.open("/sign-in/?next=/customers/")

    person.press("Use a passkey")

    person.wait_for("/customers/")
    passkey = Passkey.objects.get()
    assert (passkey.user, passkey.name) == (ola, "My phone")
    assert passkey.used_at is not None
    assert SignIn.objects.filter(user=ola).latest("pk").method == "passkey"
    assert Happening.objects.filter(name="accounts.passkey_added", actor_id=ola.pk).exists()


def test_a_passkey_is_the_second_factor_after_a_password(person: Person, ola: User) -> None:
    add_passkey(person, ola)
    person.sign_out()

    person.sign_in_with_password(ola)
    assert person.path().startswith("/sign-in/second-factor/")
    person.press("Use a passkey")

    person.wait_for("/")


def test_the_passkey_of_somebody_who_has_left_opens_nothing(person: Person, ola: User) -> None:
    add_passkey(person, ola)
    person.sign_out()
    deactivate_staff(ola, by=World().liga.actor)
    person.open("/sign-in/")

    person.press("Use a passkey")

    person.sees("That passkey could not be used here")


def test_a_copy_of_a_passkey_is_refused_and_told(person: Person, ola: User) -> None:
    add_passkey(person, ola)
    old = person.credentials()[0]
    person.sign_out()
    person.open("/sign-in/")
    person.press("Use a passkey")
    person.wait_for("/")
    person.sign_out()
    person.keep(old)
    person.open("/sign-in/")

    person.press("Use a passkey")

    person.sees("That passkey could not be used here")
    assert Happening.objects.filter(name="accounts.passkey_refused").count() == 1


def test_a_key_that_knows_nobody_is_no_way_in_without_a_password(
    browser: Chromium, live_server: LiveServer, ola: User
) -> None:
    """A key that cannot tell who holds it is a second factor, and never both."""
    person = Person(browser, live_server, verifies=False)
    add_passkey(person, ola)
    person.sign_out()
    person.open("/sign-in/")
    person.press("Use a passkey")
    person.sees("The device did not give a passkey")

    person.sign_in_with_password(ola)
    person.press("Use a passkey")

    person.wait_for("/")
    person.close()


def test_before_staff_are_changed_the_passkey_is_asked_for_once_more_and_nothing_typed_is_lost(
    person: Person, transactional_db: None
) -> None:
    world = World()
    liga = world.liga
    liga.language = "en"
    liga.set_password(PASSWORD)
    liga.save()
    add_passkey(person, liga)
    person.open("/settings/staff/new/")
    person.fill("Name", "Pēteris")
    person.fill("E-mail", "peteris@example.org")
    # The quarter of an hour passes while she types.
    for session in _sessions():
        session["proven"] = 1
        session.save()

    person.press("Save")
    person.sees("Is it you?")
    person.press("Use a passkey")

    person.sees("signs in as peteris@example.org")
    assert User.objects.filter(email="peteris@example.org", name="Pēteris").exists()


def test_what_a_browser_sent_once_opens_nothing_again(person: Person, ola: User) -> None:
    """The challenge is good once: what was overheard is worthless, in this session and in another."""
    add_passkey(person, ola)
    sent: list[str] = []
    person.sign_out()
    person.open("/sign-in/")

    person.listen(lambda request: sent.append(request.post_data or ""))
    person.press("Use a passkey")
    person.wait_for("/")
    form = next(body for body in sent if "credential" in body or "rawId" in body)
    client = Client()
    client.post("/sign-in/passkey/options/")

    answer = client.post("/sign-in/passkey/", form, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422
    assert settings.SESSION_COOKIE_NAME not in client.cookies or "_auth_user_id" not in client.session


def _sessions() -> list[Any]:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return [store(row.session_key) for row in Session.objects.all()]
