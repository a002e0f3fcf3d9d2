"""The lists of the inbox, what is found by search, and what stands in the thread of a conversation."""

from datetime import timedelta
from typing import Any

import pytest

from stamkunde.accounts.models import Team
from stamkunde.conversations.actions import (
    assign,
    close_conversation,
    give_to_team,
    mark_as_spam,
    mark_mentions_seen,
    merge_conversations,
    set_tag,
    snooze_conversation,
    take_back_answer,
    write_internal_note,
)
from stamkunde.conversations.models import Channel, Conversation, DispatchState, Tag
from stamkunde.conversations.queries import (
    Filters,
    List,
    inbox_page,
    inbox_rows,
    list_counts,
    search_conversations,
    thread,
    waiting_number,
)
from stamkunde.conversations.queries.inbox import LISTS
from stamkunde.conversations.tests.talking import answered, later, said, sent
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError
from tests.world import World

pytestmark = pytest.mark.django_db


def talk_about(subject: str, hours: float = 0, **more: Any) -> Conversation:
    talk = said(subject, key=subject, subject=subject, said_at=later(hours), **more).conversation
    talk.refresh_from_db()
    return talk


def subjects(user: object, name: str, filters: Filters | None = None) -> list[str]:
    return [one.subject for one in inbox_page(user, name, filters)]  # type: ignore[arg-type]


def test_a_list_holds_what_it_says_the_last_said_first(world: World) -> None:
    mine, nobodys, put_off, closed, spam = (
        talk_about(word, hours) for hours, word in enumerate(["mine", "nobody's", "put off", "closed", "spam"])
    )
    assign(mine, world.ola, by=SYSTEM)
    snooze_conversation(put_off, now() + timedelta(days=1), by=SYSTEM)
    close_conversation(closed, by=SYSTEM)
    mark_as_spam(spam, True, by=SYSTEM)

    assert subjects(world.ola, List.MINE) == ["mine"]
    assert subjects(world.ola, List.UNASSIGNED) == ["nobody's"]
    assert subjects(world.ola, List.OPEN) == ["nobody's", "mine"]
    assert subjects(world.ola, List.PUT_OFF) == ["put off"]
    assert subjects(world.ola, List.CLOSED) == ["closed"]
    assert subjects(world.ola, List.SPAM) == ["spam"]
    assert subjects(world.ola, "no such list") == []
    assert nobodys.waiting_since == later(1)


def test_who_waits_longest_stands_first(world: World) -> None:
    first, second = talk_about("first", 1), talk_about("second", 0)
    answered(talk_about("answered", -1))

    assert subjects(world.ola, List.WAITING) == [second.subject, first.subject]


def test_what_is_given_to_a_team_stands_with_its_members(world: World) -> None:
    team = Team.objects.create(name="Repairs")
    world.ola.teams.add(team)
    give_to_team(talk_about("broken"), team, by=SYSTEM)

    assert subjects(world.ola, List.TEAMS) == ["broken"]
    assert subjects(world.liga, List.TEAMS) == []


def test_a_colleague_finds_where_she_is_called_until_she_has_seen_it(world: World) -> None:
    talk = talk_about("angry")
    write_internal_note(talk, "Look at this.", mentioned=[world.liga.pk], by=world.ola.actor)

    assert subjects(world.liga, List.MENTIONS) == ["angry"]
    assert subjects(world.ola, List.MENTIONS) == []
    (row,) = inbox_rows(world.liga, [talk])
    assert row.is_called

    mark_mentions_seen(talk, world.liga)
    assert subjects(world.liga, List.MENTIONS) == []


def test_a_call_in_a_conversation_that_became_part_of_another_leads_there(world: World) -> None:
    first, second = talk_about("first"), talk_about("second")
    write_internal_note(first, "Look at this.", mentioned=[world.liga.pk], by=world.ola.actor)
    merge_conversations(first, second, by=SYSTEM)

    assert subjects(world.liga, List.MENTIONS) == ["second"]


@pytest.mark.parametrize("narrowing", ["channel", "team", "mailbox", "tag", "customer"])
def test_a_list_is_narrowed(world: World, narrowing: str) -> None:
    other = talk_about("other", 1)
    talk = talk_about("this one", customer_id=world.kari.pk)
    team, tag = Team.objects.create(name="Repairs"), Tag.objects.create(name="repair")
    give_to_team(talk, team, by=SYSTEM)
    set_tag(talk, tag, True, by=SYSTEM)
    Conversation.objects.filter(pk=other.pk).update(channel=Channel.CHAT, mailbox=None)
    filters = {
        "channel": Filters(channel=Channel.EMAIL),
        "team": Filters(team_id=team.pk),
        "mailbox": Filters(mailbox_id=talk.mailbox_id),
        "tag": Filters(tag_id=tag.pk),
        "customer": Filters(customer_id=world.kari.pk),
    }

    assert subjects(world.ola, List.OPEN) == ["other", "this one"]
    assert subjects(world.ola, List.OPEN, filters[narrowing]) == ["this one"]


def test_a_long_list_comes_in_pages(world: World) -> None:
    for hours in range(5):
        talk_about(f"number {hours}", hours)

    first = inbox_page(world.ola, List.OPEN, size=2)
    second = inbox_page(world.ola, List.OPEN, mark=first.older, size=2)

    assert [one.subject for one in (*first, *second)] == ["number 4", "number 3", "number 2", "number 1"]
    with pytest.raises(CursorError):
        inbox_page(world.ola, List.WAITING, mark=first.older)


def test_what_is_restricted_stands_in_no_list_and_is_not_found(world: World) -> None:
    talk = talk_about("kettle", customer_id=world.kari.pk)
    Customer.objects.filter(pk=world.kari.pk).update(restricted_at=now())

    assert all(subjects(world.ola, name) == [] for name in LISTS)
    assert search_conversations(world.ola, "kettle").conversations == []
    assert search_conversations(world.ola, f"#{talk.pk}").conversations == []
    assert not any(list_counts(world.ola).values())
    assert subjects(world.liga, List.OPEN) == ["kettle"]


def test_whoever_may_not_read_conversations_has_none(world: World) -> None:
    talk_about("kettle")

    assert all(subjects(world.eve, name) == [] for name in LISTS)
    assert not any(list_counts(world.eve).values())
    assert search_conversations(world.eve, "kettle").conversations == []
    assert waiting_number(world.eve) == 0


def test_all_lists_are_counted_in_one_question(world: World, django_assert_num_queries: object) -> None:
    assign(talk_about("mine"), world.ola, by=SYSTEM)
    talk_about("nobody's")
    assert world.ola.pk

    with django_assert_num_queries(1):  # type: ignore[operator]
        counts = list_counts(world.ola)

    assert (counts[List.MINE], counts[List.UNASSIGNED], counts[List.OPEN], counts[List.WAITING]) == (1, 1, 2, 2)
    assert waiting_number(world.ola) == 2


def test_a_row_says_who_talks_and_what_needs_somebody(world: World, django_assert_max_num_queries: object) -> None:
    known, stranger = talk_about("known", customer_id=world.kari.pk), talk_about("stranger", 1)
    set_tag(known, Tag.objects.create(name="repair"), True, by=SYSTEM)
    sent(answered(stranger), DispatchState.BOUNCED)
    conversations = inbox_page(world.ola, List.OPEN).rows

    with django_assert_max_num_queries(5):  # type: ignore[operator]
        rows = {row.conversation.pk: row for row in inbox_rows(world.ola, conversations)}

    assert rows[known.pk].who == world.kari.name and rows[known.pk].tags == ("repair",)
    assert rows[stranger.pk].who == "Kari Nordmann"
    assert (rows[known.pk].trouble, rows[stranger.pk].trouble) == ("", DispatchState.BOUNCED)


@pytest.mark.parametrize(
    "text", ["kettle", "KETTL", "nordmann", "kari@example.no", "tomorrow", "furious", "post@shop.example kettle"]
)
def test_what_was_said_is_found_wherever_it_stands(world: World, text: str) -> None:
    talk = said("The kettle is broken, write to post@shop.example").conversation
    answered(talk, "A new one comes tomorrow.")
    write_internal_note(talk, "She is furious.", by=world.ola.actor)
    talk_about("toaster", 1, from_address="per@example.no", from_name="Per")

    assert [one.pk for one in search_conversations(world.ola, text).conversations] == [talk.pk]


@pytest.mark.parametrize(
    "text", ["", "  ", "%", "'", '"', "\\", "*", "\x00", "NOT", "^", "(", "#", "#x", "#99999999999999999999"]
)
def test_strange_things_typed_find_nothing_and_break_nothing(world: World, text: str) -> None:
    talk_about("kettle")

    assert search_conversations(world.ola, text).conversations == []


def test_a_number_finds_its_conversation(world: World) -> None:
    talk = talk_about("kettle")
    talk_about("toaster")

    assert [one.pk for one in search_conversations(world.ola, f"#{talk.pk}").conversations] == [talk.pk]


def test_what_became_part_of_another_is_found_there(world: World) -> None:
    first, second = talk_about("kettle"), talk_about("toaster")
    merge_conversations(first, second, by=SYSTEM)

    assert [one.pk for one in search_conversations(world.ola, "kettle").conversations] == [second.pk]


def test_of_what_stands_everywhere_the_last_said_is_found_and_told_to_be_cut(world: World) -> None:
    for hours in range(4):
        talk_about(f"kettle {hours}", hours)

    found = search_conversations(world.ola, "kettle", size=2)

    assert [one.subject for one in found.conversations] == ["kettle 3", "kettle 2"] and found.is_cut


def test_what_is_forgotten_is_not_found(world: World) -> None:
    from stamkunde.conversations.actions import forget_conversations

    talk = talk_about("kettle")
    write_internal_note(talk, "furious", by=world.ola.actor)
    forget_conversations([talk.pk])

    assert search_conversations(world.ola, "kettle").conversations == []
    assert search_conversations(world.ola, "furious").conversations == []


def test_a_long_text_is_found_by_its_end(world: World) -> None:
    talk = said("word " * 3_000 + "needle").conversation

    assert [one.pk for one in search_conversations(world.ola, "needle").conversations] == [talk.pk]


def test_the_thread_tells_messages_notes_and_changes_in_one_order(world: World) -> None:
    talk = said().conversation
    assign(talk, world.ola, by=world.liga.actor)
    write_internal_note(talk, "Be kind.", mentioned=[world.ola.pk], by=world.liga.actor)
    answered(talk, by=world.ola.actor)

    entries = thread(world.ola, talk).entries

    kinds = ["said" if one.said else "noted" if one.noted else "change" for one in entries]
    assert kinds == ["said", "change", "noted", "said"]
    assert entries[2].noted is not None and entries[2].noted.called == (world.ola.name,)


def test_what_was_taken_back_was_not_said(world: World) -> None:
    talk = said().conversation
    take_back_answer(answered(talk, by=world.ola.actor), by=world.ola.actor)

    assert [one.said.message.direction for one in thread(world.ola, talk).entries if one.said] == ["in"]


def test_notes_of_what_became_part_of_it_are_shown_with_it(world: World) -> None:
    first, second = talk_about("first"), talk_about("second", 1)
    write_internal_note(first, "of the first", by=world.ola.actor)
    merge_conversations(first, second, by=SYSTEM)

    found = thread(world.ola, second)

    assert [one.noted.note.text for one in found.entries if one.noted] == ["of the first"]
    assert [one.said.message.subject for one in found.entries if one.said] == ["first", "second"]
    assert [one.pk for one in found.merged] == [first.pk]


def test_blind_copies_are_named_to_the_writer_only(world: World) -> None:
    from stamkunde.conversations.actions import write_answer
    from stamkunde.conversations.tests.talking import KARI
    from stamkunde.conversations.values import AddressValues, AnswerValues

    talk = said().conversation
    hidden = AddressValues(address="chief@example.no", role="bcc")
    write_answer(talk, AnswerValues(text="Hello", recipients=(KARI, hidden)), by=world.ola.actor)

    def blind(user: object) -> list[str]:
        said_there = [one.said for one in thread(user, talk).entries if one.said]  # type: ignore[arg-type]
        return [one.address for one in said_there[-1].blind_copies]

    assert blind(world.ola) == ["chief@example.no"]
    assert blind(world.liga) == []


def test_a_long_thread_comes_in_pages_with_the_notes_between(world: World) -> None:
    talk = said("0").conversation
    for hours in range(1, 6):
        said(str(hours), talk, said_at=later(hours))
    note = write_internal_note(talk, "between", by=world.ola.actor)
    type(note).objects.update(written_at=later(3.5))

    last = thread(world.ola, talk, size=2)
    before = thread(world.ola, talk, mark=last.older, size=2)
    first = thread(world.ola, talk, mark=before.older, size=2)

    told = [[one.said.message.text if one.said else "note" for one in some.entries] for some in (first, before, last)]
    assert told == [["0", "1"], ["2", "3", "note"], ["4", "5"]]
    assert not first.older
