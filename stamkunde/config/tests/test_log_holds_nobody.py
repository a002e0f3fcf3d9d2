"""People and secrets go through the product, also where it breaks, and none of them is in its log (spec: canaries)."""

import logging

import pytest
from django.test import Client

from stamkunde.kit.log import LineFormatter
from tests.world import World, make_customer, signed_in

pytestmark = pytest.mark.django_db

CANARIES = ("Kanarifugl", "Fuglebur", "kanari@fugl.example", "912 73 465", "91273465", "en lukket dør med fugl")


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO)
    return lambda: "\n".join(LineFormatter().format(record) for record in caplog.records)


def test_signing_in_searching_and_breaking_leave_no_person_in_the_log(world: World, log, monkeypatch):
    customer = make_customer("Kanarifugl", "Fuglebur", phone="912 73 465", email="kanari@fugl.example")
    Client().post("/sign-in/", {"email": "kanari@fugl.example", "password": "en lukket dør med fugl"})
    client = signed_in(world.ola)
    client.raise_request_exception = False
    for address in (
        f"/customers/{customer.pk}/",
        "/search/?q=Kanarifugl+Fuglebur",
        "/customers/?q=kanari@fugl.example",
        "/customers/Kanarifugl/",
        "/nowhere/kanari@fugl.example/",
        "/customers/?f=name:is:Kanarifugl",
    ):
        client.get(address)
    client.post("/customers/new/", {"name": "Kanarifugl\0Fuglebur", "phone": "912 73 465"})

    def breaks(*_args, **_more):
        raise ValueError("Kanarifugl Fuglebur, kanari@fugl.example, 91273465")

    monkeypatch.setattr("stamkunde.desk.views.customer.four_numbers", breaks)
    assert client.get(f"/customers/{customer.pk}/").status_code == 500

    text = log()
    assert "ValueError" in text
    # The address itself is the one thing Django logs, and no page of ours has a name in it.
    for canary in CANARIES:
        lines = [line for line in text.splitlines() if canary in line and "/customers/Kanarifugl/" not in line]
        assert not [line for line in lines if "raise ValueError" not in line], lines
