"""The index over what was said: FTS5 on SQLite, GIN over a tsvector on PostgreSQL.

The words come folded, so neither engine's own ideas of language are used. Newest first is the order in which rows are
written: SQLite walks its index backwards; PostgreSQL looks through the newest rows before it collects from its index,
because of a word that stands everywhere it would collect a million rows to show fifty.
"""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from stamkunde.conversations.models import InternalNote, Message, SearchWords
from stamkunde.kit.folding import LONGEST_TEXT, LONGEST_WORD, fold, folded_words

# Of a longer text the first words are found, and the whole is shown.
MOST_WORDS = 3_000
LONGEST_READ = 40_000
# Of so many places where the words stand, the newest, a list is made; whoever looks for older ones adds a word.
MOST_PLACES = 1_500
_NEWEST = 3_000
_ENOUGH = 150
_ASKED_AT_MOST = 8

_LEXEMES = "array_to_tsvector(array_remove(string_to_array(words, ' '), ''))"

_INSTALL_SQLITE = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS conversations_search USING fts5(
        words, content='conversations_searchwords', content_rowid='id', detail=none, columnsize=0, prefix='2 3 4',
        tokenize="ascii"
    )
    """,
    """
    CREATE TRIGGER IF NOT EXISTS conversations_search_insert AFTER INSERT ON conversations_searchwords BEGIN
        INSERT INTO conversations_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS conversations_search_delete AFTER DELETE ON conversations_searchwords BEGIN
        INSERT INTO conversations_search (conversations_search, rowid, words) VALUES ('delete', old.id, old.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS conversations_search_update AFTER UPDATE OF words ON conversations_searchwords
    WHEN old.words IS NOT new.words BEGIN
        INSERT INTO conversations_search (conversations_search, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO conversations_search (rowid, words) VALUES (new.id, new.words);
    END
    """,
    "INSERT INTO conversations_search (conversations_search) VALUES ('rebuild')",
)
_INSTALL_POSTGRESQL = (
    f"CREATE INDEX IF NOT EXISTS conversations_search ON conversations_searchwords USING gin ({_LEXEMES})"
    " WITH (gin_pending_list_limit = 256)",
)
_REMOVE_SQLITE = (
    "DROP TRIGGER IF EXISTS conversations_search_insert",
    "DROP TRIGGER IF EXISTS conversations_search_delete",
    "DROP TRIGGER IF EXISTS conversations_search_update",
    "DROP TABLE IF EXISTS conversations_search",
)
_REMOVE_POSTGRESQL = ("DROP INDEX IF EXISTS conversations_search",)


def install(database: BaseDatabaseWrapper) -> None:
    """Make the index and what keeps it, as far as they are not there, and fill it."""
    _run(database, _INSTALL_SQLITE if database.vendor == "sqlite" else _INSTALL_POSTGRESQL)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, _REMOVE_SQLITE if database.vendor == "sqlite" else _REMOVE_POSTGRESQL)


def _run(database: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def words_of(texts: Iterable[str]) -> str:
    """Return the folded words of texts, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in _pieces(text[:LONGEST_READ]):
            for word in fold(piece).split():
                found[word[:LONGEST_WORD]] = None
                if len(found) >= MOST_WORDS:
                    return " ".join(found)
    return " ".join(found)


def _pieces(text: str) -> Iterator[str]:
    """Part a text between words into pieces that are folded whole."""
    while len(text) > LONGEST_TEXT:
        at = max(text.rfind(blank, LONGEST_TEXT // 2, LONGEST_TEXT) for blank in " \n\t")
        at = at if at > 0 else LONGEST_TEXT
        yield text[:at]
        text = text[at:]
    yield text


def remember_message(message: Message, addresses: Iterable[str]) -> None:
    """Let a message be found by its subject and text, by who wrote it and by whom it was addressed to."""
    words = _words_of_message(message, addresses)
    SearchWords.objects.create(conversation_id=message.conversation_id, message=message, words=words)


def _words_of_message(message: Message, addresses: Iterable[str]) -> str:
    return words_of((message.subject, message.from_name, message.from_address, *addresses, message.text))


def remember_note(note: InternalNote) -> None:
    SearchWords.objects.create(conversation_id=note.conversation_id, note=note, words=words_of([note.text]))


def renew(row: SearchWords) -> None:
    """Compose the words of one message or note again."""
    if row.message is not None:
        addresses = row.message.recipients.values_list("address", flat=True)
        words = _words_of_message(row.message, addresses)
    else:
        words = words_of([row.note.text] if row.note else [])
    SearchWords.objects.filter(pk=row.pk).update(words=words)


def forget_words_of_messages(customer_id: int) -> None:
    """Let what a customer said in others' conversations be found no more."""
    SearchWords.objects.filter(message__customer=customer_id).update(words="")


def places_with(text: str, most: int = MOST_PLACES) -> list[int]:
    """Return the numbers of the newest `SearchWords` that have every word of the text, as a beginning at least."""
    words = list(dict.fromkeys(folded_words(text)))[:_ASKED_AT_MOST]
    if not words:
        return []
    if connection.vendor == "sqlite":
        question = " AND ".join(f'"{word}"*' for word in words)
        return _numbers(
            "SELECT rowid FROM conversations_search WHERE conversations_search MATCH %s ORDER BY rowid DESC LIMIT %s",
            [question, most],
        )
    holds = " AND ".join(["' ' || words LIKE %s"] * len(words))
    # Folded words are letters and digits, so none of them is a sign that LIKE knows.
    newest = _numbers(
        "SELECT id FROM (SELECT id, words FROM conversations_searchwords ORDER BY id DESC LIMIT %s) AS newest"  # noqa: S608
        f" WHERE {holds} ORDER BY id DESC",
        [_NEWEST, *(f"% {word}%" for word in words)],
    )
    if len(newest) >= _ENOUGH:
        return newest[:most]
    question = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words)
    return _numbers(
        f"SELECT id FROM conversations_searchwords WHERE {_LEXEMES} @@ CAST(%s AS tsquery)"  # noqa: S608
        # Put in order after collecting: walking all rows backwards would read a million for a rare word.
        " ORDER BY id + 0 DESC LIMIT %s",
        [question, most],
    )


def _numbers(sql: str, values: list[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [number for (number,) in cursor.fetchall()]
