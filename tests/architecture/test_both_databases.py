"""What runs on both databases whenever `./run test` does: everything that asks one, but files marked as pages.

A page shows what queries and actions have brought, whose own tests run on both. What a database answers in its own way
must not hide in such a file: within it, a test that tries what the two take differently says `both_databases`.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, python_files

# Commits and locks; the database's own language; letters and numbers that one of the two cannot keep.
DIFFERS = re.compile(
    r"transaction=True|transactional_db|on_commit|Thread|IntegrityError|OperationalError|DataError"
    r"|\bvendor\b|\.cursor\(|\.raw\(|select_for_update"
    r"|\\0|\\x00|%00|10\*\*\d\d|9{12,}"
)


def is_of_pages(source: str) -> bool:
    return re.search(r"^pytestmark = .*\bmark\.page\b", source, re.MULTILINE) is not None


def hidden_in(source: str) -> list[str]:
    """Return the tests of a file of pages that must run on both databases and do not say so."""
    lines = source.splitlines()
    found = []
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
            continue
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        if DIFFERS.search(text) and "mark.both_databases" not in text:
            found.append(node.name)
    return found


FILES_OF_PAGES = [path for path in python_files() if path.name.startswith("test_") and is_of_pages(path.read_text())]


@pytest.mark.parametrize("path", FILES_OF_PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_that_differs_hides_among_pages(path: Path) -> None:
    assert hidden_in(path.read_text()) == []


def test_there_are_such_files_and_most_are_not() -> None:
    with_database = [path for path in python_files() if "django_db" in path.read_text()]
    assert 0 < len(FILES_OF_PAGES) < len(with_database) / 2


@pytest.mark.parametrize(
    "line",
    [
        '@pytest.mark.parametrize("name", ["a\\0b"])\ndef test_a(name): ...',
        "def test_a(client):\n    client.get(f'/customers/{10**30}/')",
        "@pytest.mark.django_db(transaction=True)\ndef test_a(): ...",
        "def test_a():\n    with connection.cursor() as cursor: ...",
        "def test_a():\n    with pytest.raises(IntegrityError): ...",
    ],
)
def test_what_differs_is_noticed(line: str) -> None:
    assert hidden_in(line) == ["test_a"]
    assert hidden_in(f"@pytest.mark.both_databases\n{line}") == []
