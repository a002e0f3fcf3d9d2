"""A program that a generator wrote from the description alone lives a customer's story at the door."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx  # noqa: TID251 - the generated client speaks through it, and here only with this process
import pytest
from django.test import Client

from stamkunde.accounts.roles import Role
from tests.architecture.description import SNAPSHOT
from tests.machine import Machine
from tests.world import World, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.thorough]
PACKAGE = "client_of_another_make"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let a generator read the description that is kept, and write a client of it."""
    generator = pytest.importorskip("openapi_python_client")
    config = pytest.importorskip("openapi_python_client.config")
    folder = tmp_path_factory.mktemp("generated")
    wanted = config.Config.from_sources(
        config.ConfigFile(post_hooks=[]),
        config.MetaType.NONE,
        document_source=SNAPSHOT,
        file_encoding="utf-8",
        overwrite=True,
        output_path=folder / PACKAGE,
    )
    complaints = generator.generate(config=wanted)
    assert not complaints, complaints
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def _answered_here(request: httpx.Request) -> httpx.Response:
    """Take the request to the door without a network, so that what it writes is taken back with the test."""
    kind = request.headers.get("Content-Type", "application/octet-stream")
    answer = Client().generic(
        request.method, request.url.raw_path.decode(), request.read(), content_type=kind, headers=dict(request.headers)
    )
    return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


class Program:
    """Calls operations by the names and types that the generator gave them."""

    def __init__(self, secret: str) -> None:
        self._client = self._module("client").AuthenticatedClient(
            base_url="http://testserver",
            token=secret,
            raise_on_unexpected_status=True,
            follow_redirects=True,
            httpx_args={"transport": httpx.MockTransport(_answered_here)},
        )

    def model(self, name: str) -> Any:
        return getattr(self._module("models"), name)

    def call(self, operation: str, *args: Any, **values: Any) -> Any:
        """Return the answer with `status_code`, `headers` and what was `parsed`; a status it does not know raises."""
        return self._module(f"api.{operation}").sync_detailed(*args, client=self._client, **values)

    def _module(self, name: str) -> Any:
        return importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def program(package: Path, world: World) -> Program:
    return Program(Machine(make_staff("Lena", Role.LEAD, world.store), store=world.store).secret)


def test_a_client_is_made_of_every_operation(package: Path) -> None:
    from stamkunde.config.api import API

    made = {path.stem for path in package.glob("api/*/*.py")} - {"__init__"}

    assert len(made) == len(API.routes)


def test_a_customers_story(program: Program) -> None:
    kari = program.model("CustomerSent")(
        given_name="Kari", family_name="Nordmann", language=program.model("Language").NB
    )
    made = program.call("customers.create_customer", body=kari, idempotency_key="story-1")
    again = program.call("customers.create_customer", body=kari, idempotency_key="story-1")
    assert (made.status_code, again.content) == (201, made.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    customer_id = made.parsed.id

    line = program.model("LineSent")(description="Green tea", quantity="2", unit_price=12_900)
    bought = program.model("OrderSent")(lines=[line], customer_id=customer_id)
    order = program.call("purchases.register_order", body=bought, idempotency_key="story-2").parsed
    repeated = program.call("purchases.register_order", body=bought, idempotency_key="story-2")
    assert (order.total, repeated.parsed.id) == (25_800, order.id)
    assert program.call("customers.get_customer", customer_id).parsed.visits == 1

    part = program.model("ReturnLineSent")(order_line_id=order.lines[0].id, quantity="1")
    back = program.model("ReturnSent")(order_id=order.id, lines=[part])
    assert program.call("returns.register_return", body=back, idempotency_key="story-3").parsed.total == 12_900
    part.quantity = "2"
    refused = program.call("returns.register_return", body=back, idempotency_key="story-4")
    assert (refused.status_code, refused.parsed.code) == (409, "more_than_bought")
    assert len(program.call("returns.list_returns", customer_id=customer_id).parsed.items) == 1

    twin = program.call("customers.create_customer", body=program.model("CustomerSent")(given_name="Kari")).parsed
    merge = program.model("MergeSent")(other_id=twin.id)
    assert program.call("merging.merge_customers", customer_id, body=merge).parsed.merged_id == twin.id
    assert program.call("customers.get_customer", twin.id).parsed.id == customer_id

    feed = program.call("events.follow_events").parsed
    assert [event.name for event in feed.items if event.customer_id == customer_id] == [
        "customers.customer_created",
        "sales.order_placed",
        "sales.return_registered",
        "customers.customer_created",
        "customers.customers_merged",
    ]
    assert program.call("events.follow_events", after=feed.next_).parsed.items == []


def test_what_is_refused_is_told_in_the_types_the_description_promises(program: Program) -> None:
    refused = program.call("customers.create_customer", body=program.model("CustomerSent")())

    assert (refused.status_code, refused.parsed.code) == (422, "invalid")
    assert [error.field for error in refused.parsed.errors] == ["given_name"]
    assert program.call("customers.get_customer", 999_999).parsed.code == "not_found"


def test_a_change_of_what_was_seen_goes_through_once(program: Program) -> None:
    made = program.call("customers.create_customer", body=program.model("CustomerSent")(given_name="Kari"))
    change = program.model("CustomerChange")(given_name="Karin")

    first = program.call("customers.change_customer", made.parsed.id, body=change, if_match=made.headers["ETag"])
    second = program.call("customers.change_customer", made.parsed.id, body=change, if_match=made.headers["ETag"])

    assert (first.status_code, second.status_code, second.parsed.code) == (200, 412, "stale")
