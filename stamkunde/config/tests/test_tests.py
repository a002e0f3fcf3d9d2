"""The tests' own ground: what one test commits, the next does not see, and what migrations made stays."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import VatRate
from stamkunde.jobs.tests.conftest import database_url

# All that a database is made of, in words.
MADE_OF = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"],
    "postgresql": [
        "SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,"
        " is_nullable, column_default, collation_name, is_identity, generation_expression"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ],
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_rows_of_migrations_outlive_a_test_that_commits(turn):
    assert VatRate.objects.exists()
    assert not Store.objects.exists()
    Store.objects.create(name="Majorstuen")


@pytest.mark.django_db
def test_they_are_there_for_other_tests_too():
    assert VatRate.objects.exists()
    assert ContentType.objects.exists()
    assert not Store.objects.exists()


@pytest.fixture
def as_in_a_shop(tmp_path: Path) -> Iterator[str]:
    """Migrate another database as a shop does, and give its name."""
    if connection.vendor == "sqlite":
        name = str(tmp_path / "shop.sqlite3")
    else:
        name = f"{connection.settings_dict['NAME']}_shop"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    own = str(connection.settings_dict["NAME"])
    environment = {"DATABASE_URL": database_url().replace(own, name), "STAMKUNDE_HOME": str(tmp_path)}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=os.environ | environment, check=True, cwd=settings.PROJECT)
    yield name
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")


def made_of(name: str) -> list[list[str]]:
    opened = type(connections["default"])(connection.settings_dict | {"NAME": name}, alias=f"at {name}")
    try:
        with opened.cursor() as cursor:
            found = []
            for question in MADE_OF[connection.vendor]:
                cursor.execute(question)
                found.append(sorted(_without_casts(str(row)) for row in cursor.fetchall()))
            return found
    finally:
        opened.close()
        if connection.vendor == "postgresql":
            opened.close_pool()  # type: ignore[attr-defined]


def _without_casts(condition: str) -> str:
    """Leave out casts and their brackets: PostgreSQL writes one list of words as text in two ways, by how it came."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", condition)


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_the_tests_own_database_is_made_of_the_same_as_a_shops(as_in_a_shop):
    own, shops = made_of(str(connection.settings_dict["NAME"])), made_of(as_in_a_shop)

    assert own[0]
    assert own == shops
