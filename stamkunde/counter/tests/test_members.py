"""Members at the counter: their card, what it saves, and joining."""

import pytest

from stamkunde.accounts.models import User
from stamkunde.catalogue.models import Product
from stamkunde.counter.models import Basket
from stamkunde.counter.tests.test_people import enrol_key
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.models import Customer, HitList, LookUp
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.loyalty.actions import block_card, close_programme, expire_card, replace_card, suspend_membership
from stamkunde.loyalty.models import Membership
from stamkunde.loyalty.tests.members import card_of, member, open_programme
from stamkunde.loyalty.tests.saving import earn, make_member
from stamkunde.pricing.tests.selling import book, product, publish
from stamkunde.sales.models import Order
from tests.world import World

pytestmark = pytest.mark.django_db
NAMED = "counter.customer_named"


@pytest.fixture
def ola(world: World) -> AtTheTill:
    """Somebody who may set prices."""
    return AtTheTill(world.ola, world.till)


def basket_of_three(anna: AtTheTill) -> None:
    """Three things of 199, which cost members 149; the last one is priced by hand."""
    members = book()
    prices = {}
    for sku in ("1", "2", "3"):
        prices[product(sku, "199")] = "149"
    publish(members, prices)
    for thing in prices:
        anna.press(f"product:{thing.pk}")
    line = anna.lines()[2]
    anna.press(f"line:{line}", **{f"line-{line}-quantity": "1", f"line-{line}-price": "190"})


def test_c4_a_half_heard_name_shows_whom_it_may_mean_and_nothing_is_cheaper_before_one_is_picked(
    world: World, anna: AtTheTill
) -> None:
    make_member(world.kari)
    members, thing = book(), product("4711", "199")
    publish(members, {thing: "149"})
    anna.press(f"product:{thing.pk}")

    page = anna.type("kari nordmn")

    assert "··· 45 67" in page
    assert "91234567" not in page.replace(" ", "")
    assert "199.00" in page
    assert "149.00" not in page
    assert HitList.objects.count() == 1
    assert not LookUp.objects.exists()
    assert "149.00" in anna.press(f"customer:{world.kari.pk}")
    assert LookUp.objects.get().customer_id == world.kari.pk


def test_a_scanned_card_brings_the_member_at_once(world: World, anna: AtTheTill):
    page = anna.type(card_of(member(world.kari)).token)

    assert anna.state()["customer"] == str(world.kari.pk)
    assert "Stamkunde" in page
    assert "member since" in page


def test_the_number_of_a_membership_is_typed_as_well(world: World, anna: AtTheTill):
    membership = member(world.kari)

    assert "Kari Nordmann" in anna.found(membership.number.lower())


def test_whoever_is_named_makes_the_basket_cheaper_and_nobody_makes_it_what_it_was(world: World, ola: AtTheTill):
    """P19, P20: before it is paid the clerk reads what it saves; the line priced by hand stays; one line of audit."""
    basket_of_three(ola)
    assert "588.00" in ola.page
    member(world.kari)

    page = ola.press(f"customer:{world.kari.pk}")

    assert "488.00" in page
    assert "Kari saves NOK\u00a0100.00 on this purchase." in page
    assert "priced by hand" in page
    told = Happening.objects.get(name=NAMED)
    assert (told.customer_id, told.details["saved"]) == (world.kari.pk, 10_000)

    page = ola.press("nobody")
    assert "588.00" in page
    assert "488.00" not in page
    ola.press(f"customer:{world.kari.pk}")
    ola.pay()
    order = Order.objects.get()
    assert (order.total, order.customer) == (48_800, world.kari)
    assert [line.amount for line in order.lines.order_by("number")] == [14_900, 14_900, 19_000]


def test_the_same_press_sent_again_is_told_once(world: World, ola: AtTheTill):
    basket_of_three(ola)
    member(world.kari)

    for _time in range(2):
        ola.press(f"customer:{world.kari.pk}", step="the-same-deed-again")

    assert Happening.objects.filter(name=NAMED).count() == 1


def test_nothing_is_said_or_told_of_somebody_who_saves_nothing(world: World, ola: AtTheTill):
    basket_of_three(ola)

    page = ola.press(f"customer:{world.kari.pk}")

    assert "saves" not in page
    assert not Happening.objects.filter(name=NAMED).exists()


@pytest.mark.parametrize(
    ("end", "said"),
    [(block_card, "This card is blocked."), (replace_card, "was replaced"), (expire_card, "not in use any more")],
)
def test_a_card_that_does_not_count_says_so_and_brings_nobody(world: World, anna: AtTheTill, end, said: str):
    """CARD_BLOCKED at the counter: whoever found it gets no member's price by it."""
    card = card_of(member(world.kari))
    end(card, by=SYSTEM)

    assert said in anna.found(card.token)
    page = anna.type(card.token)

    assert said in page
    assert anna.state()["customer"] == ""
    assert "Kari" not in page


def test_a_misread_card_is_scanned_again_and_an_unknown_one_is_unknown(world: World, anna: AtTheTill):
    """C1."""
    token = card_of(member(world.kari)).token
    wrong = token[:-1] + str((int(token[-1]) + 1) % 10)

    assert "misread" in anna.type(wrong)
    assert "Nothing and nobody is known" in anna.type("2900000000018")


def test_a_member_whose_membership_rests_is_served_without_its_benefits(world: World, ola: AtTheTill):
    basket_of_three(ola)
    suspend_membership(member(world.kari), reason="Sold the card", by=SYSTEM)

    page = ola.press(f"customer:{world.kari.pk}")

    assert "588.00" in page
    assert "Suspended" in page


def test_somebody_known_joins_at_the_counter(world: World, anna: AtTheTill):
    programme = open_programme()
    page = anna.press(f"customer:{world.kari.pk}")
    assert "Join Stamkunde" in page

    page = anna.press(f"join:{programme.pk}")

    membership = Membership.objects.get()
    assert (membership.customer, membership.source, membership.state) == (world.kari, "till", "active")
    assert "Kari Nordmann is now a member of Stamkunde." in page
    assert "Join Stamkunde" not in page
    anna.press(f"join:{programme.pk}")
    assert Membership.objects.count() == 1


def test_a_programme_that_ended_meanwhile_takes_nobody(world: World, anna: AtTheTill):
    programme = open_programme()
    anna.press(f"customer:{world.kari.pk}")
    close_programme(programme, by=SYSTEM)

    page = anna.press(f"join:{programme.pk}")

    assert anna.answer.status_code == 422
    assert "takes no new members" in page
    assert not Membership.objects.exists()


def test_somebody_new_joins_with_what_was_typed_and_the_number_has_to_be_confirmed(world: World, anna: AtTheTill):
    """C8."""
    programme = open_programme()
    page = anna.press("enrol", typed="åse moen 98765432")
    assert "Becomes a member of Stamkunde" in page
    typed = {"name": "Åse Moen", "phone": "98765432", "join": str(programme.pk), "enrol_key": enrol_key(page)}

    for _time in range(2):
        anna.press("create", at="/counter/customers/", **typed)

    membership = Membership.objects.get()
    assert (membership.customer, membership.state) == (Customer.objects.get(), "pending")
    assert membership.unconfirmed == "+4798765432"
    assert "Not confirmed yet" in anna.page


def test_somebody_new_need_not_join(world: World, anna: AtTheTill):
    open_programme()
    page = anna.press("enrol", typed="åse moen")

    anna.press("create", at="/counter/customers/", name="Åse Moen", enrol_key=enrol_key(page))

    assert Customer.objects.exists()
    assert not Membership.objects.exists()


def test_who_may_not_use_points_is_refused_and_the_basket_stays(
    world: World, anna: AtTheTill, sock: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    earn(make_member(world.kari), 30)
    anna.press(f"customer:{world.kari.pk}")
    anna.type(sock.sku)
    may = User.may
    monkeypatch.setattr(User, "may", lambda self, name: name != USE_POINTS.name and may(self, name))

    anna.press("points", points="5")

    assert anna.answer.status_code == 403
    assert Basket.objects.get().points == 0
