"""Devices at the tills: registered by a code, known by a cookie, and a PIN that opens there and nowhere else."""

import re

import pytest
import time_machine
from django.test import Client, RequestFactory

from stamkunde.accounts import devices
from stamkunde.accounts.actions.devices import DeviceRefused, end_device, make_device_code, remove_pin, set_pin
from stamkunde.accounts.actions.staff import Belonging, change_staff, deactivate_staff, give_new_password
from stamkunde.accounts.models import SignIn, TillDevice, User
from stamkunde.accounts.roles import AT_TILL, Role
from stamkunde.accounts.tests.doors import is_in, with_app, with_password
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from tests.world import World, make_staff, make_store, make_till, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
PIN = "4826"


def registered(world: World) -> Client:
    """Return a browser on a device that Līga has registered for the till."""
    page = signed_in(world.liga).post("/settings/devices/new/", {"till": world.till.pk, "name": "Tablet"})
    client = Client()
    assert client.post("/till/device/", {"code": page.context["code"]}).status_code == 302
    return client


@pytest.fixture
def anna(world: World) -> User:
    set_pin(world.anna, PIN, by=world.anna.actor)
    return world.anna


def type_pin(client: Client, user: User, pin: str = PIN, **more: str):
    return client.post(f"/till/{user.pk}/", {"pin": pin, **more})


def at_till(client: Client) -> bool:
    return client.get("/purchases/new/").status_code == 200


def test_liga_registers_the_tablet_and_anna_signs_in_on_it(world: World, anna: User) -> None:
    client = registered(world)

    assert "Anna" in client.get("/till/").content.decode()
    assert type_pin(client, anna)["Location"] == "/counter/"

    assert at_till(client)
    device = TillDevice.objects.get()
    assert (device.used_by, device.till) == (anna, world.till)
    assert Happening.objects.get(name="accounts.device_registered").actor_label == "Liga"
    assert SignIn.objects.get(user=anna).till_device == device


def test_the_till_face_is_told_which_till_it_stands_at(world: World) -> None:
    client = registered(world)
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    assert devices.till_of(request) == world.till
    assert devices.till_of(RequestFactory().get("/")) is None


def test_a_pin_opens_nothing_on_a_device_that_nobody_registered(world: World, anna: User, client: Client) -> None:
    assert type_pin(client, anna)["Location"] == "/till/device/"
    assert "_auth_user_id" not in client.session

    client.cookies["till-device"] = "guessed"
    assert type_pin(client, anna)["Location"] == "/till/device/"
    assert "_auth_user_id" not in client.session


def test_a_code_registers_one_device_within_its_time(world: World, client: Client) -> None:
    code = make_device_code(world.till, "Tablet", by=world.liga)
    assert Client().post("/till/device/", {"code": code.lower().replace("-", " ")}).status_code == 302

    assert client.post("/till/device/", {"code": code}).status_code == 422

    late = make_device_code(world.till, "Tablet", by=world.liga)
    with time_machine.travel(now().timestamp() + 901):
        assert client.post("/till/device/", {"code": late}).status_code == 422
    assert TillDevice.objects.count() == 1


def test_the_code_of_somebody_who_has_left_registers_nothing(world: World, client: Client) -> None:
    lead = make_staff("Leif", Role.LEAD, world.store)
    code = make_device_code(world.till, "Tablet", by=lead)
    deactivate_staff(lead, by=world.liga.actor)

    assert client.post("/till/device/", {"code": code}).status_code == 422
    assert not TillDevice.objects.exists()


def test_codes_are_not_guessed(world: World, client: Client) -> None:
    code = make_device_code(world.till, "Tablet", by=world.liga)
    for _try in range(10):
        assert client.post("/till/device/", {"code": "AAAA-AAAA"}).status_code == 422

    assert client.post("/till/device/", {"code": code}).status_code == 429
    assert not TillDevice.objects.exists()


def test_a_pin_is_not_guessed_and_one_persons_tries_do_not_stop_another(world: World, anna: User) -> None:
    set_pin(world.ola, "7391", by=world.ola.actor)
    client = registered(world)
    for _try in range(devices.PINS):
        assert type_pin(client, anna, "0000").status_code == 422

    blocked = type_pin(client, anna)

    assert blocked.status_code == 429
    assert int(blocked["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session
    assert Happening.objects.filter(name="accounts.pins_throttled").count() == 1
    assert type_pin(client, world.ola, "7391").status_code == 302


def test_a_device_on_which_many_pins_are_tried_stops_for_all(world: World, anna: User) -> None:
    people = [make_staff(f"Clerk{number}", Role.TILL, world.store) for number in range(5)]
    for person in people:
        set_pin(person, PIN, by=person.actor)
    client = registered(world)
    for number in range(devices.PINS_OF_DEVICE):
        type_pin(client, people[number % 5], "0000")

    assert type_pin(client, anna).status_code == 429


def test_an_own_pin_between_does_not_let_others_be_guessed_anew(world: World, anna: User) -> None:
    people = [make_staff(f"Clerk{number}", Role.TILL, world.store) for number in range(5)]
    for person in people:
        set_pin(person, PIN, by=person.actor)
    client = registered(world)
    answers = []
    for number in range(devices.PINS_OF_DEVICE + 1):
        answers.append(type_pin(client, people[number % 5], "0000").status_code)
        own = type_pin(client, anna).status_code
        client.get("/till/")

    assert answers[-1] == 429
    assert own == 429


def test_right_pins_are_not_counted_on_a_busy_device(world: World, anna: User) -> None:
    client = registered(world)

    for _time in range(devices.PINS_OF_DEVICE + 2):
        assert type_pin(client, anna).status_code == 302


def test_the_wait_for_a_pin_grows(world: World, anna: User) -> None:
    client = registered(world)
    start = now().timestamp()
    waits = []
    with time_machine.travel(start) as clock:
        for _round in range(3):
            while (answer := type_pin(client, anna, "0000")).status_code == 422:
                pass
            waits.append(int(answer["Retry-After"]))
            clock.shift(waits[-1] + 2)

    assert waits[0] < waits[1] < waits[2]


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "٤٨٢٦", "1111", "1234", "4321", "2580", " 4826"])
def test_a_pin_that_anybody_would_try_is_refused(world: World, pin: str) -> None:
    page = signed_in(world.anna).post("/settings/profile/pin/", {"pin": pin, "again": pin})

    world.anna.refresh_from_db()
    if pin == " 4826":
        assert page.status_code == 302
    else:
        assert page.status_code == 422
        assert world.anna.pin == ""


def test_a_pin_is_kept_as_a_hash(anna: User) -> None:
    anna.refresh_from_db()

    assert PIN not in anna.pin
    assert anna.check_pin(PIN)
    assert not anna.check_pin("")


def test_at_a_till_an_administrator_is_a_clerk(world: World) -> None:
    set_pin(world.liga, PIN, by=world.liga.actor)
    client = registered(world)
    type_pin(client, world.liga)

    assert at_till(client)
    assert "/settings/" not in client.get("/").content.decode()
    closed = ("/settings/staff/", "/settings/shop/", "/settings/profile/", "/settings/profile/password/",
              "/settings/profile/second-factor/", "/settings/profile/sessions/", "/settings/profile/pin/",
              "/settings/devices/", "/settings/", "/exports/", "/audit/", "/products/new/")  # fmt: skip
    for address in closed:
        assert client.get(address).status_code == 403, address
    before = User.objects.get(pk=world.anna.pk).role
    client.post(f"/settings/staff/{world.anna.pk}/", {"name": "Anna", "role": "administrator"})
    assert User.objects.get(pk=world.anna.pk).role == before


def test_a_pin_session_may_do_what_a_till_does_and_no_more() -> None:
    liga = User(role=Role.ADMINISTRATOR)
    everything = set(AT_TILL) | {"accounts.manage_staff", "exchange.export", "customers.remove"}

    liga.at_till = TillDevice()

    assert {name for name in everything if liga.may(name)} == AT_TILL


def test_nobody_signs_in_by_pin_in_a_store_she_is_not_bound_to(world: World, anna: User) -> None:
    bergen, bound = make_store("Bergen"), Belonging(is_bound=True)
    change_staff(anna, name="Anna", role=Role.TILL, store=bergen, belonging=bound, by=world.liga.actor)
    client = registered(world)

    assert "Anna" not in client.get("/till/").content.decode()
    assert type_pin(client, anna).status_code == 404


def test_those_who_do_not_sell_are_not_asked_at_a_till(world: World) -> None:
    set_pin(world.eve, PIN, by=world.eve.actor)
    client = registered(world)

    assert type_pin(client, world.eve).status_code == 404


def test_an_ended_device_is_a_stranger_at_once(world: World, anna: User) -> None:
    client = registered(world)
    type_pin(client, anna)
    device = TillDevice.objects.get()

    signed_in(world.liga).post(f"/settings/devices/{device.pk}/ending/")

    assert client.get("/purchases/new/").status_code == 302
    assert type_pin(client, anna)["Location"] == "/till/device/"
    assert Happening.objects.get(name="accounts.device_ended").actor_label == "Liga"


def test_a_pin_session_taken_to_another_browser_is_none(world: World, anna: User, client: Client) -> None:
    till = registered(world)
    type_pin(till, anna)
    client.cookies["session"] = till.cookies["session"].value

    assert client.get("/purchases/new/").status_code == 302


def test_a_till_left_alone_asks_for_the_pin_again(world: World, anna: User) -> None:
    client = registered(world)
    type_pin(client, anna)

    with time_machine.travel(now().timestamp() + 4 * 60):
        assert at_till(client)
    with time_machine.travel(now().timestamp() + 10 * 60):
        response = client.get("/purchases/new/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/till/")


def test_one_after_the_other_at_one_till(world: World, anna: User) -> None:
    set_pin(world.ola, "7391", by=world.ola.actor)
    client = registered(world)
    type_pin(client, anna)

    type_pin(client, world.ola, "7391")

    assert client.session["_auth_user_id"] == str(world.ola.pk)
    assert SignIn.objects.get(user=anna).ended_at is not None
    assert client.post("/sign-out/")["Location"] == "/till/"


def test_a_wrong_pin_leaves_whoever_is_signed_in(world: World, anna: User) -> None:
    client = registered(world)
    type_pin(client, anna)

    type_pin(client, anna, "0000")

    assert at_till(client)


def test_whoever_must_choose_a_password_first_has_no_pin(world: World, anna: User) -> None:
    client = registered(world)
    type_pin(client, anna)

    give_new_password(anna, by=world.liga.actor)

    assert client.get("/purchases/new/").status_code == 302
    assert type_pin(client, anna).status_code == 404


def test_a_removed_pin_ends_what_began_with_it_and_nothing_else(world: World, anna: User) -> None:
    desk = Client()
    desk.post("/sign-in/", {"email": with_password(anna).email, "password": "a lantern on the pier"})
    client = registered(world)
    type_pin(client, anna)

    remove_pin(User.objects.get(pk=anna.pk), by=world.liga.actor)

    assert client.get("/purchases/new/").status_code == 302
    assert is_in(desk)


def test_a_lead_looks_after_the_devices_of_her_own_stores(world: World) -> None:
    lead = make_staff("Leif", Role.LEAD, world.store)
    type(lead).objects.filter(pk=lead.pk).update(is_bound=True)
    elsewhere = make_till(make_store("Bergen"), "Kasse 9")
    device = TillDevice.objects.create(till=elsewhere, name="Far", token_digest="x")
    client = signed_in(lead)

    assert "Far" not in client.get("/settings/devices/").content.decode()
    assert client.post(f"/settings/devices/{device.pk}/ending/").status_code == 404
    assert client.post("/settings/devices/new/", {"till": elsewhere.pk, "name": "Mine"}).status_code == 422
    assert client.post("/settings/devices/new/", {"till": world.till.pk, "name": "Mine"}).status_code == 200
    device.refresh_from_db()
    assert device.ended_at is None


def test_a_till_out_of_use_gets_no_device(world: World) -> None:
    world.till.is_open = False

    with pytest.raises(DeviceRefused):
        make_device_code(world.till, "Tablet", by=world.liga)


def test_registering_asks_once_more_who_sits_there(world: World) -> None:
    with_app(world.liga)

    page = signed_in(world.liga).post("/settings/devices/new/", {"till": world.till.pk, "name": "Tablet"})

    assert page.status_code == 403
    assert re.search(r'name="name" value="Tablet"', page.content.decode())


def test_ending_a_device_twice_is_told_once(world: World) -> None:
    registered(world)
    device = TillDevice.objects.get()

    end_device(device, by=world.liga.actor)
    end_device(device, by=world.liga.actor)

    assert Happening.objects.filter(name="accounts.device_ended").count() == 1
