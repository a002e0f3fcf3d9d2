"""Records leave by a file: with a reason, to who asked for it, harmless in a spreadsheet, and understood at home."""

from datetime import timedelta

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.customers.models import LookUp
from stamkunde.events.models import Happening
from stamkunde.exchange.actions import asking, exporting
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.models import ExportFile
from stamkunde.exchange.stored_files import path_of
from stamkunde.exchange.tests.files import counts, imported, received
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.writing import FORMATS
from tests.world import make_staff, signed_in

pytestmark = pytest.mark.django_db


def exported(kind, owner, form="csv"):
    export = asking.ask_for_export(kind=kind, form=form, reason="moving house", owner=owner, by=owner.actor)
    run_due()
    export.refresh_from_db()
    return export


def rows_of(export):
    path = path_of(export.stored_as)
    layout = guess_layout(path)
    return [dict(zip(layout.columns, row.cells, strict=True)) for row in read_rows(path, layout)]


@pytest.mark.parametrize("form", FORMATS)
def test_customers_leave_in_every_format(world, form):
    names = [world.kari.name, world.janis.name, world.sven.name]

    export = exported("customers", world.liga, form)

    assert export.state == ExportFile.State.READY
    assert [f"{row['given_name']} {row['family_name']}" for row in rows_of(export)] == names
    assert export.rows == 3
    assert rows_of(export)[0]["phone"].lstrip("'") == "+4791234567"


def test_who_was_exported_can_be_told(world):
    kari = world.kari

    exported("customers", world.liga)

    look = LookUp.objects.get(customer=kari, purpose="export")
    assert look.actor_id == world.liga.pk
    names = list(Happening.objects.filter(name__startswith="exchange.").values_list("name", flat=True))
    assert names == ["exchange.export_asked", "exchange.export_written"]


def test_people_in_the_trash_stay_at_home(world):
    from stamkunde.customers.actions.customer import trash_customer  # noqa: PLC0415

    trash_customer(world.kari.pk, by=SYSTEM)

    assert rows_of(exported("customers", world.liga)) == []


def test_what_is_exported_comes_home_as_who_and_what_it_was(world):
    assert world.store
    imported(
        received(
            "order,date,customer,customer_name,sku,description,quantity,price\n"
            "1,2024-01-01 10:00,K1,=Kari Nordmann,P1,+Tea,2,10.00\n1,2024-01-01 10:00,K1,,P2,Cup,1,5.55\n"
            "R1,2024-01-05 10:00,K1,,P1,Tea,-1,10.00\n",
            kind="purchases",
        )
    )

    for kind in ("customers", "products", "purchases"):
        content = path_of(exported(kind, world.liga).stored_as).read_bytes()
        home = imported(received(content, kind=kind, source="ourselves"))
        assert (home.created, home.updated, home.skipped) == (0, 0, 0), kind
        assert home.unchanged == home.received > 0


def test_an_export_moves_to_an_empty_house(world):
    assert world.kari
    content = path_of(exported("customers", world.liga).stored_as).read_bytes()
    world.kari.delete()

    assert counts(imported(received(content, kind="customers"))) == (1, 0, 0, 0)


def test_an_export_without_a_reason_is_refused(world):
    with pytest.raises(NotYet, match="needed for"):
        asking.ask_for_export(kind="customers", form="csv", reason=" ", owner=world.liga, by=world.liga.actor)

    assert not ExportFile.objects.exists()


def test_only_its_owner_fetches_a_file_and_not_for_ever(world):
    export = exported("products", world.liga)
    colleague = signed_in(make_staff("Lina", Role.ADMINISTRATOR))
    url = f"/exports/{export.pk}/file"

    answer = signed_in(world.liga).get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert colleague.get(url).status_code == 404
    assert signed_in(world.anna).get(url).status_code == 403
    ExportFile.objects.update(expires_at=export.asked_at - timedelta(days=1))
    assert signed_in(world.liga).get(url).status_code == 404


def test_expired_files_are_cleared_away(world):
    export = exported("products", world.liga)
    path = path_of(export.stored_as)
    ExportFile.objects.update(expires_at=export.asked_at - timedelta(days=1))

    exporting.clear_expired(by=SYSTEM)

    assert not path.exists()
    assert ExportFile.objects.get().state == ExportFile.State.EXPIRED


def test_the_page_asks_for_a_reason_and_shows_the_file(world):
    client = signed_in(world.liga)

    refused = client.post("/exports/", {"kind": "customers", "form": "csv", "reason": ""})
    assert refused.status_code == 422
    assert not ExportFile.objects.exists()
    assert client.post("/exports/", {"kind": "customers", "form": "csv", "reason": "audit"}).status_code == 302
    run_due()
    assert b"/file" in client.get("/exports/").content


def test_a_kind_this_version_does_not_know_is_listed_by_its_own_name_and_cannot_be_fetched(world):
    export = exported("products", world.liga)
    ExportFile.objects.update(kind="loyalty_cards")

    assert b"loyalty_cards" in signed_in(world.liga).get("/exports/").content
    assert signed_in(world.liga).get(f"/exports/{export.pk}/file").status_code == 404
