"""A password handed to somebody ends all that the old one had opened, tokens too; one they choose does not."""

import pytest

from stamkunde.accounts.actions.staff import change_password, give_new_password
from tests.machine import Machine, problem
from tests.world import World, signed_in


@pytest.mark.django_db(transaction=True)
def test_a_password_handed_to_somebody_ends_their_tokens_and_sessions(world: World) -> None:
    machine, other, client = Machine(world.ola), Machine(world.anna), signed_in(world.ola)
    assert client.get("/settings/profile/").status_code == 200

    give_new_password(world.ola, by=world.liga.actor)

    problem(machine.get("/me"), 401, "unauthorized")
    assert client.get("/settings/profile/")["Location"].startswith("/sign-in/")
    assert other.get("/me").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_password_somebody_chooses_leaves_their_own_tokens(world: World) -> None:
    machine = Machine(world.ola)

    change_password(world.ola, "seven herons over the fjord", by=world.ola.actor)

    assert machine.get("/me").status_code == 200
