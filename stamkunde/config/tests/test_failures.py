"""What a person is told where something cannot be done: at an address for a button, at a field left empty."""

import pytest

from stamkunde.customers.tests.unchanged import nothing_changes
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_an_address_for_a_button_says_so_when_it_is_opened(world: World) -> None:
    client, address = signed_in(world.liga), f"/settings/staff/{world.ola.pk}/password/"

    with nothing_changes():
        page = client.get(address, headers=BROWSER)

    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "This address is for a button" in page.content.decode()


def test_programs_are_told_nothing_more_than_the_method(world: World) -> None:
    client = signed_in(world.liga)

    assert client.get(f"/settings/staff/{world.ola.pk}/password/").content == b""


def test_an_empty_field_says_what_to_do(world: World) -> None:
    client = signed_in(world.liga)

    with nothing_changes():
        page = client.post("/settings/stores/new/", {"name": "", "country": "NO"}).content.decode()

    assert "Please fill this in." in page
    assert "required" not in page.split("field-error")[1].split("</p>")[0]
