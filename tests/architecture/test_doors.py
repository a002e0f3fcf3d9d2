"""Who may open what: every address states its policy, and every permission is declared, worded and held by a role."""

import csv
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.config.context import NAVIGATION
from stamkunde.config.floors import MODULES
from stamkunde.kit.api.routes import ANY_TOKEN
from stamkunde.kit.policy import ANYONE, STAFF, Permission
from tests.architecture.source import PROJECT
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page

RIGHTS = PROJECT / "tests" / "architecture" / "rights.csv"


def doors(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield the name, the address and the view of every page there is."""
    resolver = resolver or get_resolver()
    for part in resolver.url_patterns:
        address = prefix + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from doors(part, address, f"{part.namespace or space}")
        elif isinstance(part, URLPattern):
            yield f"{space}:{part.name}", address, part.callback


DOORS = sorted(doors(), key=lambda door: door[0])
# At an address for machines each method has a policy of its own; whoever comes without a token is a stranger there.
FOR_MACHINES = [door for door in DOORS if hasattr(door[2], "policies")]
PAGES = [door for door in DOORS if not hasattr(door[2], "policies")]


def rights() -> list[tuple[str, str, str, str]]:
    """Return who may do what at which address by which method; a page answers for all of its methods."""
    pages = [(name, f"/{address}", "", str(view.policy)) for name, address, view in PAGES]
    machines = [
        (f"api:{view.routes[method].operation}", f"/{address}", method, policy)
        for _name, address, view in FOR_MACHINES
        for method, policy in view.policies.items()
    ]
    return sorted(pages) + sorted(machines, key=lambda row: (row[1], row[2]))


def declared() -> dict[str, Permission]:
    found: dict[str, Permission] = {}
    for module in MODULES:
        try:
            access = import_module(f"{module}.access")
        except ModuleNotFoundError:
            continue
        for permission in access.PERMISSIONS:
            assert permission.name.startswith(module.split(".")[1] + "."), permission.name
            found[permission.name] = permission
    return found


def states_its_policy(view: Any) -> bool:
    return getattr(view, "policy", None) in {ANYONE, STAFF} | set(declared())


@pytest.mark.parametrize(("name", "address", "view"), PAGES, ids=[door[0] for door in PAGES])
def test_every_page_states_who_may_open_it(name: str, address: str, view: Any) -> None:
    assert states_its_policy(view), f"{address} ({name}) states no policy that is declared"


def test_every_method_for_machines_states_who_may_call_it() -> None:
    for name, _address, view in FOR_MACHINES:
        assert set(view.policies.values()) <= {ANY_TOKEN.name} | set(declared()), name


def test_the_rights_table_lists_every_page_and_every_method_with_its_policy() -> None:
    """A new page is not there until somebody has decided, and written down, who may open it."""
    with RIGHTS.open(newline="") as file:
        table = {(row["page"], row["address"], row["method"], row["policy"]) for row in csv.DictReader(file)}

    assert table == set(rights())


def test_every_permission_a_role_holds_is_declared_and_every_declared_one_is_held() -> None:
    held = set().union(*ALLOWED.values())

    assert held == set(declared())


def test_every_permission_has_a_sentence() -> None:
    for permission in declared().values():
        assert str(permission.sentence).endswith("."), permission.name


def test_every_role_is_in_the_table_of_rights() -> None:
    assert set(ALLOWED) == set(Role)


def test_every_place_in_the_navigation_exists() -> None:
    for place in NAVIGATION:
        assert reverse(place.view)


def plain_pages() -> list[tuple[str, str]]:
    """Return the pages whose address needs nothing filled in."""
    return [(address, view.policy) for _name, address, view in PAGES if "<" not in address]


@pytest.mark.django_db
def test_whoever_has_not_signed_in_is_shown_the_sign_in_page(client: Client) -> None:
    for address, policy in plain_pages():
        if policy == ANYONE:
            continue
        response = client.get(f"/{address}")
        # A stream leads nowhere: whoever listens is told.
        refused = {401} if address.startswith("live/") else {302, 405}
        assert response.status_code in refused, address
        if response.status_code == 302:
            assert response["Location"].startswith("/sign-in/"), address


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_just_what_its_permissions_say(role: Role, world: World) -> None:
    client = signed_in(make_staff("Somebody", role, world.store))

    for address, policy in plain_pages():
        if policy in {ANYONE, STAFF}:
            continue
        status = client.get(f"/{address}").status_code
        if policy in ALLOWED[role]:
            assert status in {200, 302, 405}, f"{role} cannot open {address}: {status}"
        else:
            assert status in {403, 405}, f"{role} opens {address}: {status}"
