"""The customer's page: its line of numbers, its timeline, its notes, and what it costs."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stamkunde.accounts.roles import Role
from stamkunde.conversations.actions import close_conversation
from stamkunde.conversations.models import Conversation
from stamkunde.conversations.tests.talking import said
from stamkunde.customers.actions import change_customer, pin_note, trash_customer, write_note
from stamkunde.customers.models import LookUp, LookUpPurpose, Note
from stamkunde.desk.actions.draft import clear_old_drafts
from stamkunde.desk.models import NoteDraft
from stamkunde.events.models import Happening, Topic
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.privacy import holding_of
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page

# SAVEPOINT and RELEASE around an action are there in tests only; elsewhere a transaction has no statement of its own.
IN_TESTS_ONLY = ("SAVEPOINT", "RELEASE")
BUDGET = 12
SAME = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_happenings(customer_id: int, number: int, **columns: Any) -> list[Happening]:
    return Happening.objects.bulk_create(
        Happening(
            **{
                "name": "customers.note_pinned",
                "topic": Topic.NOTES,
                "at": SAME,
                "recorded_at": SAME,
                "customer_id": customer_id,
                "actor_kind": ActorKind.STAFF.value,
                "actor_label": "Anna",
                "details": {"note_id": place},
                **columns,
            }
        )
        for place in range(number)
    )


def page_of(client: Client, customer_id: int, query: str = "") -> Any:
    response = client.get(f"/customers/{customer_id}/?{query}")
    assert response.status_code == 200
    return response


def shown(response: Any) -> list[int]:
    return [told.moment.id for day in response.context["days"] for told in day.told]


def test_the_page_costs_no_more_than_twelve_queries_at_fifty_rows(world: World) -> None:
    kari = world.kari
    make_happenings(kari.pk, 60)
    buy(world, days=3)
    client = signed_in(world.anna)
    page_of(client, world.janis.pk)

    with CaptureQueriesContext(connection) as asked:
        response = page_of(client, kari.pk)

    costly = [query["sql"] for query in asked if not query["sql"].startswith(IN_TESTS_ONLY)]
    assert len(response.context["page"].rows) == 50
    assert len(costly) <= BUDGET, "\n".join(costly)


def test_a_long_timeline_asks_no_more_than_a_short_one(world: World) -> None:
    client = signed_in(world.anna)
    page_of(client, world.janis.pk)

    def asked(customer: Any, number: int) -> int:
        make_happenings(customer.pk, number)
        with CaptureQueriesContext(connection) as counted:
            page_of(client, customer.pk)
        return len(counted)

    assert asked(world.kari, 6) == asked(world.sven, 33)


def test_the_timeline_holds_everything_once_however_many_happened_at_the_same_instant(world: World) -> None:
    kari = world.kari
    Happening.objects.all().delete()
    rows = make_happenings(kari.pk, 130) + make_happenings(kari.pk, 3, at=SAME + timedelta(seconds=1))
    make_happenings(world.sven.pk, 5)
    client = signed_in(world.anna)
    seen: list[int] = []
    mark = ""
    while True:
        response = page_of(client, kari.pk, f"page={mark}")
        seen += shown(response)
        mark = response.context["page"].older
        if not mark:
            break

    in_order = sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)
    assert seen == [row.pk for row in in_order]


def test_older_moments_come_as_a_fragment(world: World) -> None:
    kari = world.kari
    make_happenings(kari.pk, 70)
    client = signed_in(world.anna)
    mark = page_of(client, kari.pk).context["page"].older
    fragment = client.get(f"/customers/{kari.pk}/?page={mark}", HTTP_HX_REQUEST="true").content.decode()

    assert "<html" not in fragment
    assert fragment.count('class="moment ') > 10


def test_opening_a_profile_is_written_down_once_in_a_while(world: World) -> None:
    client = signed_in(world.anna)
    page_of(client, world.kari.pk)
    page_of(client, world.kari.pk)

    look = LookUp.objects.get()
    assert (look.customer, look.purpose, look.actor_label) == (world.kari, LookUpPurpose.PROFILE, "Anna")


def test_the_four_numbers_are_always_there_in_the_same_order(world: World) -> None:
    client = signed_in(world.anna)

    def labels() -> list[str]:
        return [str(figure.label) for figure in page_of(client, world.kari.pk).context["figures"]]

    before = labels()
    buy(world, days=1)
    assert labels() == before
    assert len(before) == 4


def test_changes_of_one_hand_are_told_as_one(world: World) -> None:
    kari = world.kari
    ola = world.ola
    for name in ("nb", "sv", "lv"):
        kari = change_customer(kari.pk, {"language": name}, version=kari.version, by=ola.actor)
    content = page_of(signed_in(world.anna), kari.pk).content.decode()

    assert "3 changes by Ola" in content
    changes = page_of(signed_in(world.anna), kari.pk, "topic=changes")
    assert "3 changes by Ola" not in changes.content.decode()


def test_the_timeline_is_narrowed_by_topic_and_searched(world: World) -> None:
    kari = world.kari
    buy(world, days=1, description="Tekanne")
    write_note(kari.pk, "Liker grønn te", by=world.ola.actor)
    client = signed_in(world.anna)
    purchases = page_of(client, kari.pk, "topic=purchases").content.decode()
    found = page_of(client, kari.pk, "find=gronn").content.decode()

    assert "Tekanne" in purchases.split('id="timeline"')[1]
    assert "Liker grønn te" not in purchases
    assert "Liker grønn te" in found
    assert "Nothing like this" in page_of(client, kari.pk, "find=elephant").content.decode()


def test_what_the_customer_did_stands_on_the_other_side(world: World) -> None:
    kari = world.kari
    by_herself = Actor(ActorKind.CUSTOMER, kari.pk, "Kari")
    change_customer(kari.pk, {"language": "lv"}, version=kari.version, by=by_herself)

    assert 'class="moment plain theirs"' in page_of(signed_in(world.anna), kari.pk).content.decode()


@pytest.mark.both_databases
def test_a_link_to_a_moment_leads_to_it_and_only_to_ones_own(world: World) -> None:
    old = make_happenings(world.kari.pk, 1, at=SAME - timedelta(days=900))[0]
    foreign = make_happenings(world.sven.pk, 1)[0]
    make_happenings(world.kari.pk, 60)
    client = signed_in(world.anna)

    assert page_of(client, world.kari.pk, f"moment={old.pk}").context["linked"][0].told[0].moment.id == old.pk
    assert not page_of(client, world.kari.pk, f"moment={foreign.pk}").context["linked"]
    assert not page_of(client, world.kari.pk, "moment=9999999999999999999999").context["linked"]


@pytest.mark.parametrize("mark", ["nonsense", "e30", "WyJvbGRlciIsImF0IiwxLCJ4IiwxXQ"])
def test_a_mark_that_was_not_made_here_is_answered_with_a_sentence(world: World, mark: str) -> None:
    response = signed_in(world.anna).get(f"/customers/{world.kari.pk}/?page={mark}")

    assert response.status_code == 400


def test_a_note_is_written_pinned_removed_and_brought_back(world: World) -> None:
    kari, client = world.kari, signed_in(world.ola)
    client.post(f"/customers/{kari.pk}/notes/", {"text": "Ringes etter kl. 16"})
    note = Note.objects.get()
    client.post(f"/customers/{kari.pk}/notes/{note.pk}/pin/")
    assert 'class="pinned-note"' in page_of(client, kari.pk).content.decode()
    client.post(f"/customers/{kari.pk}/notes/{note.pk}/pin/")
    assert 'class="pinned-note"' not in page_of(client, kari.pk).content.decode()
    client.post(f"/customers/{kari.pk}/notes/{note.pk}/removal/")
    removed = page_of(client, kari.pk).content.decode()
    assert "Ringes etter" not in removed
    assert "This note was removed" in removed
    client.post(f"/customers/{kari.pk}/notes/{note.pk}/return/")
    assert "Ringes etter kl. 16" in page_of(client, kari.pk).content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("text", ["", "   ", "a\0b", "x" * 10_001])
def test_a_note_that_cannot_be_kept_is_refused_and_what_was_typed_stays(world: World, text: str) -> None:
    kari = world.kari
    response = signed_in(world.ola).post(f"/customers/{kari.pk}/notes/", {"text": text})

    assert response.status_code == 422
    assert response.context["typed"] == text
    assert not Note.objects.exists()


def test_whoever_may_not_write_notes_cannot(world: World) -> None:

    marketing = make_staff("Marte", Role.MARKETING)
    client = signed_in(marketing)
    note = write_note(world.kari.pk, "En", by=world.ola.actor)

    assert client.post(f"/customers/{world.kari.pk}/notes/", {"text": "To"}).status_code == 403
    assert client.post(f"/customers/{world.kari.pk}/notes/{note.pk}/removal/").status_code == 403
    assert [one.text for one in Note.objects.filter(trashed_at=None)] == ["En"]
    assert 'id="composer"' not in page_of(client, world.kari.pk).content.decode()


def test_a_note_of_somebody_else_is_not_there(world: World) -> None:
    note = write_note(world.kari.pk, "En", by=world.ola.actor)
    pin_note(note, by=world.ola.actor)

    assert signed_in(world.ola).post(f"/customers/{world.sven.pk}/notes/{note.pk}/removal/").status_code == 404
    assert Note.objects.get().trashed_at is None


def test_a_name_of_two_thousand_letters_does_not_break_the_page(world: World) -> None:
    kari = world.kari
    type(kari).objects.filter(pk=kari.pk).update(given_name="Å" * 200, family_name="女" * 200)

    assert "Å" * 200 in page_of(signed_in(world.anna), kari.pk).content.decode()


def test_one_in_the_trash_is_found_by_those_who_may_take_her_back(world: World) -> None:
    kari = world.kari
    trash_customer(kari.pk, by=world.ola.actor)

    assert signed_in(world.anna).get(f"/customers/{kari.pk}/").status_code == 404
    assert "In the trash" in page_of(signed_in(world.ola), kari.pk).content.decode()


def test_the_cards_show_what_was_bought(world: World) -> None:
    for days in (1, 40):
        buy(world, days=days, description="Tekanne")
    client = signed_in(world.anna)
    purchases = client.get(f"/customers/{world.kari.pk}/cards/purchases/").content.decode()

    assert "in 2 purchases" in purchases
    assert "Tekanne" in purchases
    assert "Nothing bought yet" in client.get(f"/customers/{world.sven.pk}/cards/purchases/").content.decode()
    assert client.get(f"/customers/{world.sven.pk}/cards/favourites/").status_code == 200
    assert signed_in(world.eve).get(f"/customers/{world.kari.pk}/cards/purchases/").status_code == 404


def buy(world: World, *, days: int, description: str = "Kopp") -> None:
    lines = (LineValues(description=description, quantity=Decimal(2), unit_price=4_900),)
    values = OrderValues(
        store_id=world.store.pk,
        lines=lines,
        placed_at=timezone.now() - timedelta(days=days),
        customer_id=world.kari.pk,
    )
    register_order(values, by=world.anna.actor)


def test_what_is_being_written_waits_on_every_device_until_it_is_saved(world: World) -> None:
    page = f"/customers/{world.kari.pk}/"
    here, there = signed_in(world.anna), signed_in(world.anna)
    assert "Your draft is kept." in here.post(f"{page}draft/", {"text": "Likes the window"}).content.decode()

    assert ">Likes the window</textarea>" in there.get(page).content.decode()
    assert "Likes the window" not in signed_in(world.ola).get(page).content.decode()
    there.post(f"{page}notes/", {"text": "Likes the window seat"})
    assert not NoteDraft.objects.exists()


def test_an_emptied_box_is_no_draft(world: World) -> None:
    client = signed_in(world.anna)
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": "x"})
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": " "})

    assert not NoteDraft.objects.exists()


def test_a_draft_on_its_way_while_the_note_was_saved_does_not_come_back(world: World) -> None:
    client = signed_in(world.anna)
    client.post(f"/customers/{world.kari.pk}/notes/", {"text": "Likes the window"})
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": "Likes the window "})

    assert not NoteDraft.objects.exists()


def test_a_note_just_saved_is_taken_back_into_the_box(world: World) -> None:
    client = signed_in(world.anna)
    page = client.post(f"/customers/{world.kari.pk}/notes/", {"text": "For somebody else"}, follow=True)
    undo = next(iter(page.context["messages"])).extra_tags.removeprefix("undo:")
    back = client.post(undo, follow=True).content.decode()

    assert ">For somebody else</textarea>" in back
    assert not Note.objects.filter(trashed_at=None).exists()


def test_taking_a_note_back_leaves_what_is_being_written_now(world: World) -> None:
    client = signed_in(world.anna)
    page = client.post(f"/customers/{world.kari.pk}/notes/", {"text": "First"}, follow=True)
    undo = next(iter(page.context["messages"])).extra_tags.removeprefix("undo:")
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": "Second"})
    client.post(undo)

    assert NoteDraft.objects.get().text == "Second"


def test_a_draft_is_given_out_forgotten_and_cleared_away(world: World) -> None:
    client = signed_in(world.anna)
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": "Ill at ease"})
    assert [draft["text"] for draft in holding_of(NoteDraft).export(world.kari.pk)] == ["Ill at ease"]
    holding_of(NoteDraft).forget(world.kari.pk)
    assert not NoteDraft.objects.exists()
    client.post(f"/customers/{world.kari.pk}/draft/", {"text": "Old"})
    NoteDraft.objects.update(saved_at=timezone.now() - timedelta(days=31))
    clear_old_drafts()
    assert not NoteDraft.objects.exists()


def test_whoever_may_write_no_note_keeps_no_draft(world: World) -> None:
    assert signed_in(world.eve).post(f"/customers/{world.kari.pk}/draft/", {"text": "x"}).status_code == 403
    assert not NoteDraft.objects.exists()


def test_the_card_of_conversations_shows_the_open_ones_and_leads_to_writing(world: World) -> None:
    talk = said("Where is my kettle?", customer_id=world.kari.pk).conversation
    said("Thanks, that is all.", subject="An old matter", key="old", customer_id=world.kari.pk)
    close_conversation(Conversation.objects.get(subject="An old matter"), by=world.ola.actor)
    said("Somebody else's.", subject="Not hers", key="other", customer_id=world.sven.pk)

    card = signed_in(world.ola).get(f"/customers/{world.kari.pk}/cards/conversations/").content.decode()

    assert "My kettle" in card and "Where is my kettle?" in card and f'href="/conversations/{talk.pk}/"' in card
    assert "days" in card.split("My kettle")[1], "since when she waits"
    assert "An old matter" not in card and "Not hers" not in card
    assert f'href="/conversations/new/?customer={world.kari.pk}"' in card
    nothing = signed_in(world.ola).get(f"/customers/{world.janis.pk}/cards/conversations/").content.decode()
    assert "Nothing is open." in nothing


def test_whoever_may_only_read_conversations_is_not_offered_to_write(world: World) -> None:
    privacy = make_staff("Pia", Role.PRIVACY)
    said(customer_id=world.kari.pk)
    card = signed_in(privacy).get(f"/customers/{world.kari.pk}/cards/conversations/").content.decode()

    assert "My kettle" in card and "/conversations/new/" not in card
    assert signed_in(world.anna).get(f"/customers/{world.kari.pk}/cards/conversations/").status_code == 403


@pytest.mark.parametrize(
    ("role", "cards"),
    [
        (Role.CARE, ["purchases", "conversations", "favourites", "tasks", "memberships"]),
        (Role.TILL, ["purchases", "favourites", "tasks", "memberships"]),
    ],
)
def test_each_card_brings_the_next_one_that_may_be_seen(world: World, role: Role, cards: list[str]) -> None:
    client = signed_in(make_staff("Una", role))
    found: list[str] = []
    part = client.get(f"/customers/{world.kari.pk}/").content.decode()
    while (following := re.findall(r'hx-get="(/customers/\d+/cards/(\w+)/)"', part)) and len(found) < 9:
        assert len(following) == 1
        found.append(following[0][1])
        part = client.get(following[0][0]).content.decode()

    assert found == cards
