"""Letters are written, printed once, posted with what they cost, and come back with a bad address."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from stamkunde.conversations.actions import (
    cancel_run,
    forget_conversations,
    note_returned,
    post_letters,
    print_letters,
    put_back,
    take_back_answer,
    write_letter,
)
from stamkunde.conversations.actions.letter_settings import (
    LetterheadValues,
    PostageValues,
    add_postage,
    change_postage,
    set_letterhead,
    set_logo,
)
from stamkunde.conversations.files import STORE
from stamkunde.conversations.invariants import files_of_conversations, letters_unlike_their_dispatch
from stamkunde.conversations.models import Conversation, Dispatch, DispatchState, Letter, Message, PrintRun, PrintState
from stamkunde.conversations.print_runs import content_of_run
from stamkunde.conversations.printing import print_in_background
from stamkunde.conversations.refusals import ConversationRefused, KeyReused, Stale
from stamkunde.conversations.tests.lettering import home_of, letter_to, printed, store_of
from stamkunde.conversations.tests.talking import said
from stamkunde.conversations.values import FileValues, LetterValues
from stamkunde.customers.models import Address, ContactStatus
from stamkunde.events.models import Happening
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import business_day, now
from tests.world import World

pytestmark = pytest.mark.django_db


def state_of(letter: Letter) -> str:
    return Dispatch.objects.get(message=letter.message_id).state


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in document]


def today() -> date:
    return business_day(now(), store_of().zone)


def cost(grams: int = 20, price: int = 2_500, zone: str = "domestic", **values: Any) -> Any:
    given = {"country": "NO", "currency": "NOK"} | values
    return add_postage(PostageValues(zone=zone, up_to_grams=grams, price=price, **given), by=SYSTEM)


def test_a_letter_begins_a_conversation_and_waits_to_be_printed(world: World) -> None:
    letter = letter_to(world)

    assert state_of(letter) == DispatchState.QUEUED
    assert letter.address_lines == ["Kari Nordmann", "Storgata 1", "0155 Oslo"]
    assert letter.message.channel == letter.message.conversation.channel == "letter"
    assert Happening.objects.about_customer(world.kari.pk).filter(name="conversations.answer_written").exists()


def test_a_letter_answers_whoever_wrote_by_mail(world: World) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    values = LetterValues(text="It is here.", address_id=home_of(world.kari).pk, store_id=store_of().pk)

    message = write_letter(talk, values, by=SYSTEM)

    talk.refresh_from_db()
    assert message.channel == "letter" and talk.channel == "email"
    assert talk.waiting_since is None


def test_the_same_key_is_the_same_letter(world: World) -> None:
    talk = said(customer_id=world.kari.pk).conversation
    values = LetterValues(text="It is here.", address_id=home_of(world.kari).pk, store_id=store_of().pk)
    first = write_letter(talk, values, by=SYSTEM, idempotency_key="k")

    assert write_letter(talk, values, by=SYSTEM, idempotency_key="k") == first
    with pytest.raises(KeyReused):
        write_letter(talk, LetterValues(text="Other", address_id=1, store_id=1), by=SYSTEM, idempotency_key="k")
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"address_id": None}, "address"),
        ({"store_id": None}, "store"),
        ({"enclosed_sheets": 201}, "enclosed_sheets"),
        ({"text": "word\n\n" * 900}, "text"),
    ],
)
def test_what_cannot_be_posted_is_refused_and_nothing_is_kept(world: World, values: Any, field: str) -> None:
    with pytest.raises(ConversationRefused) as refusal:
        letter_to(world, **values)

    assert refusal.value.field == field
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_an_address_that_is_no_address_is_refused(world: World) -> None:
    place = home_of(world.kari, street="", postcode="")

    with pytest.raises(ConversationRefused, match="not enough for the post"):
        letter_to(world, address_id=place.pk)


def test_to_an_address_from_which_letters_come_back_another_way_is_named(world: World) -> None:
    place = home_of(world.kari)
    Address.objects.filter(pk=place.pk).update(status=ContactStatus.FAILING)

    with pytest.raises(ConversationRefused, match=r"come back.*(Call|Write to|Ask)"):
        letter_to(world)


def test_a_letter_abroad_ends_with_the_country_in_the_language_of_the_post(world: World) -> None:
    home_of(world.kari, street="Brīvības iela 1", postcode="LV-1010", town="Rīga", country="LV")

    letter = letter_to(world)

    assert letter.address_lines[-2:] == ["Rīga, LV-1010", "LATVIA"]
    assert "" not in letter.address_lines


def test_what_is_printed_is_printed_once(world: World) -> None:
    letter = letter_to(world)
    run = printed(letter)

    with pytest.raises(ConversationRefused, match="do not wait"):
        print_letters([letter.pk], by=SYSTEM)
    another = letter_to(world)
    taken = print_letters([letter.pk, another.pk], by=SYSTEM)

    assert taken.left_out == 1 and taken.run.number == 1
    letter.refresh_from_db()
    assert (letter.run, letter.printings, state_of(letter)) == (run, 1, DispatchState.PRINTED)


def test_a_printed_letter_is_not_taken_back(world: World) -> None:
    letter = letter_to(world)
    printed(letter)

    with pytest.raises(ConversationRefused):
        take_back_answer(letter.message, by=SYSTEM)
    assert state_of(letter) == DispatchState.PRINTED


def test_a_letter_that_waits_is_taken_back_and_not_printed(world: World) -> None:
    letter = letter_to(world)
    take_back_answer(letter.message, by=SYSTEM)

    with pytest.raises(ConversationRefused):
        print_letters([letter.pk], by=SYSTEM)
    assert state_of(letter) == DispatchState.TAKEN_BACK


def test_what_the_printer_ate_is_printed_again_and_that_is_seen(world: World) -> None:
    letter = letter_to(world)
    printed(letter)

    assert put_back([letter], by=SYSTEM) == 1
    assert state_of(letter) == DispatchState.QUEUED
    printed(letter)
    letter.refresh_from_db()
    assert letter.printings == 2
    assert Happening.objects.filter(name="conversations.letter_put_back").count() == 1
    with pytest.raises(ConversationRefused):
        put_back([letter_to(world)], by=SYSTEM)


def test_a_run_is_one_pdf_of_the_same_bytes_each_time(world: World) -> None:
    letters = [letter_to(world, f"Letter {number}") for number in range(3)]
    run = printed(*letters)

    first = content_of_run(run)

    assert content_of_run(run) == first
    pages = text_of(first)
    assert len(pages) == 3
    assert "Letter 0" in pages[0] and "Kari Nordmann" in pages[0]


def test_the_job_makes_the_pdf_and_keeps_it_until_all_is_posted(world: World) -> None:
    letters = [letter_to(world), letter_to(world)]
    taken = print_in_background([one.pk for one in letters], by=SYSTEM)
    run_due()

    run = PrintRun.objects.get(pk=taken.run.pk)
    assert run.state == PrintState.READY and STORE.place_of(run.digest).exists()
    digest = run.digest
    post_letters(letters[:1], by=SYSTEM)
    assert PrintRun.objects.get(pk=run.pk).digest == digest
    assert list(files_of_conversations()) == []


def test_a_run_that_is_given_up_lets_its_letters_wait_again(world: World) -> None:
    letters = [letter_to(world), letter_to(world)]
    run = printed(*letters)
    post_letters(letters[:1], by=SYSTEM)

    cancel_run(run, by=SYSTEM)

    assert [state_of(one) for one in letters] == [DispatchState.SENT, DispatchState.QUEUED]
    with pytest.raises(ConversationRefused):
        cancel_run(run, by=SYSTEM)
    assert list(letters_unlike_their_dispatch()) == []


def test_posting_writes_down_the_day_and_what_it_costs(world: World) -> None:
    cost(20, 2_500)
    cost(50, 4_500)
    light, heavy = letter_to(world), letter_to(world, enclosed_sheets=3)
    printed(light, heavy)

    assert post_letters([light, heavy], today() - timedelta(days=1), by=SYSTEM) == 2

    light.refresh_from_db()
    heavy.refresh_from_db()
    assert (light.cost, heavy.cost, light.currency) == (2_500, 4_500, "NOK")
    assert light.posted_on == today() - timedelta(days=1)
    told = Happening.objects.filter(name="conversations.letter_posted").order_by("pk")[0]
    assert told.details["cost"] == 2_500 and told.customer_id == world.kari.pk


def test_what_was_posted_keeps_its_cost_when_postage_changes(world: World) -> None:
    row = cost()
    letter = letter_to(world)
    printed(letter)
    post_letters([letter], by=SYSTEM)

    changed = PostageValues(country="NO", zone="domestic", up_to_grams=20, price=9_900, currency="NOK")
    change_postage(row, changed, version=row.version, by=SYSTEM)

    letter.refresh_from_db()
    assert letter.cost == 2_500
    with pytest.raises(Stale):
        change_postage(row, changed, version=row.version, by=SYSTEM)
    with pytest.raises(ConversationRefused):
        cost()


@pytest.mark.parametrize("days", [1, -61])
def test_a_day_that_cannot_be_is_refused(world: World, days: int) -> None:
    letter = letter_to(world)
    printed(letter)

    with pytest.raises(ConversationRefused, match="day"):
        post_letters([letter], today() + timedelta(days=days), by=SYSTEM)
    assert state_of(letter) == DispatchState.PRINTED


def test_without_postage_a_letter_is_posted_without_a_cost(world: World) -> None:
    cost(zone="europe")
    letter = letter_to(world)
    printed(letter)
    post_letters([letter], by=SYSTEM)

    letter.refresh_from_db()
    assert letter.cost is None and state_of(letter) == DispatchState.SENT
    with pytest.raises(ConversationRefused):
        post_letters([letter], by=SYSTEM)


def test_a_letter_that_comes_back_spoils_its_address_and_opens_the_conversation(world: World) -> None:
    letter = letter_to(world)
    printed(letter)
    post_letters([letter], by=SYSTEM)
    Conversation.objects.update(state="closed", closed_at=now())

    note_returned(letter, "moved", by=SYSTEM)

    letter.refresh_from_db()
    place = Address.objects.get(customer=world.kari)
    assert state_of(letter) == DispatchState.BOUNCED and letter.return_reason == "moved"
    assert place.status == ContactStatus.FAILING and "moved" in place.evidence
    talk = Conversation.objects.get()
    assert talk.state == "open" and talk.waiting_since is not None
    with pytest.raises(ConversationRefused):
        note_returned(letter, by=SYSTEM)
    with pytest.raises(ConversationRefused, match="come back"):
        letter_to(world)


def test_a_letter_that_waits_cannot_come_back(world: World) -> None:
    letter = letter_to(world)

    with pytest.raises(ConversationRefused):
        note_returned(letter, by=SYSTEM)
    assert state_of(letter) == DispatchState.QUEUED


def test_what_is_forgotten_stands_in_no_print_run(world: World) -> None:
    letter = letter_to(world)
    taken = print_in_background([letter.pk], by=SYSTEM)
    run_due()
    digest = PrintRun.objects.get(pk=taken.run.pk).digest

    forget_conversations([letter.message.conversation_id])

    assert PrintRun.objects.get(pk=taken.run.pk).digest == ""
    assert digest and not Letter.objects.exists()


def test_enclosed_files_are_named_on_the_paper(world: World) -> None:
    letter = letter_to(world, files=(FileValues(name="guarantee.pdf", content=b"%PDF-1.4"),), language="en")
    run = printed(letter)

    assert "Enclosed: guarantee.pdf" in text_of(content_of_run(run))[0]


def test_the_letterhead_is_what_the_shop_says_as_it_was_seen(world: World) -> None:
    values = LetterheadValues(window="se_h2", name="Torget", lines="Storgata 1\n0155 Oslo", shift_down=3)
    first = set_letterhead("NO", values, version=0, by=SYSTEM)
    with pytest.raises(Stale):
        set_letterhead("NO", values, version=0, by=SYSTEM)
    set_letterhead("NO", values, version=first.version, by=SYSTEM)

    assert "Torget" in text_of(content_of_run(printed(letter_to(world))))[0]


@pytest.mark.parametrize(
    "values", [{"window": "none"}, {"shift_down": 26}, {"shift_right": -26}, {"lines": "\n".join("abcdefgh")}]
)
def test_a_letterhead_that_cannot_be_is_refused(world: World, values: dict[str, Any]) -> None:
    with pytest.raises(ConversationRefused):
        set_letterhead("NO", LetterheadValues(**{"window": "dl"} | values), version=0, by=SYSTEM)


def _picture(width: int, height: int, form: str = "PNG") -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "green").save(drawn, form)
    return drawn.getvalue()


def test_a_logo_is_drawn_anew_and_stands_on_the_paper(world: World) -> None:
    row = set_logo("NO", _picture(400, 100, "JPEG"), by=SYSTEM)

    assert STORE.place_of(row.logo_digest).read_bytes().startswith(b"\x89PNG")
    assert b"/Image" in content_of_run(printed(letter_to(world)))
    assert set_logo("NO", b"", by=SYSTEM).logo_digest == ""


@pytest.mark.parametrize("content", [b"no picture", b"GIF89a", _picture(5_000, 5_000)])
def test_what_is_no_picture_or_far_too_large_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(ConversationRefused):
        set_logo("NO", content, by=SYSTEM)
