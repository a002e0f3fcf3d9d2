"""Whether anything was written: asked of the database itself, by one short question for each answer.

SQLite counts every row that a connection writes, and PostgreSQL those of a transaction; when neither has counted, not a
row is different. Where something was counted, all tables are compared row by row, but for those named here.
"""

from typing import Any

from django.apps import apps
from django.db import connection

# What is written down though the answer is no: that a token was used, and how many requests it has left, that a session
# is still in use, and who tried to come in or looked somebody up.
EXCEPT = frozenset(
    {
        "accounts_attempt",
        "accounts_signin",
        "customers_lookup",
        "django_session",
        "exchange_pace",
    }
)
EXCEPT_COLUMNS = {"exchange_token": frozenset({"last_used_at"})}


def counted() -> int:
    """Return a number that differs whenever a row was written meanwhile."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        raw: Any = connection.connection
        return int(raw.total_changes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table as the database holds them, one query each."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, model in sorted(tables.items()):
            if table in EXCEPT or not model._meta.managed:
                continue
            left_out = EXCEPT_COLUMNS.get(table, frozenset())
            columns = [one.column for one in model._meta.concrete_fields if one.column and one.column not in left_out]
            # In the order of the first column, which is the row's number.
            cursor.execute(f"SELECT {', '.join(map(quote, columns))} FROM {quote(table)} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found
