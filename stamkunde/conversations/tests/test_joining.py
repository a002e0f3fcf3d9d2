"""Two conversations become one, and two again."""

import pytest
from django.forms import model_to_dict

from stamkunde.conversations.actions import (
    merge_conversations,
    name_customer,
    part_conversations,
    write_internal_note,
)
from stamkunde.conversations.models import Conversation, Message
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.conversations.tests.talking import AT, answered, later, said
from stamkunde.events.models import Happening
from tests.world import World

pytestmark = pytest.mark.django_db


def test_merged_they_go_on_as_one_and_the_first_contact_is_the_earlier(world: World) -> None:
    """The instant from which legal clocks run may not be lost by a merge."""
    first, second = said("First").conversation, said("Second", said_at=later(5), key="2").conversation

    merge_conversations(first, second, by=world.ola.actor)

    second.refresh_from_db()
    assert [message.text for message in second.messages.order_by("said_at")] == ["First", "Second"]
    assert (second.first_contact_at, second.waiting_since) == (AT, AT)
    again = said("Third", first, said_at=later(6), key="3")
    assert again.conversation == second


def test_parted_each_has_its_own_again(world: World) -> None:
    first, second = said("First").conversation, said("Second", said_at=later(5), key="2").conversation
    first.refresh_from_db()
    second.refresh_from_db()
    before = [model_to_dict(one, exclude=["version"]) for one in (first, second)]
    merge_conversations(first, second, by=world.ola.actor)
    first.refresh_from_db()

    part_conversations(first, by=world.ola.actor)

    for one, then in zip((first, second), before, strict=True):
        one.refresh_from_db()
        assert model_to_dict(one, exclude=["version"]) == then
    assert Message.objects.get(text="First").conversation == first


def test_what_was_merged_earlier_leads_on_at_once(world: World) -> None:
    one, two, three = (said(key=str(number)).conversation for number in range(3))
    merge_conversations(one, two, by=world.ola.actor)
    two.refresh_from_db()

    merge_conversations(two, three, by=world.ola.actor)

    one.refresh_from_db()
    assert one.merged_into == three


def test_conversations_of_two_customers_are_not_merged(world: World) -> None:
    hers, his = said(customer_id=world.kari.pk).conversation, said(customer_id=world.sven.pk, key="2").conversation

    with pytest.raises(ConversationRefused):
        merge_conversations(hers, his, by=world.ola.actor)

    assert not Conversation.objects.exclude(merged_into=None).exists()
    assert not Happening.objects.filter(name="conversations.merged").exists()


def test_neither_into_itself_nor_into_what_was_merged(world: World) -> None:
    one, two, three = (said(key=str(number)).conversation for number in range(3))
    merge_conversations(one, two, by=world.ola.actor)

    for merged, into in ((three, three), (three, one)):
        with pytest.raises(ConversationRefused):
            merge_conversations(merged, into, by=world.ola.actor)
    three.refresh_from_db()
    assert three.merged_into is None


def test_it_is_said_whose_it_is_and_her_messages_follow(world: World) -> None:
    talk = said().conversation
    answered(talk)
    write_internal_note(talk, "Is this Kari?", by=world.ola.actor)
    talk.refresh_from_db()

    name_customer(talk, world.kari.pk, version=talk.version, by=world.ola.actor)

    talk.refresh_from_db()
    assert talk.customer == world.kari
    assert set(Message.objects.values_list("customer", flat=True)) == {world.kari.pk}
    with pytest.raises(Stale):
        name_customer(talk, world.sven.pk, version=talk.version - 1, by=world.ola.actor)
