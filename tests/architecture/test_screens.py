"""Everything a person can do on a screen a machine can do too, with the same rights; what it cannot is named."""

import csv

from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.config.api import API
from stamkunde.kit.api.routes import ANY_TOKEN
from tests.architecture.source import PROJECT
from tests.architecture.test_doors import PAGES

SCREENS = PROJECT / "tests" / "architecture" / "screens.csv"
OPERATIONS = {route.operation: route for route in API.routes}
POLICIES = {name: view.policy for name, _address, view in PAGES}


def screens() -> dict[str, tuple[list[str], str]]:
    """Return, for each page, the operations that do what it does, or why there are none."""
    with SCREENS.open(newline="") as file:
        return {row["page"]: (row["operations"].split(), row["why not"]) for row in csv.DictReader(file)}


def roles_that(permission: str) -> set[Role]:
    return {role for role in Role if permission == ANY_TOKEN.name or permission in ALLOWED[role]}


def test_every_page_has_its_operations_or_a_reason_why_there_are_none() -> None:
    """A new page is not there until somebody has decided how a machine does the same."""
    assert set(screens()) == set(POLICIES)
    for page, (operations, why_not) in screens().items():
        assert bool(operations) != bool(why_not), page


def test_every_operation_named_there_is_one() -> None:
    named = {operation for operations, _why in screens().values() for operation in operations}

    assert named <= set(OPERATIONS)


def test_whoever_may_open_a_page_may_do_the_same_by_a_machine() -> None:
    for page, (operations, _why) in screens().items():
        for operation in operations:
            missing = roles_that(POLICIES[page]) - roles_that(OPERATIONS[operation].permission.name)
            assert not missing, f"{page}: {missing} may not call {operation}"
