"""The pages of letters: written with a look at the paper, printed together, posted, and come back."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from stamkunde.conversations.models import Dispatch, DispatchState, Letter, PrintRun
from stamkunde.conversations.tests.lettering import home_of, letter_to, printed, store_of
from stamkunde.conversations.tests.talking import said
from stamkunde.jobs.running import run_due
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def ola(world: World) -> Client:
    return signed_in(world.ola)


def written(world: World, **values: str) -> dict[str, str]:
    return {
        "customer": str(world.kari.pk), "key": "k1", "address": str(home_of(world.kari).pk), "subject": "Your kettle",
        "text": "It is repaired.", "language": "nb", "store": str(store_of().pk), "enclosed_sheets": "0",
    } | values  # fmt: skip


def test_a_letter_is_written_from_the_customers_page_once(world: World, ola: Client) -> None:
    address = f"{reverse('conversations:letter_new')}?customer={world.kari.pk}"
    home_of(world.kari)
    store_of()
    assert "Storgata 1" in ola.get(address).content.decode()

    for _again in range(2):
        assert ola.post(address, written(world)).status_code == HTTPStatus.FOUND

    letter = Letter.objects.get()
    thread = ola.get(reverse("conversations:conversation", args=[letter.message.conversation_id])).content.decode()
    assert "It is repaired." in thread and "Storgata 1" in thread


def test_a_refused_letter_keeps_what_was_typed(world: World, ola: Client) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    answer = ola.post(reverse("conversations:letter", args=[talk.pk]), written(world, text=" ", subject="Still here"))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Still here" in answer.content.decode()
    assert not Letter.objects.exists()


def test_the_preview_shows_the_paper_and_keeps_nothing(world: World, ola: Client) -> None:
    answer = ola.post(reverse("conversations:letter_preview"), written(world, text=""))

    assert "data:image/png;base64," in answer.content.decode()
    assert not Letter.objects.exists()


def test_without_an_address_another_way_is_named(world: World, ola: Client) -> None:
    store_of()
    answer = ola.get(f"{reverse('conversations:letter_new')}?customer={world.kari.pk}")

    assert "No address of this customer is known" in answer.content.decode()


def test_letters_are_printed_together_and_posted(world: World, ola: Client) -> None:
    letters = [letter_to(world), letter_to(world)]
    change = reverse("conversations:letters_change")
    assert "Storgata 1" in ola.get(reverse("conversations:letters")).content.decode()

    answer = ola.post(change, {"act": "print", "ids": [one.pk for one in letters]})
    run = PrintRun.objects.get()
    assert answer["Location"] == reverse("conversations:print_run", args=[run.pk])
    assert ola.get(answer["Location"]).status_code == HTTPStatus.OK
    run_due()
    paper = ola.get(reverse("conversations:print_run_file", args=[run.pk]))
    assert paper.getvalue().startswith(b"%PDF-")
    ola.post(reverse("conversations:print_run_change", args=[run.pk]), {"act": "post"})

    assert set(Dispatch.objects.values_list("state", flat=True)) == {DispatchState.SENT}
    assert ola.get(reverse("conversations:print_run_file", args=[run.pk])).status_code == HTTPStatus.NOT_FOUND
    ola.post(change, {"act": "returned", "ids": [letters[0].pk], "reason": "moved"})
    assert "moved" in ola.get(f"{reverse('conversations:letters')}?list=returned").content.decode()


def test_nothing_chosen_is_a_sentence_and_changes_nothing(world: World, ola: Client) -> None:
    letter = letter_to(world)
    for act in ("print", "post", "back", "returned", "other"):
        assert ola.post(reverse("conversations:letters_change"), {"act": act}).status_code == HTTPStatus.FOUND

    assert Dispatch.objects.get(message=letter.message_id).state == DispatchState.QUEUED


def test_a_run_and_a_letter_of_somebody_restricted_are_not_there(world: World, ola: Client) -> None:
    letter = letter_to(world)
    run = printed(letter)
    type(world.kari).objects.filter(pk=world.kari.pk).update(restricted_at=letter.message.said_at)

    assert ola.get(reverse("conversations:print_run", args=[run.pk])).status_code == HTTPStatus.NOT_FOUND
    assert ola.get(reverse("conversations:letter_file", args=[letter.pk])).status_code == HTTPStatus.NOT_FOUND


def test_an_administrator_sets_how_letters_look_and_what_they_cost(world: World) -> None:
    liga = signed_in(world.liga)
    where = reverse("conversations:letterhead", args=["NO"])
    assert liga.get(where).status_code == HTTPStatus.OK
    sent = {"window": "dl", "shift_right": "1", "shift_down": "-2", "name": "Torget", "version": "0"}
    assert liga.post(where, sent).status_code == HTTPStatus.FOUND
    assert liga.post(where, sent).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert liga.get(reverse("conversations:letterhead_test", args=["NO"])).content.startswith(b"%PDF-")
    postage = {"country": "NO", "zone": "domestic", "up_to_grams": "20", "price": "27.00", "currency": "nok"}
    assert liga.post(reverse("conversations:postage_new"), postage).status_code == HTTPStatus.FOUND
    assert "27" in liga.get(reverse("conversations:letterheads")).content.decode()
