"""The tests' own database: migrated once in a run, copied for each process, brought back after whoever commits.

Most tests leave nothing behind, because what they do is rolled back. Those that commit would cost most of the run if
all tables were emptied and filled again after each: a copy of what the migrations made is kept instead. On SQLite
it is copied back page by page; on PostgreSQL only tables that hold something are emptied.
"""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.state import ProjectState
from django.test import TransactionTestCase

MADE = "database.made"
EMPTY = """
DO $$ DECLARE named record; has boolean; BEGIN
  FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', named.tablename) INTO has;
    IF has THEN EXECUTE format('DELETE FROM public.%I', named.tablename); END IF;
  END LOOP;
END $$
"""
# A column that the database works out is left to it.
COLUMNS = """
SELECT quote_ident(table_name), string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
JOIN pg_tables ON schemaname = table_schema AND tablename = table_name
WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name
"""


@contextmanager
def own_database(shared: Path, process: str) -> Iterator[None]:
    """Give this process a database of its own, and bring it back after each test that commits.

    `shared` is a folder of all processes of the run; whichever comes first migrates, and the others copy.
    """
    before = settings.DATABASES["default"]["NAME"]
    template = connection.settings_dict["TEST"]["NAME"]
    with (shared / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (shared / MADE).exists():
            _use(template)
        else:
            with patch.object(ProjectState, "_find_reload_model", alone):
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            (shared / MADE).touch()
        connection.creation.clone_test_db(process, verbosity=0)
    own = connection.creation.get_test_db_clone_settings(process)["NAME"]
    _use(own)
    bring_back = _copy_of_rows() if connection.vendor == "postgresql" else _copy_of_file(template)
    with patch.object(TransactionTestCase, "_fixture_teardown", lambda _self: bring_back()):
        yield
    _drop(own)
    _use(before)


def alone(state: ProjectState, app: str, model: str, delay: bool = False) -> set[tuple[str, str]]:
    """Let a migration that changes a model make that one anew, and not whatever is related to it at any distance.

    Django makes nine models in ten anew for nothing, which took three quarters of the time of all migrations. What it
    writes needs none of them, as `config/tests/test_tests.py` makes sure; and before a migration moves rows it makes
    all anew by itself, because of the mark set here.
    """
    state.is_delayed = True
    return {(app, model)}


def drop_template(shared: Path) -> None:
    """Throw away what the processes copied; called once, when they all have ended."""
    if (shared / MADE).exists():
        _drop(connection.settings_dict["TEST"]["NAME"])


def _use(name: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _drop(name: str) -> None:
    _use(name)
    connection.creation.destroy_test_db(name, verbosity=0)


def _copy_of_file(template: str) -> Callable[[], None]:
    own = settings.DATABASES["default"]["NAME"]

    def bring_back() -> None:
        # Whatever the test has left open is not to stand in the way.
        connection.close()
        with (
            closing(sqlite3.connect(f"file:{template}?mode=ro&immutable=1", uri=True)) as kept,
            closing(sqlite3.connect(own, timeout=15)) as changed,
        ):
            kept.backup(changed)

    return bring_back


def _copy_of_rows() -> Callable[[], None]:
    """Keep what the migrations wrote; not in the database itself, where a backup would take it for the shop's."""
    kept: dict[str, bytes] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns in cursor.fetchall():
            with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as rows:
                if text := b"".join(rows):
                    kept[f"COPY {table} ({columns}) FROM STDIN"] = text

    def bring_back() -> None:
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(EMPTY)
            for command, text in kept.items():
                with cursor.copy(command) as rows:
                    rows.write(text)

    return bring_back
