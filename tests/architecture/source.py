"""The source of the house, as the rules of the house read it."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def python_files() -> list[Path]:
    """Return every Python file of the project, migrations left out: they are written by a machine."""
    roots = [PROJECT / name for name in ("stamkunde", "tests", "benchmarks")]
    found = [path for root in roots for path in root.rglob("*.py") if "migrations" not in path.parts]
    return [*sorted(found), PROJECT / "manage.py", PROJECT / "conftest.py", PROJECT / "run"]
