"""Saying what happened, and owing it to those who react: the sale never suffers from what reacts to it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import time_machine
from django.db import connection, transaction

from stamkunde.events import delivering
from stamkunde.events.delivering import deliver, deliver_due
from stamkunde.events.event import Event
from stamkunde.events.models import Delivery, Happening
from stamkunde.events.publishing import PublishedOutsideAction, action, publish, publish_in_bulk
from stamkunde.events.queries import audit, moments, timeline
from stamkunde.events.reacting import _REACTIONS, reacts_to
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.paging import CursorError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TeaPoured(Event):
    name: ClassVar[str] = "test.tea_poured"
    PERSONAL: ClassVar[tuple[str, ...]] = ("guest",)
    SUBJECT: ClassVar[str] = "cup_id"

    cup_id: int
    guest: str = ""

    def sentence(self) -> str:
        return f"Poured a cup for {self.guest}."

    def words(self) -> str:
        return self.guest


@action
def pour(
    guest: str = "Kari", *, customer_id: int | None = 1, at: datetime | None = None, by: Actor = SYSTEM
) -> Happening:
    return publish(TeaPoured(cup_id=1, guest=guest, customer_id=customer_id), by=by, at=at)


@pytest.fixture
def reactions() -> Iterator[list[str]]:
    """Let a test react; what it registers is gone afterwards."""
    before = dict(_REACTIONS)
    heard: list[str] = []
    yield heard
    _REACTIONS.clear()
    _REACTIONS.update(before)


def test_publishing_outside_an_action_is_refused_even_within_a_transaction(db: None) -> None:
    with transaction.atomic(), pytest.raises(PublishedOutsideAction):
        publish(TeaPoured(cup_id=1), by=SYSTEM)

    assert not Happening.objects.exists()


def test_a_refused_action_leaves_nothing_behind(db: None) -> None:
    @action
    def spill() -> None:
        publish(TeaPoured(cup_id=1), by=SYSTEM)
        raise ValueError

    with pytest.raises(ValueError):
        spill()

    assert not Happening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_reaction_runs_after_the_commit(reactions: list[str]) -> None:
    reacts_to(TeaPoured)(lambda event: reactions.append(f"{event.guest} {connection.in_atomic_block}"))

    with transaction.atomic():
        pour("Kari")
        assert reactions == []

    assert reactions == ["Kari True"]
    assert Delivery.objects.get().state == Delivery.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_failing_reaction_never_spoils_the_sale_and_is_tried_again(reactions: list[str]) -> None:
    @reacts_to(TeaPoured)
    def stumble(event: TeaPoured) -> None:
        reactions.append(event.guest)
        if len(reactions) == 1:
            raise RuntimeError("the cat was in the way")

    happening = pour("Kari")

    assert Happening.objects.filter(pk=happening.pk).exists()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.DUE, 1)
    assert "the cat" in delivery.last_error
    assert deliver_due() == 0, "it waits before it tries again"

    with time_machine.travel(delivery.due_at + timedelta(seconds=1)):
        assert deliver_due() == 1

    assert reactions == ["Kari", "Kari"]
    assert Delivery.objects.get().state == Delivery.State.DONE


@pytest.mark.django_db(transaction=True)
def test_what_a_failing_reaction_wrote_is_undone(reactions: list[str]) -> None:
    @reacts_to(TeaPoured)
    def write_and_stumble(event: TeaPoured) -> None:
        Happening.objects.update(actor_label="spoiled")
        raise RuntimeError

    pour()

    assert Happening.objects.get().actor_label == SYSTEM.label


@pytest.mark.django_db(transaction=True)
def test_one_failing_reaction_does_not_keep_another_from_running(reactions: list[str]) -> None:
    @reacts_to(TeaPoured)
    def stumble(event: TeaPoured) -> None:
        raise RuntimeError

    reacts_to(TeaPoured)(lambda event: reactions.append(event.guest))

    pour("Kari")

    assert reactions == ["Kari"]


@pytest.mark.django_db(transaction=True)
def test_a_reaction_that_always_fails_is_given_up_where_people_see_it(reactions: list[str]) -> None:
    @reacts_to(TeaPoured)
    def stumble(event: TeaPoured) -> None:
        raise RuntimeError("never")

    pour()
    delivery = Delivery.objects.get()
    for _try in range(delivering.MAX_ATTEMPTS):
        Delivery.objects.update(due_at=NOON)
        deliver_due()

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DEAD
    assert delivery.attempts == delivering.MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_pauses_grow_and_have_an_end(reactions: list[str]) -> None:
    @reacts_to(TeaPoured)
    def stumble(event: TeaPoured) -> None:
        raise RuntimeError

    pauses = []
    with time_machine.travel(NOON, tick=False):
        pour()
        for _try in range(delivering.MAX_ATTEMPTS - 1):
            delivery = Delivery.objects.get()
            pauses.append((delivery.due_at - NOON).total_seconds())
            deliver(delivery.pk)

    assert 4 <= pauses[0] <= 6
    assert all(later > sooner for sooner, later in zip(pauses[:8], pauses[1:9], strict=True))
    assert pauses[-1] <= delivering.LONGEST_PAUSE.total_seconds() * 1.2


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_is_done_is_not_run_again(reactions: list[str]) -> None:
    reacts_to(TeaPoured)(lambda event: reactions.append(event.guest))
    pour("Kari")

    assert deliver(Delivery.objects.get().pk) is False
    assert reactions == ["Kari"]


@pytest.mark.django_db(transaction=True)
def test_history_in_bulk_wakes_nobody(reactions: list[str]) -> None:
    reacts_to(TeaPoured)(lambda event: reactions.append(event.guest))

    @action
    def bring_history() -> int:
        return publish_in_bulk(
            [(TeaPoured(cup_id=cup, customer_id=1), NOON) for cup in range(5)], by=SYSTEM, batch_size=2
        )

    assert bring_history() == 5
    assert Happening.objects.filter(at=NOON).count() == 5
    assert reactions == []
    assert not Delivery.objects.exists()


def test_the_timeline_pages_through_equal_instants_without_loss_or_repetition(db: None) -> None:
    numbers = [pour(customer_id=7, at=NOON + timedelta(hours=number // 5)).pk for number in range(23)]
    pour(customer_id=8)

    seen: list[int] = []
    mark = ""
    while True:
        page = timeline(7, mark=mark, size=4)
        seen += [row.pk for row in page.rows]
        mark = page.older
        if not mark:
            break

    assert seen == sorted(numbers, reverse=True)


def test_the_timeline_leads_back_to_newer_pages(db: None) -> None:
    for number in range(9):
        pour(customer_id=7, at=NOON + timedelta(hours=number))
    first = timeline(7, size=3)
    second = timeline(7, size=3, mark=first.older)

    assert [row.pk for row in timeline(7, size=3, mark=second.newer).rows] == [row.pk for row in first.rows]
    assert first.newer == ""


def mark_of(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


FORGED = (
    "x",
    "W10",
    "é",
    "W" * 5_000,
    base64.urlsafe_b64encode(b"[" * 1_000).decode(),
    mark_of("older", "at", 1, "not a day", 1),
    mark_of("older", "at", 1, "2026-01-01", 1),
    mark_of("older", "at", 1, "0001-01-01T00:00:00+14:00", 1),
    mark_of("older", "at", 1, "9999-12-31T23:59:00-14:00", 1),
    mark_of("older", "at", 1, "2026-01-01T00:00:00+00:00\0", 1),
    mark_of("older", "at", 1, "2026-01-01T00:00:00+00:00", 2**70),
    mark_of("older", "id", 1, 1, 1),
    mark_of("sideways", "at", 1, "2026-01-01T00:00:00+00:00", 1),
)


@pytest.mark.parametrize("mark", FORGED)
def test_a_mark_that_was_not_made_here_is_refused(db: None, mark: str) -> None:
    pour(customer_id=7)

    with pytest.raises(CursorError):
        timeline(7, mark=mark)


def test_the_timeline_is_searched_whatever_the_spelling(db: None) -> None:
    pour("Åse Bjørnstad")
    pour("Kari")

    assert len(timeline(1, search="bjornstad aase")) == 1
    assert len(timeline(1, search="100%_")) == 0


def test_the_audit_is_filtered_by_who_and_when(db: None) -> None:
    anna = Actor(ActorKind.STAFF, 5, "Anna")
    with time_machine.travel(NOON):
        pour(by=anna)
    pour()

    assert [row.actor_label for row in audit(actor_id=5).rows] == ["Anna"]
    assert len(audit(until=NOON + timedelta(days=1))) == 1
    assert len(audit(names=["test.tea_poured"])) == 2
    assert len(audit(names=["no.such_thing"])) == 0


def test_a_happening_whose_kind_is_gone_is_still_shown(db: None) -> None:
    Happening.objects.create(name="old.thing", at=NOON, recorded_at=NOON, actor_kind="system", actor_label="Stamkunde")

    assert "old.thing" in moments(Happening.objects.all(), ())[0].sentence


def test_an_event_reads_rows_of_an_older_version(db: None) -> None:
    assert TeaPoured.from_details({"cup_id": 3, "no_longer_known": True}, 9) == TeaPoured(cup_id=3, customer_id=9)


def test_two_kinds_may_not_share_a_name() -> None:
    with pytest.raises(TypeError):

        @dataclass(frozen=True, kw_only=True)
        class Impostor(Event):
            name: ClassVar[str] = "test.tea_poured"
