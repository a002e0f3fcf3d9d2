"""A file holds what its owner may see: asked when it is wanted, when it is written and when it is fetched."""

import pytest

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import CustomField, CustomValue, LookUp
from stamkunde.exchange.actions import asking
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.exports import rows_for, type_for
from stamkunde.exchange.forms import ExportForm
from stamkunde.exchange.models import ExportFile
from stamkunde.exchange.tests.files import imported, received
from stamkunde.exchange.tests.test_export import exported, rows_of
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.django_db

PURCHASES = (
    "order,date,customer,customer_name,sku,description,quantity,price\n"
    "1,2024-01-01 10:00,K1,Kari Nordmann,P1,Tea,2,10.00\nR1,2024-01-05 10:00,K1,,P1,Tea,-1,10.00\n"
)


@pytest.fixture
def accountant(world):
    assert world.store
    return make_staff("Berit", Role.ACCOUNTANT)


def asked(kind, owner):
    return asking.ask_for_export(kind=kind, form="csv", reason="moving house", owner=owner, by=owner.actor)


def given_role(user, role):
    User.objects.filter(pk=user.pk).update(role=role)


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.ACCOUNTANT, {"products", "prices", "purchases"}),
        (Role.PRIVACY, {"customers", "purchases", "consents", "notes"}),
        (Role.LEAD, {"customers", "products", "prices", "purchases", "consents", "notes", "vouchers"}),
    ],
)
def test_what_can_be_chosen_is_what_may_be_seen(db, role, kinds):
    form = ExportForm(make_staff("Berit", role))

    assert {name for name, _label in form.fields["kind"].choices} == kinds  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["customers", "consents", "notes"])
def test_who_may_see_no_customers_cannot_ask_for_them(world, accountant, kind):
    assert world.kari

    with pytest.raises(NotYet):
        asked(kind, accountant)
    answer = signed_in(accountant).post("/exports/", {"kind": kind, "form": "csv", "reason": "audit"})

    assert answer.status_code == 422
    assert not ExportFile.objects.exists()
    assert not Job.objects.exists()


def test_purchases_do_not_say_whose_they_are_to_who_may_see_no_customers(world, accountant):
    imported(received(PURCHASES, kind="purchases"))

    rows = rows_of(exported("purchases", accountant))

    assert [(row["customer"], row["customer_name"], row["product"]) for row in rows] == [("", "", "P1")] * 2
    assert not LookUp.objects.exists()
    assert {row["customer_name"] for row in rows_of(exported("purchases", world.liga))} == {"Kari Nordmann"}


def test_rights_lost_before_the_file_is_written_count(world):
    export = asked("customers", world.liga)
    given_role(world.liga, Role.ACCOUNTANT)

    run_due()

    export.refresh_from_db()
    assert (export.state, export.stored_as) == (ExportFile.State.FAILED, "")
    assert Job.objects.get(pk=export.job_id).state == "done"
    assert not LookUp.objects.exists()
    assert "your role does not let you see" in signed_in(world.liga).get("/exports/").content.decode()


def test_who_may_export_nothing_by_now_gets_nothing_written(world):
    export = asked("products", world.liga)
    given_role(world.liga, Role.TILL)

    run_due()

    export.refresh_from_db()
    assert (export.state, export.stored_as) == (ExportFile.State.FAILED, "")


def test_rights_lost_before_the_file_is_fetched_count(world):
    assert world.store
    imported(received(PURCHASES, kind="purchases"))
    owner = world.liga
    urls = {kind: f"/exports/{exported(kind, owner).pk}/file" for kind in ("customers", "purchases", "products")}
    client = signed_in(owner)
    assert [client.get(url).status_code for url in urls.values()] == [200, 200, 200]

    given_role(owner, Role.ACCOUNTANT)

    # The purchases were written with their customers' names.
    assert {kind: client.get(url).status_code for kind, url in urls.items()} == {
        "customers": 404,
        "purchases": 404,
        "products": 200,
    }


def test_purchases_that_name_nobody_can_be_fetched_by_who_may_see_no_customers(world, accountant):
    imported(received(PURCHASES, kind="purchases"))
    export = exported("purchases", accountant)

    assert signed_in(accountant).get(f"/exports/{export.pk}/file").status_code == 200


def test_only_who_manages_fields_takes_out_one_that_no_profile_shows(world: World) -> None:
    size = CustomField.objects.create(key="size", label="Size", kind="number", is_shown=False)
    CustomValue.objects.create(customer=world.kari, field=size, number=4711)

    for user, holds in ((make_staff("Lise", Role.LEAD), False), (world.liga, True)):
        kind = type_for(user, "customers")
        assert kind is not None
        rows = [cells for cells, _known in rows_for(user, kind, {})]
        assert ("size" in kind.columns(user)) is holds
        assert any("4711" in map(str, cells) for cells in rows) is holds
        assert {len(cells) for cells in rows} == {len(kind.columns(user))}
