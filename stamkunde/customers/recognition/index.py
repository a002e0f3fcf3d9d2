"""The index over `Customer.words`: FTS5 on SQLite, GIN over a tsvector on PostgreSQL, one question for both.

The words come folded, so neither engine's own ideas of language, accents or stemming are used; SQLite's `ascii` means
that every sign beyond ASCII is a letter, also one that its tables of Unicode do not know yet. On SQLite triggers
keep the index; Django drops them whenever a migration rebuilds the customers' table, therefore such a migration must
call `install` again (a test notices).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from stamkunde.customers.recognition.commonness import Commonness, commonness

Term = tuple[str, bool]
"""A folded word, and whether it may be the beginning of a longer one."""

Group = tuple[Term, ...]
"""Words of which one must be there."""

Question = Sequence[Sequence[Group]]
"""Ways of matching, of which one must hold; a way holds where each of its groups does."""

_LEXEMES = "array_to_tsvector(array_remove(string_to_array(words, ' '), ''))"

_INSTALL_SQLITE = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS customers_search USING fts5(
        words, content='customers_customer', content_rowid='id', detail=none, columnsize=0, prefix='1 2 3 4',
        tokenize="ascii tokenchars '@'"
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS customers_search_insert AFTER INSERT ON customers_customer BEGIN
        INSERT INTO customers_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS customers_search_delete AFTER DELETE ON customers_customer BEGIN
        INSERT INTO customers_search (customers_search, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS customers_search_update AFTER UPDATE OF words ON customers_customer
    WHEN old.words IS NOT new.words BEGIN
        INSERT INTO customers_search (customers_search, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO customers_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    "INSERT INTO customers_search (customers_search) VALUES ('rebuild')",
)
# Checks put off to the end of a transaction forbid changing indexes until they are made.
_CHECK_NOW = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
_INSTALL_POSTGRESQL = (
    *_CHECK_NOW,
    # A long list of pending entries would have to be read through at every search.
    f"CREATE INDEX IF NOT EXISTS customers_search ON customers_customer USING gin ({_LEXEMES})"
    " WITH (gin_pending_list_limit = 256)",
    "CREATE INDEX IF NOT EXISTS customers_contact_beginning ON customers_contactpoint (value text_pattern_ops)",
)
_INSTALL = (
    "CREATE INDEX IF NOT EXISTS customers_regulars ON customers_customer (home_store_id, last_visit_at DESC)"
    " WHERE last_visit_at IS NOT NULL",
)
_PAGES_AT_ONCE = 200
# What PostgreSQL takes to read a row and look into its words, to collect a person from the index, and to look there
# whether a person is among those of a word; microseconds, measured with a million people.
_A_ROW, _A_PERSON, _A_LOOK = 5.0, 0.3, 20.0
_REMOVE_SQLITE = (
    "DROP TRIGGER IF EXISTS customers_search_insert",
    "DROP TRIGGER IF EXISTS customers_search_delete",
    "DROP TRIGGER IF EXISTS customers_search_update",
    "DROP TABLE IF EXISTS customers_search",
)
_REMOVE_POSTGRESQL = (
    *_CHECK_NOW,
    "DROP INDEX IF EXISTS customers_search",
    "DROP INDEX IF EXISTS customers_contact_beginning",
)


def install(database: BaseDatabaseWrapper) -> None:
    """Make the index and what keeps it, as far as they are not there, and fill it."""
    statements = _INSTALL_SQLITE if database.vendor == "sqlite" else _INSTALL_POSTGRESQL
    with database.cursor() as cursor:
        for statement in (*statements, *_INSTALL):
            cursor.execute(statement)


def remove(database: BaseDatabaseWrapper) -> None:
    statements = _REMOVE_SQLITE if database.vendor == "sqlite" else _REMOVE_POSTGRESQL
    with database.cursor() as cursor:
        for statement in (*statements, "DROP INDEX IF EXISTS customers_regulars"):
            cursor.execute(statement)


def let_go_of_old_words() -> None:
    """Have SQLite's index let go of words that nobody has any more, some at a time, so that tills need not wait.

    A word taken away is only marked as such until its part of the index is written anew.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        # A negative number begins to write everything together; each further one does that much of it.
        pages = -_PAGES_AT_ONCE
        while True:
            cursor.execute("SELECT total_changes()")
            before = cursor.fetchone()[0]
            cursor.execute("INSERT INTO customers_search (customers_search, rank) VALUES ('merge', %s)", [pages])
            cursor.execute("SELECT total_changes()")
            # The statement itself counts as one change.
            if cursor.fetchone()[0] - before < 2:
                return
            pages = _PAGES_AT_ONCE


@dataclass(frozen=True, slots=True)
class Row:
    """What ranking needs to know of a customer."""

    id: int
    words: str
    home_store_id: int | None
    visits: int
    last_visit_at: datetime | None
    birth_date: date | None


_COLUMNS = "c.id, c.words, c.home_store_id, c.visits, c.last_visit_at, c.birth_date"


def matching(question: Question, most: int) -> list[Row]:
    """Return up to so many customers who answer the question, in no particular order."""
    question = [way for way in question if way]
    if not question:
        return []
    if connection.vendor == "sqlite":
        # CROSS JOIN keeps the planner from reading the customers first.
        return _rows(
            f"SELECT {_COLUMNS} FROM customers_search s CROSS JOIN customers_customer c ON c.id = s.rowid"  # noqa: S608
            " WHERE customers_search MATCH %s AND c.trashed_at IS NULL LIMIT %s",
            [_as_fts5(question), most],
        )
    holds, values = _as_conditions(question, most)
    return _rows(
        f"SELECT {_COLUMNS} FROM customers_customer c"  # noqa: S608
        f" WHERE ({holds}) AND c.trashed_at IS NULL LIMIT %s",
        [*values, most],
    )


def words_in_use(words: Iterable[str]) -> set[str]:
    """Return those of the words that any customer has, also in the trash."""
    if connection.vendor == "sqlite":
        sql, asked = "SELECT 1 FROM customers_search WHERE customers_search MATCH %s LIMIT 1", _fts5_term
    else:
        sql = f"SELECT 1 FROM customers_customer WHERE {_LEXEMES} @@ CAST(%s AS tsquery) LIMIT 1"  # noqa: S608
        asked = _tsquery_term
    found = set()
    with connection.cursor() as cursor:
        for word in words:
            cursor.execute(sql, [asked((word, False))])
            if cursor.fetchone():
                found.add(word)
    return found


def _as_conditions(question: Question, most: int) -> tuple[str, list[str]]:
    """Write the question as PostgreSQL's conditions, of which one must hold, and their values."""
    known = commonness()
    whole: list[Sequence[Group]] = []
    holds: list[str] = []
    values: list[str] = []
    for way in question:
        asked, looked_for = _shared_out(way, most, known) if known else (way, [])
        if not looked_for:
            whole.append(way)
            continue
        holds.append(f"{_LEXEMES} @@ CAST(%s AS tsquery)" + " AND ' ' || c.words || ' ' ~ %s" * len(looked_for))
        values += [_as_tsquery([asked]), *(_as_pattern(group) for group in looked_for)]
    if whole:
        holds.append(f"{_LEXEMES} @@ CAST(%s AS tsquery)")
        values.append(_as_tsquery(whole))
    return " OR ".join(holds), values


def _shared_out(way: Sequence[Group], most: int, known: Commonness) -> tuple[list[Group], list[Group]]:
    """Return which groups GIN is asked for, and which are looked for in the rows that it finds.

    The rarest is asked for. Each further one costs either the reading of all rows found so far, though no more than
    there must be until there are enough; or the collecting of its own people in the index.
    """
    people = {group: sum(known.of(word, open_ended=open_ended) for word, open_ended in group) for group in way}
    rarest, *others = sorted(people, key=lambda group: people[group])
    found, asked, looked_for = people[rarest], [rarest], list[Group]()
    for group in others:
        share = min(people[group] / known.everybody, 1.0)
        reading = _A_ROW * min(found, most / share)
        collecting = sum(
            _A_PERSON * known.of(word, open_ended=True)
            if open_ended
            else min(_A_PERSON * known.of(word, open_ended=False), _A_LOOK * found)
            for word, open_ended in group
        )
        if reading < collecting:
            looked_for.append(group)
        else:
            asked.append(group)
            found *= share
    return asked, looked_for


def _as_pattern(group: Group) -> str:
    return " (" + "|".join(re.escape(word) + ("" if open_ended else " ") for word, open_ended in group) + ")"


def numbered(ids: Collection[int]) -> list[Row]:
    """Return the customers with these numbers who are not in the trash."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    return _rows(
        f"SELECT {_COLUMNS} FROM customers_customer c WHERE c.id IN ({marks}) AND c.trashed_at IS NULL",  # noqa: S608
        [*ids],
    )


def lately_seen(beginnings: Sequence[str], store_id: int | None, among: int, most: int) -> list[Row]:
    """Return those with words that begin so, among the customers who came last, to this store if one is given."""
    here = "home_store_id = %s AND " if store_id is not None else ""
    holds = "instr" if connection.vendor == "sqlite" else "strpos"
    has_all = " AND ".join([f"{holds}(' ' || c.words, %s) > 0"] * len(beginnings))
    return _rows(
        f"SELECT {_COLUMNS} FROM (SELECT {_COLUMNS} FROM customers_customer c WHERE {here}last_visit_at IS NOT NULL"  # noqa: S608
        f" AND trashed_at IS NULL ORDER BY last_visit_at DESC LIMIT %s) c WHERE {has_all} LIMIT %s",
        [*([] if store_id is None else [store_id]), among, *(f" {beginning}" for beginning in beginnings), most],
    )


def _rows(sql: str, values: Sequence[str | int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return [
        Row(number, words, store, visits, seen.replace(tzinfo=UTC) if seen else None, born)
        for number, words, store, visits, seen, born in found
    ]


def _as_fts5(question: Question) -> str:
    return " OR ".join(
        "(" + " AND ".join("(" + " OR ".join(_fts5_term(term) for term in group) + ")" for group in way) + ")"
        for way in question
    )


def _fts5_term(term: Term) -> str:
    word, open_ended = term
    quoted = '"' + word.replace('"', '""') + '"'
    return f"{quoted}*" if open_ended else quoted


def _as_tsquery(question: Question) -> str:
    return " | ".join(
        "(" + " & ".join("(" + " | ".join(_tsquery_term(term) for term in group) + ")" for group in way) + ")"
        for way in question
    )


def _tsquery_term(term: Term) -> str:
    word, open_ended = term
    quoted = "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
    return f"{quoted}:*" if open_ended else quoted
