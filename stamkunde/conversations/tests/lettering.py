"""Short ways to write letters for the tests."""

from typing import Any

from stamkunde.accounts.models import Store
from stamkunde.conversations.actions import print_letters, start_letter
from stamkunde.conversations.models import Letter, PrintRun
from stamkunde.conversations.values import LetterValues
from stamkunde.customers.models import Address, Customer
from stamkunde.kit.actor import SYSTEM
from tests.world import World


def home_of(customer: Customer, **values: Any) -> Address:
    known = Address.objects.filter(customer=customer).first()
    given = {"street": "Storgata 1", "postcode": "0155", "town": "Oslo", "country": "NO", "is_preferred": True}
    return known or Address.objects.create(customer=customer, **(given | values))


def store_of() -> Store:
    return Store.objects.order_by("pk").first() or Store.objects.create(name="Storgata")


def letter_to(world: World, text: str = "Your kettle is repaired.", **values: Any) -> Letter:
    by = values.pop("by", SYSTEM)
    given: dict[str, Any] = {
        "subject": "Your kettle", "address_id": home_of(world.kari).pk, "store_id": store_of().pk,
    } | values  # fmt: skip
    return start_letter(world.kari.pk, LetterValues(text=text, **given), by=by).letter


def printed(*letters: Letter) -> PrintRun:
    return print_letters([one.pk for one in letters], by=SYSTEM).run
