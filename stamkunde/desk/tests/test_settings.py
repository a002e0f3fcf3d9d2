"""Settings, the table of rights, the keys, and the audit."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.customers.actions import write_note
from stamkunde.desk.views.settings import declared_permissions
from stamkunde.kit.policy import Permission
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page

PAGES = ("/", "/customers/", "/customers/?view=due", "/settings/", "/settings/rights/", "/settings/keys/", "/audit/",
         "/search/?q=kari", "/palette/?q=kari", "/customers/filter/?field=town", "/customers/views/new/",
         "/customers/count/")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nb", "sv", "lv"])
def test_every_page_is_shown_in_every_language(world: World, language: str) -> None:
    liga, kari = world.liga, world.kari
    type(liga).objects.update(language=language)
    write_note(kari.pk, "En", by=world.ola.actor)
    client = signed_in(liga)
    own = tuple(f"/customers/{kari.pk}/{part}" for part in ("", "peek/", "put-off/", "cards/purchases/"))
    for address in (*PAGES, *own):
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Content-Language"] == language


def test_settings_show_only_what_one_may_open(world: World) -> None:
    till = [place.view for place, _url in signed_in(world.anna).get("/settings/").context["places"]]
    administrator = signed_in(world.liga).get("/settings/").context["places"]

    assert "accounts:staff" not in till
    assert "accounts:profile" in till
    assert all(signed_in(world.liga).get(url).status_code == 200 for _place, url in administrator)


def test_every_page_of_the_settings_leads_back_to_what_it_lies_under(world: World) -> None:
    client = signed_in(world.liga)

    def above(address: str) -> list[tuple[str, str]]:
        page = client.get(address).content.decode()
        crumbs = page[page.index('class="crumbs"') :].split("</ol>")[0]
        return re.findall(r'<a href="([^"]+)">([^<]+)</a>', crumbs)

    assert above("/settings/staff/") == [("/settings/", "Settings")]
    assert above(f"/settings/staff/{world.ola.pk}/") == [("/settings/", "Settings"), ("/settings/staff/", "Staff")]
    assert above("/settings/profile/second-factor/app/new/") == [
        ("/settings/", "Settings"),
        ("/settings/profile/second-factor/", "Second factor"),
    ]
    assert above("/work/") == [("/settings/", "Settings")]
    assert 'class="crumbs"' not in client.get("/settings/").content.decode()


def test_the_table_of_rights_is_the_one_that_is_asked(world: World) -> None:
    rows = signed_in(world.anna).get("/settings/rights/").context["rows"]
    shown = {
        (permission.name, role.value): is_allowed
        for permission, cells in rows
        for role, (_label, is_allowed) in zip(Role, cells, strict=True)
    }

    assert {name for name, _role in shown} == set().union(*ALLOWED.values())
    assert all(is_allowed == (name in ALLOWED[Role(role)]) for (name, role), is_allowed in shown.items())
    assert all(isinstance(permission, Permission) for permission in declared_permissions())


def test_the_audit_is_narrowed_by_who_what_when_and_whom(world: World) -> None:
    kari, sven = world.kari, world.sven
    write_note(kari.pk, "Av Ola", by=world.ola.actor)
    write_note(sven.pk, "Av Anna", by=world.anna.actor)
    client = signed_in(world.liga)

    def sentences(**asked: str | int) -> list[str]:
        response = client.get("/audit/", asked)
        assert response.status_code == 200
        return [" ".join(row["lines"]) for row in response.context["rows"] if row["lines"]]

    today = timezone.localdate()
    assert sentences(kind="notes") == ["Av Anna", "Av Ola"]
    assert sentences(staff=world.ola.pk) == ["Av Ola"]
    assert sentences(customer=sven.pk) == ["Av Anna"]
    assert sentences(since=today.isoformat(), until=today.isoformat()) == ["Av Anna", "Av Ola"]
    assert sentences(until=(today - timedelta(days=1)).isoformat()) == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query",
    ["staff=x", "kind=password", "since=2026-02-30", "customer=-1", "customer=" + "9" * 40,
     "since=2026-02-02&until=2026-01-01", "since=9999-12-31&until=9999-12-31"],
)  # fmt: skip
def test_what_the_audit_cannot_be_narrowed_by_is_said_at_its_field(world: World, query: str) -> None:
    assert signed_in(world.liga).get(f"/audit/?{query}").status_code == 422


def test_a_mark_of_another_list_is_refused(world: World) -> None:
    assert signed_in(world.liga).get("/audit/?page=nonsense").status_code == 400


def test_the_audit_keeps_customers_from_those_who_may_not_see_them(world: World) -> None:
    write_note(world.kari.pk, "Hemmelig", by=world.ola.actor)
    content = signed_in(make_staff("Rolf", Role.ACCOUNTANT)).get("/audit/").content.decode()

    assert "Something about a customer" in content
    assert "Hemmelig" not in content
    assert "Nordmann" not in content


def test_the_audit_is_not_for_everybody(world: World) -> None:
    assert signed_in(world.anna).get("/audit/").status_code == 403
