"""Every test runs in a home of its own: no test reads or writes the shop that may live beside the code."""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import utils
from pytest_django import DjangoDbBlocker

from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.config.operations.prepare import compile_translations
from stamkunde.loyalty.queries.live import read_programmes_anew
from stamkunde.pricing.queries.live import read_anew
from stamkunde.sales.queries.terminals import read_terminals_anew
from tests.database import drop_template, own_database
from tests.world import World

# Whatever is made until the tests begin lives to the end; looking through it for rubbish took a quarter of the time in
# which the tests are collected, in each process.
gc.disable()

MEMORY = Path("/dev/shm")  # noqa: S108
SHARED = "STAMKUNDE_TESTS"


def pytest_configure(config: pytest.Config) -> None:
    # In memory where the system has such a place: the database is a real file there, and synchronises as in a shop.
    # Each process has a home of its own in the one that the first made.
    worker = getattr(config, "workerinput", None)
    if worker is None:
        shared = Path(tempfile.mkdtemp(prefix="stamkunde-tests-", dir=MEMORY if MEMORY.is_dir() else None))
        os.environ[SHARED] = str(shared)
        config.add_cleanup(lambda: shutil.rmtree(shared, ignore_errors=True))
        config.add_cleanup(lambda: drop_template(shared))
        compile_translations()
    shared = Path(os.environ[SHARED])
    home = shared / (worker["workerid"] if worker else "alone")
    home.mkdir()
    settings.HOME = home
    settings.FILES_ROOT = home / "files"
    settings.ERASURES = home / "erasures"
    settings.STATIC_ROOT = home / "static"
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(home / "files")},
        },
        # Names without a digest, so that a test need not collect the files first.
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Argon2 takes its time on purpose, and most tests sign somebody in.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    database = settings.DATABASES["default"]
    is_file = database["ENGINE"] == "stamkunde.kit.sqlite"
    name = str(shared / "test.sqlite3") if is_file else f"test_{database['NAME']}_{shared.name[-8:]}"
    database.setdefault("TEST", {})["NAME"] = name
    patch.object(utils, "instrumented_test_render", told_of_pages).start()


def told_of_pages(template: Template, context: Context, tell: Any = utils.instrumented_test_render) -> str:
    """Render, and tell the test's client of it, which copies all that the template knows; of each field and icon it
    need not hear, and there are dozens on a page."""
    if (template.name or "").startswith(("django/forms/", "kit/parts/field", "kit/parts/form_fields", "kit/icons/")):
        return str(template.nodelist.render(context))
    return str(tell(template, context))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="Leave out tests that ask no database.")
    parser.addoption("--own-way-only", action="store_true", help="Only what each database does in its own way.")
    parser.addoption("--few", type=int, default=0, help="Ask a test that asks the same of many things of so many only.")


def asks_the_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or bool(
        {"db", "transactional_db", "live_server"} & {*names}
    )


def goes_a_databases_own_way(item: pytest.Item) -> bool:
    """Say whether transactions and locks matter to a test, or whether it says itself that each database differs."""
    marked = item.get_closest_marker("django_db")
    return (
        item.get_closest_marker("both_databases") is not None
        or (marked is not None and bool(marked.kwargs.get("transaction")))
        or "transactional_db" in getattr(item, "fixturenames", [])
    )


def spread(items: list[pytest.Item], number: int) -> set[pytest.Item]:
    """Return, of every test that is asked of many things, so many from the first to the last, evenly apart."""
    of_test: dict[str, list[pytest.Item]] = {}
    for item in items:
        of_test.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {
        same[place * (len(same) - 1) // max(1, min(number, len(same)) - 1)]
        for same in of_test.values()
        for place in range(min(number, len(same)))
    }


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = {item for item in items if not config.getoption("--database-only") or asks_the_database(item)}
    if config.getoption("--own-way-only"):
        chosen = {item for item in chosen if goes_a_databases_own_way(item)}
    if number := config.getoption("--few"):
        chosen &= spread(items, number)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


def pytest_collection_finish() -> None:
    # Nor is it looked through between the tests, which took a tenth of their time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database(settings.HOME.parent, settings.HOME.name):
        yield


@pytest.fixture(autouse=True)
def _empty_files() -> Iterator[None]:
    yield
    shutil.rmtree(settings.FILES_ROOT, ignore_errors=True)
    shutil.rmtree(settings.ERASURES, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    forget_kept_shop()
    read_anew()
    read_programmes_anew()
    read_terminals_anew()


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test reach beyond this machine, whatever it forgot to stand in for."""
    connect = socket.socket.connect

    def on_this_machine(opened: socket.socket, address: Any) -> None:
        if opened.family in {socket.AF_INET, socket.AF_INET6} and not ip_address(address[0]).is_loopback:
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(opened, address)

    monkeypatch.setattr(socket.socket, "connect", on_this_machine)


@pytest.fixture
def world(db: None) -> World:
    return World()
