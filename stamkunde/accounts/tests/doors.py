"""What stories about signing in are told with: somebody at the door, and an app that shows codes."""

from typing import Any

from django.test import Client

from stamkunde.accounts.actions.second_factor import PURPOSE, add_authenticator_app
from stamkunde.accounts.models import User
from stamkunde.accounts.second_factor.codes import code_at, current_step, new_secret
from stamkunde.kit.sealing import unseal
from tests.world import PASSWORD

DOOR = "/sign-in/"
SECOND = "/sign-in/second-factor/"
PROFILE = "/settings/profile/"


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def with_app(user: User) -> list[str]:
    """Set up an app two minutes ago, so that its newest codes are unused; return the codes on paper."""
    secret = new_secret()
    codes = add_authenticator_app(user, secret, code_at(secret, current_step()), by=user.actor)
    type(user.authenticator_app).objects.filter(user=user).update(last_step=current_step() - 4)
    user.refresh_from_db()
    return codes


def code_of(user: User, steps: int = 0) -> str:
    """Return what the app shows now, or some half minutes from now."""
    app = type(user.authenticator_app).objects.get(user=user)
    return code_at(unseal(app.sealed_secret, purpose=PURPOSE), current_step() + steps)


def knock(client: Client, user: User, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(DOOR, {"email": user.email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200
