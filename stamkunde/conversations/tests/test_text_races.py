"""Several at once, and somebody who is ended in between: a message comes in once and goes out once."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection

from stamkunde.conversations.actions import write_answer
from stamkunde.conversations.actions.dispatching import LEASE
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.trial_server import Carrier
from stamkunde.conversations.models import Conversation, Dispatch, Message, RawText, TextLine
from stamkunde.conversations.reading_texts import read_texts
from stamkunde.conversations.tests.texting import KARI, carried, handed_in, line_at, reported, turn, wrote
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.jobs.lease import LeaseLost
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with carried() as running:
        yield running


def at_once(*works: Callable[[], object]) -> None:
    barrier, failures = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_what_is_handed_in_at_once_and_read_at_once_is_one_message(carrier: Carrier) -> None:
    line = line_at(carrier, "twilio")
    call = carrier.said("twilio", hook_of(line), KARI, "Is it ready?", number="one")
    other = carrier.said("twilio", hook_of(line), KARI, "Is it ready? ", number="one")

    at_once(*[lambda one=one: handed_in(one) for one in (call, call, other)])
    assert RawText.objects.count() == 2
    at_once(read_texts, read_texts, read_texts)

    assert Message.objects.count() == 1
    assert Conversation.objects.count() == 1
    assert set(RawText.objects.values_list("state", flat=True)) == {"read"}


def test_of_two_workers_one_sends(carrier: Carrier) -> None:
    line = line_at(carrier)
    talk = wrote(carrier, line).conversation
    for n in range(5):
        values = AnswerValues(text=f"No {n}", recipients=(AddressValues(address=KARI),))
        write_answer(talk, values, by=SYSTEM)
    Dispatch.objects.update(due_at=now() - timedelta(seconds=1))

    at_once(*[lambda n=n: turn(line, owner=f"worker {n}").run(10) for n in range(3)])

    assert sorted(one.text for one in carrier.carried) == [f"No {n}" for n in range(5)]
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_that_is_ended_before_it_hands_over_and_after_sends_nothing_twice(carrier: Carrier) -> None:
    line = line_at(carrier)
    talk = wrote(carrier, line).conversation
    values = AnswerValues(text="Ready", recipients=(AddressValues(address=KARI),), undo_seconds=0)
    write_answer(talk, values, by=SYSTEM)

    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        turn(line, fence=lost).run(5)
    assert (carrier.carried, Dispatch.objects.get().state) == ([], "queued")
    # Handed over, and ended before it was written down: nobody sends it again, and the report tells.
    turn(line).run(5)
    Dispatch.objects.update(state="sending", leased_by="dead", leased_until=now() - LEASE, sent_at=None)
    Message.objects.filter(direction="out").update(message_id="")
    turn(line).run(5)
    assert Dispatch.objects.get().state == "uncertain"
    reported(carrier)

    assert len(carrier.carried) == 1
    assert Dispatch.objects.get().state == "delivered"
    assert TextLine.objects.get().sending_failing_since is None
