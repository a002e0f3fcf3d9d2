"""Looking after the staff: roles hold at once, nobody locks the house from outside, and others may not even look."""

import pytest

from stamkunde.accounts.actions.staff import StaffRefused, add_staff, change_staff, deactivate_staff
from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.events.models import Happening
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def test_liga_adds_a_colleague_and_is_shown_the_password_once(world: World) -> None:
    page = signed_in(world.liga).post(
        "/settings/staff/new/",
        {"name": "Pēteris", "email": "Peteris@Example.org", "role": "care", "store": world.store.pk},
    )

    member = User.objects.get(email="peteris@example.org")
    password = page.content.decode().split("<strong>")[1].split("</strong>")[0]
    assert member.check_password(password)
    assert member.must_change_password
    assert Happening.objects.get(name="accounts.staff_added").actor_label == "Liga"


def test_the_same_e_mail_is_not_added_twice(world: World) -> None:
    values = {"name": "Anna again", "email": world.anna.email.upper(), "role": "till"}

    response = signed_in(world.liga).post("/settings/staff/new/", values)

    assert response.status_code == 422
    assert "Anna again" in response.content.decode()
    assert User.objects.filter(email=world.anna.email).count() == 1


def test_a_new_role_holds_from_the_next_request(world: World) -> None:
    ola = signed_in(world.ola)
    assert ola.get("/settings/staff/").status_code == 403

    change_staff(world.ola, name="Ola", role=Role.ADMINISTRATOR, store=None, by=world.liga.actor)

    assert ola.get("/settings/staff/").status_code == 200


@pytest.mark.parametrize("new_role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_the_last_administrator_stays_one(world: World, new_role: Role) -> None:
    with pytest.raises(StaffRefused):
        change_staff(world.liga, name="Liga", role=new_role, store=None, by=world.liga.actor)

    world.liga.refresh_from_db()
    assert world.liga.role == Role.ADMINISTRATOR


def test_nobody_ends_her_own_access(world: World) -> None:
    add_staff(email="second@example.org", name="Second", role=Role.ADMINISTRATOR, store=None, by=world.liga.actor)

    with pytest.raises(StaffRefused):
        deactivate_staff(world.liga, by=world.liga.actor)

    world.liga.refresh_from_db()
    assert world.liga.is_active


@pytest.mark.parametrize("who", ["anna", "ola", "eve"])
@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/deactivation/", "{pk}/password/"])
def test_others_may_neither_see_nor_change_the_staff(world: World, who: str, path: str) -> None:
    client, address = signed_in(getattr(world, who)), "/settings/staff/" + path.format(pk=world.liga.pk)
    before = list(User.objects.order_by("pk").values())

    assert client.get(address).status_code in {403, 405}
    assert client.post(address, {"name": "Evil", "email": "evil@example.org", "role": "administrator"}).status_code in {
        403,
        405,
    }

    assert list(User.objects.order_by("pk").values()) == before
