"""Every channel keeps what the contract promises, whichever it is."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.urls import reverse

from stamkunde.conversations.actions import write_answer
from stamkunde.conversations.actions.threads import open_conversation
from stamkunde.conversations.channels import CHANNELS, way_of
from stamkunde.conversations.channels.contract import LONGEST_TEXT, Way
from stamkunde.conversations.jobs import TRANSPORTS
from stamkunde.conversations.models import Channel, Conversation, Message
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

ICONS = Path("stamkunde/kit/static/kit/icons.svg").read_text()

every = pytest.mark.parametrize("way", CHANNELS, ids=lambda way: way.kind.value)
without_answers = pytest.mark.parametrize(
    "way", [one for one in CHANNELS if not one.can_answer], ids=lambda way: way.kind.value
)


def begun(way: Way) -> Conversation:
    return open_conversation(channel=way.kind, at=now(), subject="The grinder")


def test_each_channel_stands_on_the_list_once() -> None:
    assert sorted(one.kind for one in CHANNELS) == sorted(Channel)
    assert all(way_of(kind) is way_of(kind.value) for kind in Channel)


@every
def test_it_has_a_name_and_an_icon(way: Way) -> None:
    assert way.name
    assert f'id="{way.icon}"' in ICONS


@every
def test_what_it_names_is_there(way: Way) -> None:
    for page in (way.settings_page, way.starting_page):
        assert not page or reverse(page)
    assert not way.composer.script or finders.find(way.composer.script)
    if way.composer.template:
        get_template(way.composer.template)
    assert 0 < way.composer.longest <= LONGEST_TEXT


@every
def test_what_it_queues_is_taken_by_a_job(way: Way) -> None:
    assert way.can_answer == bool(way.transport)
    assert not way.transport or way.transport in TRANSPORTS


@every
def test_no_recipient_is_one_that_it_cannot_reach(way: Way, db: None) -> None:
    with pytest.raises(ConversationRefused) as refused:
        way.address("nobody, at all")

    assert refused.value.sentence
    assert refused.value.field == "recipients"


@every
def test_nothing_is_to_be_sent_where_nothing_was_written(way: Way, db: None) -> None:
    assert way.with_work() == []
    assert way.usual_recipients(begun(way)) == []
    assert not way.number(Message(conversation=begun(way), channel=way.kind))


@every
def test_no_sentence_of_a_customer_is_taken_for_an_end_of_advertising(way: Way) -> None:
    assert not way.is_opt_out("Do not stop, I like it.")


@without_answers
def test_nobody_answers_where_nothing_can_go_out(way: Way, db: None) -> None:
    talk = begun(way)
    values = AnswerValues(text="Hello", recipients=(AddressValues(address="kari@example.org"),))

    with pytest.raises(ConversationRefused):
        write_answer(talk, values, by=SYSTEM)

    assert not way.can_write(talk)
    assert Message.objects.count() == 0
