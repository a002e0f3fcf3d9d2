"""Other programs are told what happens: signed, in order, again until they take it, and nothing of a person."""

import hashlib
import hmac
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from stamkunde.customers.actions import change_customer, note_trait, write_note
from stamkunde.customers.models import TraitKind
from stamkunde.customers.values import TraitValues
from stamkunde.events.event import Event
from stamkunde.events.feed import happenings_after, settled
from stamkunde.events.models import Happening
from stamkunde.exchange.actions import webhooks as actions
from stamkunde.exchange.actions.webhooks import gather, leave_out, make_webhook, renew_secret, set_webhook_active
from stamkunde.exchange.delivering import gather_for_webhooks
from stamkunde.exchange.models import Webhook, WebhookMessage
from stamkunde.exchange.telling import body_of
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from tests.architecture.test_events import CANARY, KINDS, example
from tests.machine import Machine, problem
from tests.receiver import Received, Receiver, receiving
from tests.world import World, make_customer

State = WebhookMessage.State


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def subscribed(receiver: Receiver, *events: str) -> tuple[Webhook, str]:
    return make_webhook(name="Web shop", url=receiver.url, events=events or ("*",), by=SYSTEM)


def a_worker_passes() -> None:
    gather_for_webhooks()
    run_due()


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in receiver.received]


def is_signed(received: Received, secret: str) -> bool:
    parts = received.headers["stamkunde-signature"].split(",")
    said = parts[0].removeprefix("t=").encode() + b"." + received.body
    return f"v1={hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()}" in parts[1:]


def test_what_happens_is_told_once_and_signed(world: World, receiver: Receiver) -> None:
    make_customer("Before")
    _webhook, secret = subscribed(receiver)
    kari = world.kari

    a_worker_passes()
    a_worker_passes()

    messages = told(receiver)
    assert [one["name"] for one in messages] == ["exchange.webhook_added", "customers.customer_created"]
    assert messages[1]["customer_id"] == kari.pk
    assert receiver.received[1].headers["stamkunde-event"] == "customers.customer_created"
    assert all(is_signed(one, secret) for one in receiver.received)
    assert not is_signed(receiver.received[0], "whsec_guess")
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {State.DONE}


def test_only_what_was_asked_for_is_told(world: World, receiver: Receiver) -> None:
    subscribed(receiver, "customers.note_written")
    write_note(world.kari.pk, "Wants the green coat", by=SYSTEM)

    a_worker_passes()

    assert [one["name"] for one in told(receiver)] == ["customers.note_written"]


def test_nothing_of_a_person_leaves_the_house(world: World, receiver: Receiver) -> None:
    subscribed(receiver)
    note_trait(world.kari.pk, TraitValues(text="Nuts", kind=TraitKind.ALLERGY), by=SYSTEM)
    change_customer(world.kari.pk, {"family_name": "Hansen"}, version=1, by=SYSTEM)
    write_note(world.kari.pk, "Is unwell", by=SYSTEM)

    a_worker_passes()

    said = b"".join(one.body for one in receiver.received).lower()
    for word in (b"nuts", b"allergy", b"hansen", b"nordmann", b"kari", b"unwell"):
        assert word not in said


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_kind_of_event_tells_what_is_personal(kind: type[Event]) -> None:
    event = example(kind)
    row = Happening(name=kind.name, details=event.details(), at=datetime.now(UTC), recorded_at=datetime.now(UTC))

    told_of = body_of(row)["details"]

    assert not set(told_of) & set(kind.PERSONAL)
    for name, value in told_of.items():
        if CANARY in str(value):
            assert name in kind.OUTSIDE, f"{kind.name} tells {name} though nobody said it may"


def test_while_the_secret_changes_both_sign_for_a_day(world: World, receiver: Receiver) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        webhook, old = subscribed(receiver, "customers.customer_created")
        new = renew_secret(webhook, by=SYSTEM)
        make_customer("Kari")
        a_worker_passes()
        clock.shift(timedelta(hours=25))
        make_customer("Ola")
        a_worker_passes()

    first, second = receiver.received
    assert is_signed(first, old)
    assert is_signed(first, new)
    assert is_signed(second, new)
    assert not is_signed(second, old)
    assert new not in webhook.sealed_secret


def test_a_receiver_down_for_a_day_misses_nothing_and_gets_it_in_order(world: World, receiver: Receiver) -> None:
    """K-7: the clock goes on for a day and a half; three customers go on living meanwhile."""
    is_down = True
    receiver.reply = lambda _received: (503 if is_down else 200, {}, b"")
    with time_machine.travel(datetime(2026, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        subscribed(receiver, "customers.note_written")
        customers = [make_customer(name) for name in ("Kari", "Ola", "Līga")]
        written: dict[int, list[int]] = defaultdict(list)
        for step in range(36 * 4):
            is_down = step < 24 * 4
            if step % 4 == 0:
                customer = customers[step // 4 % 3]
                written[customer.pk].append(write_note(customer.pk, f"Note {step}", by=SYSTEM).pk)
            a_worker_passes()
            clock.shift(timedelta(minutes=15))
        for _pass in range(8):
            a_worker_passes()
            clock.shift(timedelta(minutes=30))

    taken: dict[int, list[int]] = defaultdict(list)
    asked_while_down = 0
    for one in receiver.received:
        message = json.loads(one.body)
        taken[message["customer_id"]].append(message["details"]["note_id"])
    for customer_id, notes in written.items():
        first_taken = [note for place, note in enumerate(taken[customer_id]) if note not in taken[customer_id][:place]]
        assert first_taken == notes, "each customer's notes come in the order in which they were written"
    asked_while_down = len(receiver.received) - sum(map(len, written.values()))
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {State.DONE}
    assert asked_while_down < 60, "a receiver that is down is asked less and less often"


def test_one_message_that_is_never_taken_holds_up_its_own_lane_only(world: World, receiver: Receiver) -> None:
    kari, ola = make_customer("Kari"), make_customer("Ola")

    def reply(received: Received) -> tuple[int, dict[str, str], bytes]:
        return (500 if json.loads(received.body)["customer_id"] == kari.pk else 200), {}, b""

    receiver.reply = reply
    with time_machine.travel(datetime(2026, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        webhook, _secret = subscribed(receiver, "customers.note_written")
        for customer in (kari, ola, kari, ola):
            write_note(customer.pk, "A note", by=SYSTEM)
        for _pass in range(90):
            a_worker_passes()
            clock.shift(timedelta(hours=1))
        states = list(webhook.messages.order_by("pk").values_list("state", flat=True))
        assert states == [State.DEAD, State.DONE, State.DUE, State.DONE]

        # It stands among the work that needs somebody; trying it again tries the message again.
        alarm = Job.objects.get(name="exchange.undelivered")
        assert (alarm.state, "500" in alarm.last_error) == (JobState.DEAD, True)
        receiver.reply = lambda _received: (200, {}, b"")
        from stamkunde.jobs.actions import try_job_again

        try_job_again(alarm.pk, by=world.liga.actor)
        run_due()
        a_worker_passes()

    assert set(webhook.messages.values_list("state", flat=True)) == {State.DONE}
    assert Job.objects.get(pk=alarm.pk).state == JobState.DONE


def test_a_message_given_up_is_left_out_or_sent_again_by_hand(world: World, receiver: Receiver) -> None:
    machine = Machine(world.liga)
    webhook, _secret = subscribed(receiver, "customers.note_written")
    for _note in range(3):
        write_note(world.kari.pk, "A note", by=SYSTEM)
    gather(webhook)
    first, second, _third = webhook.messages.order_by("pk")
    WebhookMessage.objects.filter(pk=first.pk).update(state=State.DEAD, last_trouble="500")
    a_worker_passes()
    assert receiver.received == []

    leave_out(first, by=SYSTEM)
    WebhookMessage.objects.filter(pk=second.pk).update(state=State.DEAD)
    a_worker_passes()
    assert receiver.received == []

    dead = machine.get(f"/webhooks/{webhook.pk}/messages?state=dead").json()["items"]
    machine.post(f"/webhooks/{webhook.pk}/messages/{dead[0]['id']}/replay")
    a_worker_passes()

    assert len(receiver.received) == 2


def test_what_is_stopped_goes_on_where_it_was(world: World, receiver: Receiver) -> None:
    webhook, _secret = subscribed(receiver, "customers.customer_created")
    set_webhook_active(webhook, is_active=False, by=SYSTEM)
    make_customer("Kari")
    a_worker_passes()
    assert receiver.received == []

    set_webhook_active(webhook, is_active=True, by=SYSTEM)
    a_worker_passes()

    assert len(told(receiver)) == 1


def test_imported_history_wakes_nobody_and_stands_in_the_feed(world: World, receiver: Receiver) -> None:
    from stamkunde.customers.actions import create_customers
    from stamkunde.customers.preparing import prepare_customer
    from stamkunde.customers.values import CustomerValues

    machine = Machine(world.liga)
    begin = machine.get("/events?after=now").json()["next"]
    subscribed(receiver, "customers.customer_created")
    importing = Actor(ActorKind.MACHINE, 5, "customers.csv (Liga)")
    create_customers([prepare_customer(CustomerValues(given_name=f"No {number}")) for number in range(3)], by=importing)
    by_token = machine.post("/customers", {"given_name": "Kari"}).json()["id"]

    a_worker_passes()
    followed = machine.get(f"/events?after={begin}&name=customers.customer_created").json()

    assert [one["customer_id"] for one in told(receiver)] == [by_token]
    assert len(followed["items"]) == 4
    assert machine.get(f"/events?after={followed['next']}&name=customers.customer_created").json()["items"] == []


def test_a_feed_that_is_read_in_portions_leaves_nothing_out(world: World) -> None:
    machine = Machine(world.liga)
    mark = machine.get("/events?after=now").json()["next"]
    made = [make_customer(f"No {number}").pk for number in range(7)]

    seen = []
    while items := (answer := machine.get(f"/events?after={mark}&limit=3").json())["items"]:
        mark = answer["next"]
        seen += [one["customer_id"] for one in items if one["name"] == "customers.customer_created"]

    assert seen == made
    problem(machine.get("/events?after=abc"), 422, "invalid")
    problem(machine.get("/events?name=no.such"), 422, "invalid")
    problem(Machine(world.anna).get("/events"), 403, "forbidden")


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "ftp://x/", "https://192.168.1.1/", "https://a:b@x.example/"]
)
def test_an_address_that_leads_inside_is_refused_when_it_is_saved(world: World, url: str) -> None:
    machine = Machine(world.liga)

    told = problem(machine.post("/webhooks", {"name": "x", "url": url, "events": ["*"]}), 422, "invalid")

    assert told["errors"][0]["field"] == "url"
    assert not Webhook.objects.exists()


def test_an_address_that_leads_inside_later_is_not_gone_to(world: World, receiver: Receiver) -> None:
    webhook, _secret = subscribed(receiver, "customers.customer_created")
    make_customer("Kari")
    from django.test import override_settings

    with override_settings(INNER_NETWORKS=()):
        a_worker_passes()

    assert receiver.received == []
    webhook.refresh_from_db()
    assert "inner network" in webhook.last_trouble


def test_a_machine_sets_a_webhook_up_tries_it_and_takes_it_away(world: World, receiver: Receiver) -> None:
    machine = Machine(world.liga)
    made = machine.post("/webhooks", {"name": "Shop", "url": receiver.url, "events": ["sales.order_placed"]})
    assert made.status_code == 201, made.content
    number = made.json()["id"]

    tried = machine.post(f"/webhooks/{number}/tests").json()
    assert tried == {"was_taken": True, "said": "It was taken, with status 200."}
    assert told(receiver)[0]["name"] == "exchange.test"
    assert is_signed(receiver.received[0], made.json()["secret"])
    receiver.reply = lambda _received: (404, {}, b"")
    assert not machine.post(f"/webhooks/{number}/tests").json()["was_taken"]

    assert "secret" not in machine.get(f"/webhooks/{number}").json()
    changed = machine.put(f"/webhooks/{number}", {"name": "Till", "url": receiver.url, "events": ["*"]})
    assert (changed.status_code, changed.json()["events"]) == (200, ["*"])
    assert machine.delete(f"/webhooks/{number}").status_code == 204
    assert machine.delete(f"/webhooks/{number}").status_code == 404
    problem(Machine(world.ola).get("/webhooks"), 403, "forbidden")


@pytest.mark.django_db(transaction=True)
def test_two_workers_gather_each_event_once(world: World, receiver: Receiver) -> None:
    webhook, _secret = subscribed(receiver, "customers.customer_created")
    for number in range(20):
        make_customer(f"No {number}")
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            gather(Webhook.objects.get(pk=webhook.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert WebhookMessage.objects.count() == 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("is_first_ever", [False, True])
def test_what_is_committed_late_is_not_missed(world: World, is_first_ever: bool) -> None:
    """A transaction that drew its number first and ends last: the feed waits for it, in an empty shop too."""
    drawn, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                # Another surname: two who bring a new word at once wait for each other.
                make_customer("Slow", "Langsom")
                drawn.set()
                may_end.wait(5)
        finally:
            connection.close()

    make_customer("Early", "Tidlig")
    if is_first_ever:
        Happening.objects.all().delete()
    begin = settled()
    thread = threading.Thread(target=slow)
    thread.start()
    drawn.wait(5)
    make_customer("Quick", "Rask")
    while_open = [row.customer_id for row in happenings_after(begin)]
    may_end.set()
    thread.join()
    afterwards = [row.name for row in happenings_after(begin)]

    assert while_open == []
    assert afterwards == ["customers.customer_created"] * 2


def test_what_was_settled_long_ago_is_cleared_away(world: World, receiver: Receiver, monkeypatch: Any) -> None:
    subscribed(receiver, "customers.customer_created")
    make_customer("Kari")
    a_worker_passes()
    forget: Callable[[], int] = actions.clear_messages
    assert forget() == 0

    with time_machine.travel(datetime.now(UTC) + timedelta(days=15)):
        assert forget() == 1
