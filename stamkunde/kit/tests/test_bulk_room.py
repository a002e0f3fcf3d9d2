"""Room while many rows are written: given, and given back whatever happens."""

import pytest
from django.db import connection

from stamkunde.kit.bulk_room import room_for_many_rows

pytestmark = pytest.mark.django_db


def settings_now() -> list[int]:
    found = []
    with connection.cursor() as cursor:
        for name in ("cache_size", "wal_autocheckpoint", "synchronous"):
            cursor.execute(f"PRAGMA {name}")
            found.append(int(cursor.fetchone()[0]))
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's memory is set in PostgreSQL.")
def test_an_import_has_more_memory_and_the_next_page_has_as_much_as_before():
    before = settings_now()
    with room_for_many_rows():
        within = settings_now()
    assert within[0] < before[0]  # negative: KiB
    assert within[1] > before[1]
    assert within[2] == before[2], "How durable a commit is never changes."
    assert settings_now() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's memory is set in PostgreSQL.")
def test_the_room_is_given_back_when_the_import_breaks_off():
    before = settings_now()
    with pytest.raises(ZeroDivisionError), room_for_many_rows():
        raise ZeroDivisionError
    assert settings_now() == before
