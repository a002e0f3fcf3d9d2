"""The index over `Product.words`: FTS5 on SQLite, GIN over a tsvector on PostgreSQL.

The words come folded, so neither engine's own ideas of language are used. On SQLite triggers keep the index; Django
drops them whenever a migration rebuilds the products' table, therefore such a migration must call `install` again.
"""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import ProductQuerySet
from stamkunde.kit.collation import sort_key
from stamkunde.kit.folding import folded_words

_LEXEMES = "array_to_tsvector(array_remove(string_to_array(words, ' '), ''))"

_INSTALL_SQLITE = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS catalogue_search USING fts5(
        words, content='catalogue_product', content_rowid='id', detail=none, columnsize=0, prefix='1 2 3 4',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalogue_search_insert AFTER INSERT ON catalogue_product BEGIN
        INSERT INTO catalogue_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalogue_search_delete AFTER DELETE ON catalogue_product BEGIN
        INSERT INTO catalogue_search (catalogue_search, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS catalogue_search_update AFTER UPDATE OF words ON catalogue_product
    WHEN old.words IS NOT new.words BEGIN
        INSERT INTO catalogue_search (catalogue_search, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO catalogue_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    "INSERT INTO catalogue_search (catalogue_search) VALUES ('rebuild')",
)
_INSTALL_POSTGRESQL = (
    f"CREATE INDEX IF NOT EXISTS catalogue_search ON catalogue_product USING gin ({_LEXEMES})"
    " WITH (gin_pending_list_limit = 256)",
)
_REMOVE_SQLITE = (
    "DROP TRIGGER IF EXISTS catalogue_search_insert",
    "DROP TRIGGER IF EXISTS catalogue_search_delete",
    "DROP TRIGGER IF EXISTS catalogue_search_update",
    "DROP TABLE IF EXISTS catalogue_search",
)
_REMOVE_POSTGRESQL = ("DROP INDEX IF EXISTS catalogue_search",)


def install(database: BaseDatabaseWrapper) -> None:
    """Make the index and what keeps it, as far as they are not there, and fill it."""
    _run(database, _INSTALL_SQLITE if database.vendor == "sqlite" else _INSTALL_POSTGRESQL)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, _REMOVE_SQLITE if database.vendor == "sqlite" else _REMOVE_POSTGRESQL)


def words_of(name: str, sku: str) -> str:
    """Return the folded words by which a product is found."""
    return " ".join(dict.fromkeys([*folded_words(name), *folded_words(sku)]))


def places_of(name: str, sku: str) -> dict[str, str]:
    """Return the columns that follow from a name and a number: by which words it is found, and where lists have it."""
    return {"words": words_of(name, sku), "sort_name": sort_key(name, language=the_shop().language)}


def with_words(products: ProductQuerySet, text: str, *, most: int | None = None) -> ProductQuerySet:
    """Keep the products that have every word of the text, each at least as a beginning; all of them, or so many."""
    words = folded_words(text)
    if not words:
        return products.none()
    if connection.vendor == "sqlite":
        question = " AND ".join(f'"{word}"*' for word in words)
        sql = "SELECT rowid FROM catalogue_search WHERE catalogue_search MATCH %s"
    else:
        question = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
        sql = f"SELECT id FROM catalogue_product WHERE {_LEXEMES} @@ CAST(%s AS tsquery)"  # noqa: S608
    values: list[str | int] = [question]
    if most is not None:
        sql, values = f"{sql} LIMIT %s", [question, most]
    # The question is a value and never part of the text of the query.
    return products.filter(pk__in=RawSQL(sql, values, output_field=BigIntegerField()))  # noqa: S611


def _run(database: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
