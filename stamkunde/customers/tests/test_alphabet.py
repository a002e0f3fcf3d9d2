"""Lists of customers follow the alphabet of the shop's language, on either database."""

import re
from datetime import timedelta

import pytest

from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.customers.actions.alphabet import put_customers_in_order
from stamkunde.customers.invariants import customers_out_of_order
from stamkunde.customers.models import Customer
from stamkunde.events.delivering import deliver_due
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, page
from tests.world import World, make_customer, signed_in

pytestmark = pytest.mark.django_db

# As a till writes them down: in no order at all.
FAMILIES = ("Ås", "Zorn", "Østby", "Abel", "Ærø", "Aasen", "Ābele", "Šmits", "Smith", "Svensson", "Berg Hansen", "Berg")
EXPECTED = {
    "en": "Aasen Abel Ābele Ærø Ås Berg Berg-Hansen Østby Smith Šmits Svensson Zorn",
    "nb": "Abel Ābele Berg Berg-Hansen Smith Šmits Svensson Zorn Ærø Østby Ås Aasen",
    "sv": "Aasen Abel Ābele Berg Berg-Hansen Smith Šmits Svensson Zorn Ås Ærø Østby",
    "lv": "Aasen Abel Ærø Ås Ābele Berg Berg-Hansen Østby Smith Svensson Šmits Zorn",
}


def speak(language: str) -> None:
    shop = the_shop_anew()
    shop.language = language
    change_shop(shop, by=SYSTEM)


def in_lists() -> str:
    """Return the families as a list of small pages brings them."""
    order = Order("sort_name", falling=False)
    found = page(Customer.objects.all(), order, size=3)
    families = [one.family_name for one in found]
    while found.older:
        found = page(Customer.objects.all(), order, mark=found.older, size=3, parse=str)
        families += [one.family_name for one in found]
    return " ".join(family.replace(" ", "-") for family in families)


@pytest.mark.parametrize("language", EXPECTED)
def test_a_list_pages_through_the_alphabet_of_the_shop_s_language(language: str) -> None:
    speak(language)
    for family in FAMILIES:
        make_customer("Kim", family)

    assert in_lists() == EXPECTED[language]


def test_a_shop_that_learns_norwegian_finds_its_lists_sorted_anew_a_little_later(world: World) -> None:
    for family in FAMILIES:
        make_customer("Kim", family)
    assert in_lists() == EXPECTED["en"]

    speak("nb")
    assert any("Lists do not have customer" in sentence for sentence in customers_out_of_order())
    deliver_due()
    Job.objects.update(run_at=now() - timedelta(seconds=1))
    run_due()

    assert in_lists() == EXPECTED["nb"]
    assert list(customers_out_of_order()) == []
    job = Job.objects.get(name="customers.sort")
    assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, len(FAMILIES), len(FAMILIES))


def test_another_name_for_the_shop_sorts_nothing() -> None:
    shop = the_shop_anew()
    shop.name = "Torget"
    change_shop(shop, by=SYSTEM)
    deliver_due()

    assert not Job.objects.exists()


def test_sorting_anew_leaves_everything_else_of_a_customer(world: World) -> None:
    kari = world.kari
    Customer.objects.filter(pk=kari.pk).update(sort_name="zzz")
    before: dict[str, object] = {**Customer.objects.values().get(pk=kari.pk)}

    assert put_customers_in_order() == (kari.pk, 1)

    after: dict[str, object] = {**Customer.objects.values().get(pk=kari.pk)}
    assert {name for name in after if after[name] != before[name]} == {"sort_name"}
    assert put_customers_in_order(kari.pk) == (kari.pk, 0)


def test_the_list_of_customers_shows_the_order(world: World) -> None:
    speak("nb")
    for family in FAMILIES:
        make_customer("Kim", family)

    text = signed_in(world.ola).get("/customers/?sort=name").text

    shown = [family for family in re.findall(r"Kim ([\w ]+?)\s*<", text) if family in FAMILIES]
    assert " ".join(dict.fromkeys(family.replace(" ", "-") for family in shown)) == EXPECTED["nb"]
