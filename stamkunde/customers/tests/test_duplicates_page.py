"""The page of likely pairs: why, side by side, and three answers, each of which can be taken back."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from stamkunde.customers.actions import change_customer
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.pairs import FoundPair, note_pairs
from stamkunde.customers.models import Customer, HitList, LikelyPair, Merge, PairState
from stamkunde.customers.tests.test_merge import the_other_kari
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, make_customer, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

LIST = "/customers/duplicates/"


def found(one: Customer, other: Customer, *reasons: str) -> LikelyPair:
    pair = FoundPair(one.pk, other.pk, 0.97, reasons or ("phone", "given", "family_near"))
    note_pairs([pair])
    return LikelyPair.objects.get(first=pair.key[0], second=pair.key[1])


def answered(client: Client, pair: LikelyPair, act: str) -> Any:
    return client.post(f"/customers/duplicates/{pair.pk}/answer/", {"act": act}, follow=True)


def test_the_list_says_why_and_shows_both_side_by_side(world: World) -> None:
    found(world.kari, the_other_kari())

    page = signed_in(world.ola).get(LIST).content.decode()

    assert "Same telephone, same given name, family names that differ by a letter" in page
    assert "Kari Nordmand" in page
    assert "17 May 1980" in page
    assert page.count("kari@example.org") == 1


def test_whom_the_list_shows_is_written_down(world: World) -> None:
    other = the_other_kari()
    found(world.kari, other)

    signed_in(world.ola).get(LIST)

    (row,) = HitList.objects.all()
    assert {int(number) for number in row.shown.split()} == {world.kari.pk, other.pk}
    assert (row.actor_id, row.role) == (world.ola.pk, world.ola.role)


def test_what_differs_by_a_letter_is_not_called_the_same(world: World) -> None:
    olofsson = make_customer("Yvonne", "Olofsson", phone="91234567")
    found(olofsson, make_customer("Yvonne", "Olofson", phone="+47 912 34 567"))

    page = signed_in(world.ola).get(LIST).content.decode()

    assert verdict_of("Name", page) == "Nearly the same"
    assert verdict_of("Telephone", page) == "Same"


def verdict_of(label: str, page: str) -> str:
    row = re.search(rf'<th scope="row">{label}(.*?)</th>', page, re.DOTALL)
    assert row
    return " ".join(re.sub(r"<[^>]*>", " ", row.group(1)).split())


def test_not_the_same_person_is_remembered_until_there_is_another_reason(world: World) -> None:
    pair = found(world.kari, the_other_kari())
    client = signed_in(world.ola)

    page = answered(client, pair, "distinct").content.decode()

    assert "are two people. That is remembered." in page
    assert found(world.kari, Customer.objects.get(pk=pair.second_id)).state == PairState.DISTINCT
    assert "No pair waits" in client.get(LIST).content.decode()
    again = found(world.kari, Customer.objects.get(pk=pair.second_id), "phone", "given", "family_near", "born")
    assert again.state == PairState.OPEN


def test_an_answer_can_be_taken_back(world: World) -> None:
    pair = found(world.kari, the_other_kari())
    client = signed_in(world.ola)
    answered(client, pair, "distinct")

    client.post(f"/customers/duplicates/{pair.pk}/question/")

    assert LikelyPair.objects.get().state == PairState.OPEN


def test_later_is_a_week_later(world: World) -> None:
    pair = found(world.kari, the_other_kari())
    client = signed_in(world.ola)

    assert "comes back on" in answered(client, pair, "later").content.decode()
    assert "No pair waits" in client.get(LIST).content.decode()
    with time_machine.travel(now() + timedelta(days=8)):
        assert "Kari Nordmand" in signed_in(world.ola).get(LIST).content.decode()


def test_merging_from_the_list_shows_what_survives_and_comes_back_to_the_list(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    found(kari, other)
    client = signed_in(world.ola)
    address = f"/customers/{kari.pk}/merge/{other.pk}/"
    page = client.get(f"{address}?back=duplicates").content.decode()
    assert 'name="keep-family_name"' in page
    assert "Date of birth:" in page

    versions = {f"version-{one.pk}": one.version for one in (kari, other)}
    answer = client.post(address, {**versions, "keep-family_name": "merged", "back": "duplicates"}, follow=True)

    kari.refresh_from_db()
    assert kari.family_name == "Nordmand"
    assert answer.redirect_chain[-1][0] == LIST
    undo = f"/customers/{kari.pk}/merges/{Merge.objects.get().pk}/undoing/"
    assert undo in answer.content.decode()
    client.post(undo)
    kari.refresh_from_db()
    assert kari.family_name == "Nordmann"
    assert LikelyPair.objects.get().state == PairState.OPEN


def test_a_choice_from_an_old_page_is_shown_again_with_what_was_chosen(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    client = signed_in(world.ola)
    sent = {f"version-{kari.pk}": kari.version, f"version-{other.pk}": other.version, "keep-family_name": "merged"}
    change_customer(kari.pk, {"birth_date": date(1981, 1, 1)}, version=1, by=SYSTEM)

    with nothing_changes():
        answer = client.post(f"/customers/{kari.pk}/merge/{other.pk}/", sent)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody changed one of the two meanwhile" in page
    assert 'name="keep-family_name" value="merged" checked' in page
    assert 'name="keep-birth_date"' in page


def test_an_address_with_the_old_number_leads_to_the_same_page_of_the_survivor(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    merge_customers(kari.pk, other.pk, by=SYSTEM)
    client = signed_in(world.ola)

    answer = client.get(f"/customers/{other.pk}/?topic=notes")
    assert (answer.status_code, answer["Location"]) == (307, f"/customers/{kari.pk}/?topic=notes")
    answer = client.post(f"/customers/{other.pk}/notes/", {"text": "Came by."})
    assert (answer.status_code, answer["Location"]) == (307, f"/customers/{kari.pk}/notes/")
    assert signed_in(world.eve).get(f"/customers/{other.pk}/").status_code == 403


def test_the_history_takes_apart_with_what_came_since(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    made = merge_customers(kari.pk, other.pk, by=SYSTEM)
    client = signed_in(world.ola)
    client.post(f"/customers/{kari.pk}/notes/", {"text": "The other one came by."})
    assert "Kari Nordmand" in client.get(f"/customers/{kari.pk}/merges/").content.decode()
    address = f"/customers/{kari.pk}/merges/{made.pk}/"
    assert "The other one came by." in client.get(address).content.decode()

    note = kari.notes.get()
    page = client.post(address, {"later-customers.Note.customer": note.pk, "are_two": "on"}, follow=True)

    assert page.redirect_chain[-1][0] == f"/customers/{other.pk}/"
    note.refresh_from_db()
    assert note.customer == other
    assert LikelyPair.objects.get().state == PairState.DISTINCT
    assert "Taken apart" in client.get(f"/customers/{kari.pk}/merges/").content.decode()
    assert client.get(address, follow=True).redirect_chain


def test_a_merge_that_has_to_wait_says_for_which(world: World) -> None:
    kari, other = world.kari, the_other_kari()
    made = merge_customers(kari.pk, other.pk, by=SYSTEM)
    merge_customers(world.sven.pk, kari.pk, by=SYSTEM)

    answer = signed_in(world.ola).get(f"/customers/{kari.pk}/merges/{made.pk}/")

    assert answer.status_code == 307


def test_the_partner_is_looked_for_by_name_and_number(world: World) -> None:
    other = the_other_kari()
    client = signed_in(world.ola)

    by_name = client.get(f"/customers/{world.kari.pk}/merge/").content.decode()
    by_number = client.get(f"/customers/{world.kari.pk}/merge/?q={other.pk}").content.decode()

    link = f"/customers/{world.kari.pk}/merge/{other.pk}/"
    assert link in by_name
    assert link in by_number


def test_today_says_how_many_wait(world: World) -> None:
    found(world.kari, the_other_kari())

    assert "1 pair of profiles may be one person." in signed_in(world.ola).get("/").content.decode()
    assert "may be one person" not in signed_in(world.anna).get("/").content.decode()


def test_the_list_asks_as_few_questions_for_many_as_for_one(world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        one = make_customer("Kari", f"Alm{number}", phone=f"+479123450{number}")
        found(one, make_customer("Kari", f"Berg{number}", email=f"k{number}@example.org"))
    client = signed_in(world.ola)
    client.get(LIST)

    with django_assert_max_num_queries(12):
        assert client.get(LIST).content.decode().count("data-row") == 10
