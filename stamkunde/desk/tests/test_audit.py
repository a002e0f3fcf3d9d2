"""The audit tells those who may not see customers nothing about any of them."""

import pytest

from stamkunde.accounts.roles import Role
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.django_db


def test_an_accountant_cannot_ask_the_audit_after_a_customer(world: World) -> None:
    accountant = signed_in(make_staff("Nils", Role.ACCOUNTANT))
    kari, nobody = world.kari.pk, 999_999

    about_kari, about_nobody = (
        accountant.get(f"/audit/?customer={number}").content.decode().count("<tr data-row") for number in (kari, nobody)
    )

    assert about_kari == about_nobody > 0


def test_the_manager_can(world: World) -> None:
    kari = world.kari
    liga = signed_in(world.liga)

    assert liga.get(f"/audit/?customer={kari.pk}").content.decode().count("<tr data-row") > 0
    assert liga.get("/audit/?customer=999999").content.decode().count("<tr data-row") == 0
