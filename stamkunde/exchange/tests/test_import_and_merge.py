"""A file with the old key of a merged customer is about who she is now, also when it is on its way in meanwhile."""

# mypy: disable-error-code="union-attr, comparison-overlap, arg-type, misc"
import pytest

from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.models import Customer
from stamkunde.customers.tests import belongings
from stamkunde.exchange.actions import running
from stamkunde.exchange.models import SourceKey
from stamkunde.exchange.tests.files import counts, imported, received, undone
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.importing import CUSTOMER
from stamkunde.sales.models import Order
from stamkunde.sales.tests.trading import unwell

pytestmark = pytest.mark.django_db

TWO = "customer id,first name,last name,phone\nK1,Kari,Nordmann,+4791234567\nK2,Kari,Nordmand,\n"


@pytest.fixture(autouse=True)
def a_store(world):
    return world.store


def by_key(key: str) -> Customer:
    return Customer.objects.get(pk=SourceKey.objects.get(kind=CUSTOMER, key=key).object_id)


def test_a_file_with_the_key_of_the_merged_one_updates_the_survivor():
    imported(received(TWO, kind="customers"))
    kari, other = by_key("K1"), by_key("K2")
    merge = merge_customers(kari.pk, other.pk, by=SYSTEM)

    again = imported(received("customer id,last name,town,first name\nK2,Nordmann,Oslo,Kari\n", kind="customers"))

    assert counts(again) == (0, 1, 0, 0)
    assert kari.addresses.get().town == "Oslo"
    assert belongings.unwell() == []
    unmerge_customers(merge.pk, by=SYSTEM)
    assert by_key("K2") == other


def test_what_this_system_exported_itself_comes_home_as_the_survivor():
    imported(received(TWO, kind="customers"))
    kari, other = by_key("K1"), by_key("K2")
    merge_customers(kari.pk, other.pk, by=SYSTEM)

    imported(
        received(
            f"customer id,last name,town,first name\n{other.ref},Nordmann,Oslo,Kari\n", kind="customers", source="x"
        )
    )

    assert kari.addresses.get().town == "Oslo"
    assert belongings.unwell() == []


def test_merging_while_purchases_come_in_counts_them_all_with_the_survivor(monkeypatch):
    monkeypatch.setattr(running, "BATCH", 4)
    imported(received(TWO, kind="customers"))
    kari, other = by_key("K1"), by_key("K2")
    rows = [f"{number},2024-01-{1 + number:02},K2,P1,Thing,1,10.00" for number in range(12)]
    file = "order,date,customer,sku,description,quantity,price\n" + "\n".join(rows) + "\n"
    run = running.begin(received(file, kind="purchases"), rehearse=False, by=SYSTEM)
    merges: list[object] = []

    def merge_after_the_first_batch():
        if not merges:
            merges.append(merge_customers(kari.pk, other.pk, by=SYSTEM))

    running.Passage(run, rehearse=False).walk(lambda done: None, merge_after_the_first_batch)

    assert Order.objects.filter(customer=kari).count() == 12
    assert unwell() == [] and belongings.unwell() == []


def test_undoing_an_import_keeps_who_was_merged_since():
    run = imported(received(TWO, kind="customers"))
    merge_customers(by_key("K1").pk, by_key("K2").pk, by=SYSTEM)

    run = undone(run)

    assert Customer.objects.count() == 2
    assert {kept["reason"] for kept in run.kept} == {"This customer has been merged with another one since."}
    assert belongings.unwell() == []
