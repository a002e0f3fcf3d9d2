"""The left column: everything that is known, in the reader's words, for the same one question however much it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import Role
from stamkunde.customers import files
from stamkunde.customers.actions import (
    add_address,
    add_contact_point,
    add_file,
    add_relation,
    change_customer,
    confirm_contact_point,
    define_field,
    note_former_name,
    note_trait,
    record_consent,
    set_custom_value,
)
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactStatus,
    Customer,
    CustomFieldKind,
    RelationKind,
    TraitKind,
)
from stamkunde.customers.queries import birthdays_on, greeting_of, profile
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, TraitValues
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_customer, make_staff, make_store, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
PARTS = ("contact", "addresses", "traits", "about", "consents", "relations", "custom", "files")


def know_more(customer: Customer, number: int) -> None:
    """Let there be one more of everything."""
    email = ContactValues(kind=ContactKind.EMAIL, raw=f"kari{number}@example.org")
    add_contact_point(customer.pk, email, by=SYSTEM)
    add_address(customer.pk, AddressValues(street=f"Street {number}", postcode="0150", town="Oslo"), by=SYSTEM)
    note_trait(customer.pk, TraitValues(kind=TraitKind.LIKES, text=f"coffee {number}"), by=SYSTEM)
    note_former_name(customer.pk, f"Kari {number}", by=SYSTEM)
    other = make_customer(f"Friend {number}", "")
    add_relation(customer.pk, other.pk, RelationKind.GIVES_TO, by=SYSTEM)
    field = define_field(f"Field {number}", CustomFieldKind.TEXT, by=SYSTEM)
    set_custom_value(customer.pk, field, "value", version=0, by=SYSTEM)
    values = ConsentValues(channel=ConsentChannel.EMAIL, state=ConsentState.GIVEN, evidence="form")
    record_consent(customer.pk, values, by=SYSTEM)
    with files.staged([b"%PDF-1"]) as staged:
        add_file(customer.pk, staged, f"paper {number}.pdf", by=SYSTEM)


def test_the_profile_takes_one_question_for_one_of_each_and_for_ten(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    kari = Customer.objects.select_related("home_store").get(pk=world.kari.pk)
    know_more(kari, 0)
    the_shop()
    with django_assert_num_queries(1):
        assert len(profile(kari).addresses) == 1
    for number in range(1, 10):
        know_more(kari, number)
    the_shop()
    with django_assert_num_queries(1):
        known = profile(kari)

    assert [len(getattr(known, name)) for name in ("addresses", "traits", "relations", "custom", "files")] == [10] * 5
    assert (len(known.contacts), len(known.former_names), len(known.consents)) == (12, 10, 5)


def test_it_says_what_is_known_in_the_readers_words(world: World) -> None:
    add_address(
        world.kari.pk,
        AddressValues(street="Brīvības iela 4", postcode="1010", town="Rīga", country="LV", care_of="Anna"),
        by=SYSTEM,
    )
    point = world.kari.contact_points.get(kind=ContactKind.PHONE)
    confirm_contact_point(point, ContactStatus.FAILING, evidence="nobody answers", by=SYSTEM)
    known = profile(world.kari)

    assert known.addresses[0].lines == ("c/o Anna", "Brīvības iela 4", "Rīga, LV-1010", "Latvia")
    failing = next(one for one in known.contacts if one.kind == "phone")
    assert (failing.shown, failing.href, failing.tone) == ("91 23 45 67", "", "amber")
    assert next(one for one in known.contacts if one.kind == "email").href == "mailto:kari@example.org"
    with translation.override("nb"):
        change_customer(world.kari.pk, {"birth_date": date(1984, 5, 17)}, version=1, by=SYSTEM)
        born = next(one for one in profile(Customer.objects.get(pk=world.kari.pk)).about if one.name == "birth_date")
    assert born.value.startswith("17. mai 1984")


def test_everybody_is_greeted_in_her_own_language_and_as_she_wishes(world: World) -> None:
    janis = change_customer(world.janis.pk, {"language": "lv"}, version=1, by=SYSTEM)
    assert greeting_of(janis) == "Sveiki, Jāni"

    janis = change_customer(janis.pk, {"greeting": "Čau, Jāni"}, version=2, by=SYSTEM)
    assert greeting_of(janis) == "Čau, Jāni"


@pytest.mark.parametrize(
    ("country", "said"), [("NO", "Hei, Kari"), ("SE", "Hej Kari"), ("LV", "Sveiki, Kari"), ("EU", "Hello, Kari")]
)
def test_without_a_language_somebody_is_greeted_as_in_the_country_of_the_usual_store(
    world: World, country: str, said: str
) -> None:
    assert greeting_of(world.kari) == "Hello, Kari"

    store = make_store(f"In {country}", country)
    assert greeting_of(change_customer(world.kari.pk, {"home_store_id": store.pk}, version=1, by=SYSTEM)) == said


def test_each_card_is_drawn_for_those_who_may_see_and_its_buttons_for_those_who_may_change(world: World) -> None:
    know_more(world.kari, 1)
    marketing = signed_in(make_staff("Maja", Role.MARKETING))
    for part in PARTS:
        url = f"/customers/{world.kari.pk}/profile/{part}/"
        for client, may_change in ((signed_in(world.anna), True), (marketing, False)):
            page = client.get(url, headers={"HX-Request": "true"}).content.decode()
            assert f'id="profile-{part}"' in page
            assert (" hx-post=" in page or " hx-get=" in page) == may_change, part
        assert signed_in(world.eve).get(url, headers={"HX-Request": "true"}).status_code == 403
    assert signed_in(world.anna).get(f"/customers/{world.kari.pk}/profile/secrets/").status_code == 404


def test_hostile_words_are_shown_and_never_run(world: World) -> None:
    evil = "<img src=x onerror=alert(1)>"
    note_trait(world.kari.pk, TraitValues(text=evil), by=SYSTEM)
    messenger = ContactValues(kind=ContactKind.MESSENGER, raw='"><script>alert(1)</script>')
    add_contact_point(world.kari.pk, messenger, by=SYSTEM)
    for part in ("traits", "contact"):
        url = f"/customers/{world.kari.pk}/profile/{part}/"
        page = signed_in(world.anna).get(url, headers={"HX-Request": "true"}).content.decode()
        assert "<img" not in page
        assert "<script" not in page


def test_leap_day_children_have_their_birthday_every_year(world: World) -> None:
    born = change_customer(world.kari.pk, {"birth_date": date(2000, 2, 29)}, version=1, by=SYSTEM)
    everybody = Customer.objects.present()

    assert birthdays_on(date(2027, 2, 28), everybody) == [born]
    assert birthdays_on(date(2028, 2, 28), everybody) == []
    assert birthdays_on(date(2028, 2, 29), everybody) == [born]
