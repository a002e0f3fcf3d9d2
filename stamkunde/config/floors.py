"""The floors of the house, from the ground up: a module may import only what lies under it.

Modules on one floor are independent of one another. `pyproject.toml` holds the same list as import-linter's layers
contract, and a test keeps the two equal.
"""

FLOORS: tuple[tuple[str, ...], ...] = (
    ("kit",),
    ("events",),
    ("accounts",),
    ("jobs",),
    ("customers", "catalogue"),
    ("pricing", "loyalty", "tasks"),
    ("sales", "conversations"),
    ("privacy", "accountability"),
    ("desk", "counter", "exchange"),
)

MODULES: tuple[str, ...] = tuple(f"stamkunde.{module}" for floor in FLOORS for module in floor)


def floor_of(module: str) -> int:
    """Return the number of the floor on which a module (its short name, such as ``sales``) stands."""
    for number, floor in enumerate(FLOORS):
        if module in floor:
            return number
    raise LookupError(f"The module {module} stands on no floor.")
