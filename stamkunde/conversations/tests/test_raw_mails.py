"""Every mail is kept before it is read, is read by one, and what cannot be read keeps no other waiting."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from stamkunde.conversations import reading_mail
from stamkunde.conversations.actions import raw_mails
from stamkunde.conversations.actions.mail_in import TakenOver, write_down
from stamkunde.conversations.actions.raw_mails import (
    MOST_ATTEMPTS,
    Arrival,
    raw_mails_due,
    read_again,
    set_aside,
    store_raw_mail,
)
from stamkunde.conversations.files import STORE
from stamkunde.conversations.invariants import INVARIANTS
from stamkunde.conversations.models import Message, RawMail, RawMailState
from stamkunde.conversations.reading_mail import circumstances_of, read_mails, read_raw_mail
from stamkunde.conversations.tests.arriving import arrived, shop_mailbox, written
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

pytestmark = pytest.mark.django_db


def stored(raw: bytes = b"", **arrival) -> RawMail:
    return store_raw_mail(raw or written(), Arrival(mailbox=shop_mailbox(), **arrival))[0]


def test_a_mail_is_kept_as_its_bytes_came_before_anybody_reads_it() -> None:
    raw = b"\x00\xff no mail at all"

    mail = stored(raw)

    assert (mail.state, mail.size) == (RawMailState.STORED, len(raw))
    assert STORE.place_of(mail.digest).read_bytes() == raw


def test_the_same_bytes_in_one_mailbox_are_one_mail_and_in_another_one_more() -> None:
    first, is_new = store_raw_mail(written(), Arrival(mailbox=shop_mailbox()))
    again, is_new_again = store_raw_mail(written(), Arrival(mailbox=shop_mailbox()))
    other, is_new_there = store_raw_mail(written(), Arrival(mailbox=shop_mailbox("andre@butikk.example")))

    assert (is_new, is_new_again, is_new_there) == (True, False, True)
    assert first == again != other


def test_a_leased_mail_is_nobody_elses_until_the_lease_ends() -> None:
    mail = stored()

    assert raw_mails_due(10) == [mail]
    assert raw_mails_due(10) == []
    RawMail.objects.update(leased_until=now() - timedelta(seconds=1))
    (again,) = raw_mails_due(10)
    assert again.attempts == 2


def test_mails_are_read_in_the_order_in_which_they_came() -> None:
    at = now()
    late = stored(written("2"), received_at=at)
    early = stored(written("1"), received_at=at - timedelta(hours=1))
    assert raw_mails_due(10) == [early, late]


def test_whoever_slept_through_her_lease_writes_nothing_down() -> None:
    stored()
    (slow,) = raw_mails_due(1)
    ready = reading_mail._prepared(slow)
    RawMail.objects.update(leased_until=now() - timedelta(seconds=1))
    (quick,) = raw_mails_due(1)
    read_raw_mail(quick)

    with pytest.raises(TakenOver):
        write_down(slow, ready)
    set_aside(slow, "failed")

    quick.refresh_from_db()
    assert quick.state == RawMailState.READ
    assert Message.objects.count() == 1


def test_a_mail_at_which_workers_die_is_set_aside_and_the_next_is_read() -> None:
    bad = stored(written("ond"))
    for _attempt in range(MOST_ATTEMPTS):
        assert raw_mails_due(1) == [bad]
        RawMail.objects.update(leased_until=now() - timedelta(seconds=1))
    good = stored(written("god", Message_ID="<god@x>"))

    read_mails()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.reason) == (RawMailState.QUARANTINED, "gave up")
    assert good.state == RawMailState.READ


def test_what_breaks_while_it_is_read_is_set_aside_with_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_given: object) -> None:
        raise RuntimeError("a wrong turn")

    monkeypatch.setattr(reading_mail, "prepared", breaks)
    mail = arrived(written())

    assert (mail.state, mail.reason) == (RawMailState.QUARANTINED, "failed")
    assert "a wrong turn" in mail.trace
    assert Happening.objects.get(name="conversations.mail_set_aside").subject_id == mail.pk
    monkeypatch.undo()
    assert read_again([mail.pk], by=SYSTEM) == 1
    read_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.trace, mail.reason) == (RawMailState.READ, "", "")


def test_a_database_that_does_not_answer_leaves_the_mail_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_given: object) -> None:
        raise OperationalError("database is locked")

    mail = stored()
    monkeypatch.setattr(reading_mail, "write_down", locked)

    with pytest.raises(OperationalError):
        read_mails()

    mail.refresh_from_db()
    assert mail.state == RawMailState.STORED and not Message.objects.exists()


def test_a_mail_whose_bytes_are_gone_is_set_aside() -> None:
    mail = stored()
    STORE.place_of(mail.digest).unlink()
    read_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == (RawMailState.QUARANTINED, "bytes gone")


def test_only_what_was_set_aside_is_read_again() -> None:
    mail = arrived(written())
    assert read_again([mail.pk], by=SYSTEM) == 0
    mail.refresh_from_db()
    assert mail.state == RawMailState.READ


def test_put_back_a_mail_has_all_its_attempts_again() -> None:
    mail = arrived(written(From=None))
    read_again([mail.pk], by=SYSTEM)
    for _attempt in range(MOST_ATTEMPTS):
        assert raw_mails_due(1) == [mail]
        RawMail.objects.update(leased_until=now() - timedelta(seconds=1))
    assert raw_mails_due(1) == []


def test_every_mail_has_an_end_that_the_doctor_believes() -> None:
    arrived(written())
    arrived(written(From=None))
    arrived(written(), at=shop_mailbox("andre@butikk.example"))
    for invariant in INVARIANTS:
        assert list(invariant.check()) == []


def test_a_mail_knows_all_that_is_needed_to_read_it() -> None:
    mail = stored(envelope_to="post+x@butikk.example", is_whole=False)
    known = circumstances_of(mail)
    assert (known.envelope_to, known.is_whole, known.own_addresses) == (
        "post+x@butikk.example",
        False,
        ["post@butikk.example"],
    )


@pytest.mark.django_db(transaction=True)
def test_e54_two_workers_at_once_read_each_mail_once() -> None:
    box = shop_mailbox()
    for number in range(12):
        store_raw_mail(written(str(number), Message_ID=f"<{number}@x>"), Arrival(mailbox=box))
    together = threading.Barrier(3)
    read: list[int] = []

    def work() -> None:
        try:
            together.wait(10)
            while number := read_mails(2):
                read.append(number)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum(read) == Message.objects.count() == 12
    assert not RawMail.objects.exclude(state=RawMailState.READ).exists()


@pytest.mark.django_db(transaction=True)
def test_two_copies_that_are_read_at_the_same_moment_are_one_message() -> None:
    boxes = [shop_mailbox(), shop_mailbox("andre@butikk.example")]
    for box in boxes:
        store_raw_mail(written(), Arrival(mailbox=box))
    mails = raw_mails_due(2)
    ready = [reading_mail._prepared(mail) for mail in mails]
    together = threading.Barrier(2)

    def work(place: int) -> None:
        try:
            together.wait(10)
            write_down(mails[place], ready[place])
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=[place]) for place in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert Message.objects.count() == 1
    assert sorted(RawMail.objects.values_list("state", flat=True)) == [RawMailState.READ, RawMailState.SKIPPED]


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_handed_in_twice_at_once_are_one_mail() -> None:
    box = shop_mailbox()
    together = threading.Barrier(3)
    new: list[bool] = []

    def hand_in() -> None:
        try:
            together.wait(10)
            new.append(store_raw_mail(written(), Arrival(mailbox=box))[1])
        finally:
            connection.close()

    hands = [threading.Thread(target=hand_in) for _ in range(3)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)

    assert sorted(new) == [False, False, True]
    assert RawMail.objects.count() == 1
    assert raw_mails.LEASE
