"""What the code imports is what pyproject.toml names, and what it names is locked with hashes."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
NEEDED_WITHOUT_IMPORT = {
    "argon2-cffi": "Django's password hasher asks for it",
    "font-source-sans-pro": "holds only files of letters, asked for by the name of its folder",
    "psycopg": "Django's PostgreSQL backend asks for it",
    "setuptools": "`./run` builds with it what is published as source alone",
    "tzdata": "zoneinfo asks for it where the system has no time zones",
}


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def project() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


def named() -> set[str]:
    return {plain(requirement) for requirement in project()["project"]["dependencies"]}


def imported() -> set[str]:
    """Return the distributions that the product's own code imports, tests apart."""
    roots = set()
    for path in (PROJECT / "stamkunde").rglob("*.py"):
        if "tests" in path.relative_to(PROJECT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                roots.add(node.module.split(".")[0])
    foreign = roots - sys.stdlib_module_names - {"stamkunde"}
    distributions = packages_distributions()
    return {plain(distributions[root][0]) for root in foreign}


def test_everything_imported_is_a_dependency_of_its_own():
    assert imported() - named() == set()


def test_every_dependency_is_used():
    assert named() - imported() - NEEDED_WITHOUT_IMPORT.keys() == set()


def test_every_dependency_is_locked_with_hashes():
    for file in ("requirements.txt", "requirements-test.txt"):
        text = (PROJECT / file).read_text()
        locked = {plain(line): line for line in text.splitlines() if re.match(r"[a-z]", line)}
        assert named() <= locked.keys()
        assert all("==" in line for line in locked.values())
        assert text.count("--hash=sha256:") >= len(locked)
        assert "://" not in text, "a lock names packages, not where they come from"


def test_what_tests_need_is_locked():
    locked = (PROJECT / "requirements-test.txt").read_text()
    for requirement in project()["dependency-groups"]["test"]:
        assert re.search(rf"^{re.escape(plain(requirement))}==", locked, re.MULTILINE), requirement
