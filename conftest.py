"""Every test runs in a home of its own: no test reads or writes the shop that may live beside the code."""

import shutil
import socket
import tempfile
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.config.operations.prepare import compile_translations
from tests.world import World

MEMORY = Path("/dev/shm")  # noqa: S108


def pytest_configure(config: pytest.Config) -> None:
    # In memory where the system has such a place: the database is a real file there, and synchronises as in a shop.
    home = Path(tempfile.mkdtemp(prefix="stamkunde-tests-", dir=MEMORY if MEMORY.is_dir() else None))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    settings.HOME = home
    settings.FILES_ROOT = home / "files"
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
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(home / "test.sqlite3")
    compile_translations()


def empties_tables(item: pytest.Item) -> bool:
    """Return whether the test commits what it does, so that all tables are emptied after it."""
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", [])
    return (marker is not None and marker.kwargs.get("transaction", False)) or bool(
        {"transactional_db", "live_server"} & {*names}
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="Leave out tests that ask no database.")


def asks_the_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or bool(
        {"db", "transactional_db", "live_server"} & {*names}
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_the_database(item)])
        items[:] = [item for item in items if asks_the_database(item)]
    for item in items:
        if empties_tables(item):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Bring back the rows that migrations made, such as rates of VAT, for whichever test comes next."""
    result = yield
    if nextitem is not None and empties_tables(item):
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)  # type: ignore[attr-defined]
    return result


@pytest.fixture(autouse=True)
def _empty_files() -> Iterator[None]:
    yield
    shutil.rmtree(settings.FILES_ROOT, ignore_errors=True)


@pytest.fixture(autouse=True)
def _no_kept_shop() -> None:
    forget_kept_shop()


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
