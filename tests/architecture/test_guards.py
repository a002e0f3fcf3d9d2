"""The guards of the house, each fed the very thing it is there to notice: a guard nobody saw bark proves nothing."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import CharField, Model
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from stamkunde.customers.models import Customer
from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.events.reacting import Reaction
from stamkunde.sales.events import OrderPlaced
from stamkunde.sales.models import Order
from tests.architecture.source import PROJECT
from tests.architecture.test_doors import states_its_policy
from tests.architecture.test_events import example
from tests.architecture.test_floors import events_out_of_place, reactions_under_their_event, too_long, upward_relations
from tests.architecture.test_privacy import leads_to_customer
from tests.world import World, signed_in

BROKEN = {
    "customers/actions/at_the_top.py": "from stamkunde.sales.models import Order",
    "customers/queries/within.py": "def total() -> None:\n    from stamkunde.sales.models import Order",
    "customers/queries/typed.py": "import typing\nif typing.TYPE_CHECKING:\n    import stamkunde.desk.models",
    "catalogue/actions/page.py": "from stamkunde.catalogue.views import product",
    "desk/another_s_page.py": "from stamkunde.sales.views import order",
    "warehouse/__init__.py": "",
}
NOTICED = (
    "stamkunde.customers is not allowed to import stamkunde.sales",
    "stamkunde.customers.actions.at_the_top -> stamkunde.sales.models",
    "stamkunde.customers.queries.within -> stamkunde.sales.models",
    "stamkunde.customers.queries.typed -> stamkunde.desk.models",
    "stamkunde.catalogue.actions.page -> stamkunde.catalogue.views",
    "stamkunde.desk.another_s_page -> stamkunde.sales.views",
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the source in which rules may be broken."""
    place = tmp_path_factory.mktemp("house")
    shutil.copytree(PROJECT / "stamkunde", place / "stamkunde", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(PROJECT / "pyproject.toml", place)
    yield place
    shutil.rmtree(place)


def imports_of(place: Path) -> str:
    program = (
        "import sys; from importlinter.cli import lint_imports_command; sys.path.insert(0, '.'); lint_imports_command()"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=place, capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr


@pytest.mark.slow
def test_an_import_against_the_floors_is_noticed_wherever_it_hides(copy: Path) -> None:
    """At the top, within a function, for typing only; of a page by an action, of a page by another module."""
    assert "Contracts: 3 kept, 0 broken" in imports_of(copy)
    made = [copy / "stamkunde" / name for name in BROKEN]
    for file, source in zip(made, BROKEN.values(), strict=True):
        file.parent.mkdir(exist_ok=True)
        file.write_text(source + "\n")
    # A module without a floor ends the layers contract at once, so it is tried by itself.
    told_of_the_new = imports_of(copy)
    shutil.rmtree(copy / "stamkunde" / "warehouse")
    told = imports_of(copy)
    for file in made:
        file.unlink(missing_ok=True)

    assert "stamkunde.warehouse" in told_of_the_new
    assert "0 kept, 3 broken" in told
    assert [sentence for sentence in NOTICED if sentence not in told] == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("from django.db.models.signals import post_save", "TID251"),
        ("from django.dispatch import receiver", "TID251"),
        ("from django.apps import apps\napps.get_model('sales', 'Order')", "TID251"),
        ("import django.apps\ndjango.apps.apps.get_model('sales.Order')", "TID251"),
        ("from django.contrib.contenttypes.fields import GenericForeignKey", "TID251"),
        ("import requests", "TID251"),
        ("from django.contrib import admin", "TID251"),
        ("from django.utils.translation import gettext as _\n_(f'{1} day')", "INT001"),
        ("from django.utils.translation import gettext_lazy as _\n_('%s day' % 1)", "INT003"),
        ("import datetime\ndatetime.datetime.now()", "DTZ005"),
        ("print('hello')", "T201"),
    ],
)
def test_what_the_linter_is_there_for_is_noticed(line: str, rule: str) -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--stdin-filename",
            "stamkunde/customers/actions/x.py",
            "-",
        ],
        input=line,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert rule in told.stdout


def table(module: str, *points_at: type[Model]) -> type[Model]:
    """Return what looks like a model of a module with foreign keys, without making a table of it."""
    fields = [
        SimpleNamespace(name=other.__name__.lower(), concrete=True, is_relation=True, related_model=other)
        for other in points_at
    ]
    meta = SimpleNamespace(get_fields=lambda: fields)
    return cast(type[Model], type("Something", (), {"__module__": f"stamkunde.{module}.models", "_meta": meta}))


def test_a_foreign_key_that_points_upwards_or_to_a_sibling_is_noticed() -> None:
    assert upward_relations([table("customers", Order)]) == ["Something.order → Order"]
    assert upward_relations([table("catalogue", Customer)]) == ["Something.customer → Customer"]
    assert upward_relations([table("sales", Customer)]) == []


def test_a_table_that_leads_to_a_customer_by_way_of_others_is_noticed() -> None:
    assert leads_to_customer(table("exchange", Order))
    assert not leads_to_customer(table("exchange"))


def reaction(module: str, event: type[Event]) -> Reaction:
    def run(_event: Event) -> None: ...

    run.__module__ = f"stamkunde.{module}.reactions"
    return Reaction(f"{module}.reactions.run", event, run)


def test_a_reaction_below_its_event_is_noticed() -> None:
    assert reactions_under_their_event([reaction("customers", OrderPlaced)]) == ["customers.reactions.run"]
    assert reactions_under_their_event([reaction("desk", OrderPlaced)]) == []


def kind(module: str) -> type[Event]:
    # Without a name in its own body, so that it does not join the events of the house.
    return type("Speechless", (Event,), {"__module__": module, "topic": Topic.CHANGES})


def test_an_event_out_of_place_is_noticed() -> None:
    assert events_out_of_place({"sales.thing_done": kind("stamkunde.customers.events")}) == ["sales.thing_done"]
    assert events_out_of_place({"sales.thing_done": kind("stamkunde.sales.models")}) == ["sales.thing_done"]
    assert events_out_of_place({"sales.thing_done": kind("stamkunde.sales.events")}) == []


def test_an_event_that_cannot_say_itself_is_noticed() -> None:
    with pytest.raises(NotImplementedError):
        example(kind("stamkunde.sales.events")).sentence()


def test_a_file_that_has_grown_too_long_is_noticed() -> None:
    assert too_long([("long.py", "x = 1\n" * 501), ("just.py", "x = 1\n" * 500)]) == {"long.py": 501}


def page_without_policy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Nobody has thought about who may read this.")


urlpatterns = [path("forgotten/", page_without_policy)]


@pytest.mark.urls(__name__)
def test_a_page_without_a_policy_is_noticed_and_shown_to_nobody(world: World, settings: Any) -> None:
    assert not states_its_policy(page_without_policy)
    page_without_policy.policy = "sales.something_undeclared"  # type: ignore[attr-defined]
    assert not states_its_policy(page_without_policy)
    del page_without_policy.policy  # type: ignore[attr-defined]
    for client in (Client(raise_request_exception=False), signed_in(world.liga)):
        client.raise_request_exception = False
        response = client.get("/forgotten/")
        assert response.status_code in {302, 403, 500}
        assert "Nobody has thought" not in response.text


@pytest.mark.django_db
def test_a_column_without_a_migration_is_noticed() -> None:
    """The same comparison that `makemigrations --check` makes."""
    loader = MigrationLoader(None)
    changed = loader.project_state().clone()
    assert MigrationAutodetector(loader.project_state(), changed).changes(graph=loader.graph) == {}
    changed.models["customers", "customer"].fields["shoe_size"] = CharField(max_length=3, default="")

    found = MigrationAutodetector(loader.project_state(), ProjectState(changed.models)).changes(graph=loader.graph)

    assert list(found) == ["customers"]
