"""Only actions write: pages, and what stands for them, call actions."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, python_files

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "update"}
HARMLESS_OWNERS = {"session", "dict", "headers", "context", "values", "params", "query", "attrs", "hashlib", "digest"}
READERS = ("views", "forms", "queries", "access", "context", "api", "templatetags", "urls")


def is_reader(path: Path) -> bool:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return parts[0] == "stamkunde" and "tests" not in parts and any(part in READERS for part in parts[2:])


def writes_in(source: str) -> list[str]:
    """Return the calls that write to the database, such as ``order.save()`` or ``Order.objects.create()``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        from_a_query = isinstance(owner, ast.Call) or name == "objects"
        # A dictionary is updated by another one, a query by columns.
        if node.func.attr == "update" and not from_a_query and (node.args or not node.keywords):
            continue
        if name not in HARMLESS_OWNERS:
            found.append(f"{node.lineno}: {name}.{node.func.attr}()")
    return found


@pytest.mark.parametrize(
    "path", [path for path in python_files() if is_reader(path)], ids=lambda path: str(path.relative_to(PROJECT))
)
def test_pages_and_reads_do_not_write(path: Path) -> None:
    allowed = {"the_shop"}
    tree = ast.parse(path.read_text())
    kept = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in allowed)]

    assert writes_in(ast.unparse(ast.Module(kept, []))) == []


@pytest.mark.parametrize(
    "line",
    [
        "order.save()",
        "Order.objects.create(total=1)",
        "Order.objects.filter(pk=1).update(total=0)",
        "customer.delete()",
        "rows.update(total=0)",
        "rows.update(**changes)",
        "Order.objects.bulk_create([Order()])",
        "order.lines.all().delete()",
        "Order.objects.get_or_create(pk=1)",
    ],
)
def test_a_page_that_writes_is_noticed(line: str) -> None:
    assert writes_in(line)
