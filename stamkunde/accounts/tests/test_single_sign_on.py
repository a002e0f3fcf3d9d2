"""The company's sign-in, against a real provider of another make; and everything somebody could forge."""

import base64
import http.client
import ipaddress
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from stamkunde.accounts.actions.staff import deactivate_staff
from stamkunde.accounts.models import ForeignIdentity, SignIn, User
from stamkunde.accounts.roles import Role
from stamkunde.accounts.single_sign_on.talking import forget_what_was_said
from stamkunde.accounts.tests.doors import code_of, is_in, knock, with_app, with_password
from stamkunde.events.models import Happening
from tests.provider import CLIENT, SECRET, Provider, run_provider
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.page]
BASE = "https://shop.example.com"
RETURN = "/sign-in/company/return/"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with run_provider(BASE + RETURN) as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    forget_what_was_said()
    running.lie, running.said, running.asked = None, {}, []
    running.person = {"sub": "ola-7", "email": "ola@example.org", "email_verified": True, "name": "Ola Nordmann"}
    settings.BASE_URL = BASE
    settings.OIDC_ISSUER = running.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = CLIENT, SECRET, "Acme"
    settings.INNER_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.OUTGOING_PORTS = [urlsplit(running.issuer).port]
    return running


def go_there(client: Client, target: str = "/") -> str:
    """Go to the provider as a browser does, and return where it sends one back to."""
    there = client.get(f"/sign-in/company/?next={target}")
    assert there.status_code == 302, there.content.decode()
    parts = urlsplit(there["Location"])
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    return str(answer.getheader("Location")).removeprefix(BASE)


def come_in(client: Client, target: str = "/") -> Any:
    return client.get(go_there(client, target))


def test_ola_comes_in_with_the_companys_account(world: World, provider: Provider, client: Client) -> None:
    ola = world.ola
    assert "Sign in with Acme" in client.get("/sign-in/").content.decode()

    answer = come_in(client, "/customers/")

    assert answer["Location"] == "/customers/"
    assert is_in(client)
    identity = ForeignIdentity.objects.get()
    assert (identity.user, identity.subject, identity.issuer) == (ola, "ola-7", provider.issuer)
    assert SignIn.objects.get().method == "elsewhere"
    assert Happening.objects.filter(name="accounts.identity_linked").count() == 1
    asked = provider.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) > 30
    assert asked["redirect_uri"] == BASE + RETURN


def test_she_is_known_by_the_providers_name_for_her_and_no_longer_by_her_e_mail(
    world: World, provider: Provider, client: Client
) -> None:
    _ = world.ola, world.liga
    come_in(client)
    client.post("/sign-out/")

    provider.person["email"] = "liga@example.org"
    come_in(client)

    assert client.session["_auth_user_id"] == str(world.ola.pk)


def test_a_second_account_with_her_e_mail_is_not_hers(world: World, provider: Provider) -> None:
    _ = world.ola
    come_in(Client())

    provider.person["sub"] = "somebody-else"
    stranger = Client()
    answer = come_in(stranger)

    assert answer.status_code == 403
    assert "Another account of the company" in answer.content.decode()
    assert not is_in(stranger)
    assert ForeignIdentity.objects.count() == 1


@pytest.mark.parametrize("verified", [False, None, "false", 1, ["true"]])
def test_an_e_mail_that_nobody_made_sure_of_opens_nothing(
    world: World, provider: Provider, client: Client, verified: Any
) -> None:
    _ = world.ola
    provider.person["email_verified"] = verified

    answer = come_in(client)

    assert answer.status_code == 403
    assert "does not vouch for your e-mail" in answer.content.decode()
    assert not ForeignIdentity.objects.exists()


def test_whoever_is_not_on_the_staff_is_told_whom_to_ask(world: World, provider: Provider, client: Client) -> None:
    answer = come_in(client)

    assert answer.status_code == 403
    assert "not on the staff here yet" in answer.content.decode()
    assert not User.objects.exists()


def test_newcomers_are_added_where_the_settings_say_so(provider: Provider, settings: Any, client: Client) -> None:
    settings.OIDC_NEW_ROLE, settings.OIDC_NEW_DOMAINS = "till", ["Example.org"]

    come_in(client)

    ola = User.objects.get(email="ola@example.org")
    assert (ola.name, ola.role, ola.has_usable_password()) == ("Ola Nordmann", Role.TILL, False)
    assert is_in(client)
    provider.person = {**provider.person, "sub": "x", "email": "eve@elsewhere.example"}
    assert come_in(Client()).status_code == 403
    assert User.objects.count() == 1


def test_whoever_has_left_stays_out(world: World, provider: Provider, client: Client) -> None:
    come_in_first = Client()
    _ = world.ola
    come_in(come_in_first)
    deactivate_staff(world.ola, by=world.liga.actor)

    answer = come_in(client)

    assert answer.status_code == 403
    assert "access here has ended" in answer.content.decode()
    assert not is_in(client)
    assert not is_in(come_in_first)


def test_the_role_follows_the_claim_and_the_last_administrator_stays(
    world: World, provider: Provider, settings: Any
) -> None:
    settings.OIDC_ROLE_CLAIM, settings.OIDC_ROLES = "groups", ["bosses=lead", "shop=till"]
    _ = world.ola, world.liga
    provider.person["groups"] = ["shop", "bosses", "others"]
    come_in(Client())
    world.ola.refresh_from_db()
    assert world.ola.role == Role.LEAD

    provider.person = {"sub": "liga-1", "email": "liga@example.org", "email_verified": True, "groups": "shop"}
    client = Client()
    come_in(client)

    world.liga.refresh_from_db()
    assert world.liga.role == Role.ADMINISTRATOR
    assert is_in(client)


def test_the_companys_account_is_no_way_past_the_second_factor(
    world: World, provider: Provider, client: Client
) -> None:
    ola = world.ola
    with_app(ola)

    answer = come_in(client)

    assert answer["Location"].startswith("/sign-in/second-factor/")
    assert not is_in(client)
    client.post("/sign-in/second-factor/", {"code": code_of(ola)})
    assert is_in(client)


def test_a_second_factor_shown_there_counts_only_where_the_settings_trust_it(
    world: World, provider: Provider, settings: Any
) -> None:
    with_app(world.ola)
    provider.person["amr"] = ["pwd", "mfa"]
    assert come_in(Client())["Location"].startswith("/sign-in/second-factor/")

    settings.OIDC_TRUSTED_METHODS = ["mfa"]

    assert come_in(Client())["Location"] == "/"


def without_signature(claims: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(claims)}."


def lies(provider: Provider) -> dict[str, Callable[[dict[str, Any]], str]]:
    stranger = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    at = int(time.time())
    return {
        "nobody's signature": without_signature,
        "another key": lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "one"}),
        "a key nobody knows": lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "two"}),
        "the shared secret": lambda claims: jwt.encode(claims, SECRET * 4, algorithm="HS256", headers={"kid": "one"}),
        "a key within the token": lambda claims: jwt.encode(
            claims, stranger, algorithm="RS256", headers={"kid": "one", "jku": "https://evil.example/keys"}
        ),
        "another issuer": lambda claims: provider.sign({**claims, "iss": "https://evil.example"}),
        "for another": lambda claims: provider.sign({**claims, "aud": "another-shop"}),
        "for two, by another": lambda claims: provider.sign({**claims, "aud": [CLIENT, "other"], "azp": "other"}),
        "for two, by nobody": lambda claims: provider.sign(
            {name: value for name, value in {**claims, "aud": [CLIENT, "other"]}.items() if name != "azp"}
        ),
        "another nonce": lambda claims: provider.sign({**claims, "nonce": "n" * 43}),
        "no nonce": lambda claims: provider.sign({name: v for name, v in claims.items() if name != "nonce"}),
        "over": lambda claims: provider.sign({**claims, "exp": at - 120}),
        "without end": lambda claims: provider.sign({name: v for name, v in claims.items() if name != "exp"}),
        "from tomorrow": lambda claims: provider.sign({**claims, "iat": at + 86_400}),
        "of nobody": lambda claims: provider.sign({**claims, "sub": ""}),
        "no token": lambda claims: "not a token",
    }


@pytest.mark.parametrize("which", sorted(lies(Provider(BASE + RETURN))))
def test_a_forged_token_opens_nothing_and_changes_nothing(
    world: World, provider: Provider, client: Client, which: str
) -> None:
    _ = world.ola
    provider.lie = lies(provider)[which]

    answer = come_in(client)

    assert answer.status_code == 403
    assert "cannot be believed" in answer.content.decode()
    assert not is_in(client)
    assert not ForeignIdentity.objects.exists()


def test_a_token_signed_anew_by_the_right_key_is_believed(world: World, provider: Provider, client: Client) -> None:
    """The lies above are told by a provider whose truth is taken."""
    _ = world.ola
    provider.lie = provider.sign

    assert come_in(client).status_code == 302


def test_an_answer_to_another_browsers_question_opens_nothing(world: World, provider: Provider, client: Client) -> None:
    """Whoever is sent a link with somebody else's code is not signed in as that somebody."""
    _ = world.ola
    back = go_there(Client())

    assert "begun in another browser" in client.get(back).content.decode()
    go_there(client)
    assert "not the answer to what this browser asked" in client.get(back).content.decode()
    assert not is_in(client)


def test_an_answer_is_taken_once(world: World, provider: Provider, client: Client) -> None:
    _ = world.ola
    back = go_there(client)
    assert client.get(back).status_code == 302
    client.post("/sign-out/")

    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_a_code_is_worthless_without_the_browsers_own_secret(world: World, provider: Provider, client: Client) -> None:
    """PKCE: the provider itself refuses a code whose verifier does not fit."""
    _ = world.ola
    back = go_there(client)
    session = client.session
    session["single_sign_on"] = {**session["single_sign_on"], "verifier": "v" * 43}
    session.save()

    answer = client.get(back)

    assert answer.status_code == 403
    assert not is_in(client)


def test_who_is_not_let_in_there_is_not_let_in_here(world: World, provider: Provider, client: Client) -> None:
    provider.person = {}

    answer = come_in(client)

    assert answer.status_code == 403
    assert "did not let you in" in answer.content.decode()


@pytest.mark.parametrize(
    "said", [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": 7}, {"issuer": None}]
)
def test_a_provider_that_says_what_cannot_be_is_not_gone_to(
    provider: Provider, client: Client, said: dict[str, Any]
) -> None:
    provider.said = said

    assert client.get("/sign-in/company/").status_code == 403
    assert provider.asked == []


def test_another_issuers_answer_is_refused(world: World, provider: Provider, client: Client) -> None:
    _ = world.ola
    provider.said = {"authorization_response_iss_parameter_supported": True}
    back = go_there(client)

    assert client.get(f"{back}&iss=https://evil.example").status_code == 403
    assert client.get(go_there(client)).status_code == 403
    assert client.get(f"{go_there(client)}&iss={provider.issuer}").status_code == 302


def test_nothing_goes_out_but_by_the_one_way(provider: Provider, settings: Any, client: Client) -> None:
    """The provider in an inner network is reached because a setting says so, and not otherwise."""
    settings.INNER_NETWORKS = []

    answer = client.get("/sign-in/company/")

    assert answer.status_code == 403
    assert "could not be reached" in answer.content.decode()


def test_without_a_provider_there_is_no_such_page(client: Client, db: None) -> None:
    assert client.get("/sign-in/company/").status_code == 404
    assert client.get(RETURN).status_code == 404
    assert "company" not in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_the_way_back_leads_to_our_own_pages_only(
    world: World, provider: Provider, client: Client, target: str
) -> None:
    _ = world.ola

    assert come_in(client, target)["Location"] == "/"


def test_an_account_taken_off_ends_what_began_with_it(world: World, provider: Provider, client: Client) -> None:
    ola = with_password(world.ola)
    come_in(client)
    desk = Client()
    knock(desk, ola)

    desk_of_liga = Client()
    desk_of_liga.force_login(world.liga)
    desk_of_liga.post(f"/settings/staff/{ola.pk}/identity/removal/")

    assert not ForeignIdentity.objects.exists()
    assert not is_in(client)
    assert is_in(desk)
