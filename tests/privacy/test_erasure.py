"""An erasure leaves the books as they were and nothing of the person, wherever something had been planted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Sum

from stamkunde.accounts.sessions import SessionStore
from stamkunde.catalogue import invariants as catalogue
from stamkunde.customers import invariants as customers
from stamkunde.customers.actions import add_contact_point, create_customer, restore_customer, write_note
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.models import ContactKind, ContactPoint, Customer, Merge, Note, Suppression
from stamkunde.customers.values import ContactValues, CustomerValues
from stamkunde.events import invariants as events
from stamkunde.events.models import Happening
from stamkunde.exchange import invariants as exchange
from stamkunde.exchange.models import ExportFile, ImportProblem, ImportRun
from stamkunde.exchange.stored_files import path_of
from stamkunde.exchange.tests.files import imported, received, undone
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.privacy import log
from stamkunde.privacy.actions import erasing
from stamkunde.privacy.actions.asking import ask_for_erasure
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.privacy.invariants import INVARIANTS as OURS
from stamkunde.privacy.models import DataRequest, Erasure, RequestState
from stamkunde.privacy.refusals import RequestRefused
from stamkunde.privacy.traces import is_telling
from stamkunde.sales import invariants as sales
from stamkunde.sales.models import GiftCard, Order, Return
from stamkunde.sales.tests.trading import bring_back, buy, line
from stamkunde.sales.values import NEW_CARD, LineValues
from tests.machine import Machine, problem
from tests.privacy.canaries import KEPT, plant, somebody_everywhere
from tests.world import World, make_customer, make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commits(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    """Let what waits for the commit happen, as it does in a shop."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


def asked(customer: Customer, **values: Any) -> DataRequest:
    given = {"kind": "erasure", "asked_by": "The person, by letter", "identity": "document", **values}
    return receive_request(customer, RequestValues(**given), by=SYSTEM)


def erased(customer: Customer) -> Erasure:
    erasure = ask_for_erasure(asked(customer).pk, by=SYSTEM)
    run_due()
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.VERIFIED, Job.objects.values_list("last_error", flat=True)
    return erasure


def everything_stored() -> str:
    """Return all rows of all tables as one text."""
    return "\n".join(
        str(row) for model in apps.get_models() if model._meta.managed for row in model._default_manager.values_list()
    )


def sums() -> list[Any]:
    return [
        list(model.objects.order_by().values_list("business_day", "store").annotate(Sum("total"), Sum("vat")))
        for model in (Order, Return)
    ]  # fmt: skip


def unwell() -> list[str]:
    asked = (*customers.INVARIANTS, *catalogue.INVARIANTS, *sales.INVARIANTS, *events.INVARIANTS, *exchange.INVARIANTS)
    return [problem for invariant in (*asked, *OURS) for problem in invariant.check()]


def test_m4_nothing_planted_in_an_identifying_column_is_left_anywhere(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    her, rows = somebody_everywhere(world)
    planted = [canary for canary in plant(rows) if (canary.model, canary.column) not in KEPT]
    texts = {str(canary.value) for canary in planted if isinstance(canary.value, str) and "canary" in canary.value}
    before = everything_stored()
    assert all(text in before for text in texts)
    kept = [
        path_of(stored)
        for model in (ExportFile, ImportRun)
        for stored in model.objects.values_list("stored_as", flat=True)
    ]
    assert all(path.exists() for path in kept)
    her.refresh_from_db()
    request = DataRequest.objects.get()
    DataRequest.objects.filter(pk=request.pk).update(kind="erasure", identity="known")

    with django_capture_on_commit_callbacks(execute=True):
        ask_for_erasure(request.pk, by=SYSTEM)
        run_due()

    after = everything_stored()
    sold = {
        "sales.OfflineSale",
        "sales.OrderLine",
        "sales.ReturnLine",
        "sales.Order",
        "sales.Return",
        "sales.PurchaseSummary",
    }
    leaks = {
        canary.name
        for canary in planted
        if isinstance(canary.value, str)
        and canary.value.startswith("canary bird")
        and canary.value in after
        and canary.model._meta.label not in sold
    }
    assert leaks == set()
    assert "Ravndal" not in after
    assert "canary-replay" not in after
    assert not any(path.exists() for path in kept)
    left = [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]
    assert not any(b"canary" in path.read_bytes() for path in left)


def test_m3_the_books_are_the_same_and_it_is_said_what_stays_and_until_when(world: World) -> None:
    kari = world.kari
    orders = [buy(world.store, line(10_000), customer_id=kari.pk) for _ in range(3)]
    bring_back(orders[0], (orders[0].lines.get(), "1"))
    buy(world.store, line(5_000), customer_id=world.sven.pk)
    orders.append(buy(world.store, LineValues(unit_price=2_000, gift_card=NEW_CARD), customer_id=kari.pk))
    before, receipts = sums(), list(Order.objects.order_by("pk").values_list("pk", "receipt_number", "total"))

    erasure = erased(kari)

    # Whoever holds the card goes on paying with it.
    card = GiftCard.objects.get()
    assert (card.customer, card.balance, card.postings.count()) == (None, 2_000, 1)

    assert sums() == before
    assert list(Order.objects.order_by("pk").values_list("pk", "receipt_number", "total")) == receipts
    nobody = Customer.objects.get(pk=kari.pk)
    assert (nobody.name, nobody.erased_at is not None, nobody.trashed_at is not None) == (
        "Forgotten customer",
        True,
        True,
    )
    assert nobody.ref != kari.ref
    assert set(Order.objects.filter(customer=nobody).values_list("pk", flat=True)) == {order.pk for order in orders}
    untils = [stay["until"] for stay in erasure.receipt["stays"] if stay["until"]]
    assert len(untils) == 2, erasure.receipt
    assert all(stay["sentence"] for stay in erasure.receipt["stays"])
    assert not {"What you bought", "What you bought in all", "Purchases", "Returns"} & set(erasure.receipt["counts"])
    assert unwell() == []


def test_somebody_without_purchases_is_gone_whole(world: World) -> None:
    write_note(world.kari.pk, "Rang om sykkelen sin i går", by=SYSTEM)

    erasure = erased(world.kari)

    assert not Customer.objects.filter(pk=erasure.customer_id).exists()
    assert "sykkelen" not in everything_stored()
    request = DataRequest.objects.get()
    assert (request.state, request.customer, request.asked_by) == (RequestState.ANSWERED, None, "")
    assert erasure.sealed == ""
    assert Happening.objects.filter(name="privacy.customer_erased", customer_id=erasure.customer_id).count() == 1


def test_notes_of_others_that_mention_the_person_are_found_and_named(world: World) -> None:
    note = write_note(world.sven.pk, "Kjøper ofte for Kari Nordmann, kari@example.org", by=SYSTEM)
    write_note(world.janis.pk, "Kari ringte", by=SYSTEM)

    erasure = erased(world.kari)

    assert {"table": "customers.Note", "row": note.pk, "customer_id": world.sven.pk} in erasure.mentions
    assert {one["customer_id"] for one in erasure.mentions} == {world.sven.pk}
    note.refresh_from_db()
    assert "Kari Nordmann" in note.text


def test_what_is_left_in_work_and_in_sessions_is_taken_out(world: World) -> None:
    assert world.store.pk
    run = received("key,name\n1,Ola\n", kind="customers")
    ImportProblem.objects.create(
        run=run,
        is_rehearsal=False,
        row=1,
        reason="x",
        sentence="kari@example.org is wrong",
        cells=["Kari Nordmann", "1"],
    )
    job = Job.objects.create(
        name="gone", run_at=run.created_at, state=JobState.DEAD, finished_at=run.created_at,
        last_error="No room for kari@example.org",
    )  # fmt: skip
    session = SessionStore()
    session["_messages"] = "Kari Nordmann was put in the trash."
    session["list"] = "customers"
    session.save()

    erased(world.kari)

    job.refresh_from_db()
    assert job.last_error == "No room for …"
    assert ImportProblem.objects.get().cells == ["…", "1"]
    kept = Session.objects.get(session_key=session.session_key).get_decoded()
    assert kept == {"list": "customers"}


def test_a_namesake_and_a_shared_telephone_are_left_alone(world: World) -> None:
    namesake = make_customer("Kari", "Nordmann", phone="+4791234567")

    erasure = erased(world.kari)

    namesake.refresh_from_db()
    assert namesake.name == "Kari Nordmann"
    assert ContactPoint.objects.get(customer=namesake).value == "+4791234567"
    assert erasure.mentions == []
    assert unwell() == []


def test_profiles_that_were_one_person_go_together_and_cannot_be_taken_apart(world: World) -> None:
    other = make_customer("Kari", "Nordmann-Hansen", email="k@example.org")
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    merge_customers(world.kari.pk, other.pk, by=SYSTEM)

    erased(world.kari)

    assert "Nordmann" not in everything_stored()
    assert not Merge.objects.exists()
    assert set(log.logged()[0].refs) == {world.kari.ref, other.ref}


@pytest.mark.parametrize("step", [0, 1, 2])
def test_whoever_is_being_erased_does_not_come_back_from_the_trash(world: World, step: int) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    erasure = ask_for_erasure(asked(world.kari).pk, by=SYSTEM)
    for do in erasing.STEPS[: step + 1]:
        do(erasure.pk)
    client = signed_in(world.liga)

    restore_customer(world.kari.pk, by=SYSTEM)

    world.kari.refresh_from_db()
    assert world.kari.trashed_at is not None
    assert client.post(f"/customers/{world.kari.pk}/return/").status_code == 404
    assert client.get(f"/customers/{world.kari.pk}/").status_code == 404
    assert "Nordmann" not in client.get("/trash/").content.decode()
    assert "Forgotten" not in client.get("/trash/").content.decode()


@pytest.mark.parametrize("done", [0, 1, 2])
def test_one_that_broke_off_goes_on_by_itself_and_ends_the_same(world: World, done: int) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    erasure = ask_for_erasure(asked(world.kari).pk, by=SYSTEM)
    for do in erasing.STEPS[:done]:
        do(erasure.pk)

    run_due()

    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.VERIFIED
    assert "Nordmann" not in everything_stored()
    assert len(log.logged()) == 1
    assert unwell() == []


def test_nothing_is_erased_before_it_was_checked_who_asks_nor_without_being_asked(world: World) -> None:
    unchecked = asked(world.kari, identity="none")
    with pytest.raises(RequestRefused, match="Check first"):
        ask_for_erasure(unchecked.pk, by=SYSTEM)
    copy = asked(world.sven, kind="access")
    with pytest.raises(RequestRefused, match="not asked for"):
        ask_for_erasure(copy.pk, by=SYSTEM)

    run_due()
    assert not Erasure.objects.exists()
    assert log.logged() == []
    assert Customer.objects.present().filter(pk__in=[world.kari.pk, world.sven.pk]).count() == 2


def test_m16_who_comes_again_is_a_new_customer_and_no_file_brings_the_old_one_back(world: World) -> None:
    assert world.store.pk
    imported(received("key,name,email\nK7,Kari Nordmann,kari.n@example.org\n", kind="customers", source="till"))
    kari = Customer.objects.get(given_name="Kari")
    erased(kari)
    assert "kari.n@example.org" not in str(list(Suppression.objects.values()))

    by_mail = imported(received("key,name,email\nX1,Kari N,KARI.N@example.org\n", kind="customers", source="other"))
    by_key = imported(received("key,name\nK7,Kari Nordmann\n", kind="customers", source="till"))
    bought = imported(
        received("order,date,customer,sku,description,quantity,price\n1,2026-01-01 10:00,K7,T,Tea,1,10\n",
                 kind="purchases", source="till")
    )  # fmt: skip

    assert (by_mail.created, by_mail.skipped, by_key.created, by_key.skipped) == (0, 1, 0, 1)
    assert "by hand" in ImportProblem.objects.filter(run=by_mail).get().sentence
    assert (bought.created, Order.objects.get().customer) == (1, None)
    assert not Customer.objects.exists()

    again = create_customer(
        CustomerValues(
            given_name="Kari", contacts=(ContactValues(kind=ContactKind.EMAIL, raw="kari.n@example.org"),)
        ),
        by=SYSTEM,
    )  # fmt: skip
    assert again.pk != kari.pk
    assert unwell() == []


def test_n7_a_restored_shop_erases_again_whoever_was_erased_since_the_backup(world: World) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    other = world.sven
    # The log tells of somebody whom the database, being older, still knows.
    log.log(world.kari.created_at, (world.kari.ref,))
    assert any("here again" in problem for problem in unwell())

    assert erasing.erase_again() == 1

    assert "Nordmann" not in everything_stored()
    assert Customer.objects.present().get() == other
    assert erasing.erase_again() == 0
    assert unwell() == []


def test_the_log_says_nothing_of_the_person_and_bears_a_torn_line(world: World) -> None:
    erased(world.kari)
    told = log.log_file().read_text()
    assert "Nordmann" not in told and "kari" not in told
    with log.log_file().open("a") as file:
        file.write('{"at": "2026-')

    erased(world.sven)

    assert [one.refs for one in log.logged()] == [(world.kari.ref,), (world.sven.ref,)]
    assert set(json.loads(told)) == {"at", "refs"}


def test_the_doctor_speaks_when_something_of_an_erased_person_is_back(world: World) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    erasure = erased(world.kari)
    assert [problem for invariant in OURS for problem in invariant.check()] == []

    Note.objects.create(
        customer_id=erasure.customer_id, text="Kari Nordmann is back", written_by="x", written_at=erasure.asked_at
    )
    point = add_contact_point(world.sven.pk, ContactValues(kind=ContactKind.EMAIL, raw="kari@example.org"), by=SYSTEM)
    assert [invariant.name for invariant in OURS if list(invariant.check())] == ["erased-leave-nothing"]
    ContactPoint.objects.filter(pk=point.pk).update(created_at="2020-01-01T00:00:00Z")
    Erasure.objects.filter(pk=erasure.pk).update(state="frozen", asked_at="2020-01-01T00:00:00Z")

    assert {"erased-not-brought-back", "erasures-finish"} <= {
        invariant.name for invariant in OURS if list(invariant.check())
    }


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("kari@example.org", True),
        ("+4791234567", True),
        ("Kari Nordmann", True),
        ("Kari", False),
        ("Oslo", False),
        ("2026-01-01", False),
        ("K7", False),
    ],
)
def test_only_what_is_one_persons_is_looked_for(text: str, tells: bool) -> None:
    assert is_telling(text) is tells


def test_nobody_without_the_right_can_erase(world: World) -> None:
    request = asked(world.kari)
    client = signed_in(make_staff("Somebody", "care", world.store))  # type: ignore[arg-type]

    assert client.get(f"/privacy/requests/{request.pk}/erasure/").status_code == 403
    assert client.post(f"/privacy/requests/{request.pk}/erasure/").status_code == 403
    assert not Erasure.objects.exists()


def test_the_page_shows_beforehand_what_goes_and_what_stays_and_the_receipt_afterwards(world: World) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    write_note(world.kari.pk, "Vil ha kaffen uten melk", by=SYSTEM)
    write_note(world.sven.pk, "Kjenner Kari Nordmann", by=SYSTEM)
    request = asked(world.kari)
    client = signed_in(world.liga)

    page = client.get(f"/privacy/requests/{request.pk}/erasure/").content.decode()
    assert "Notes about you" in page
    assert "Purchases in Norway stay for the books until" in page
    assert not Erasure.objects.exists()

    answer = client.post(f"/privacy/requests/{request.pk}/erasure/")
    assert answer["Location"] == f"/privacy/requests/{request.pk}/"
    assert "Erasure of a person" in client.get(answer["Location"]).content.decode()
    run_due()

    receipt = client.get(f"/privacy/requests/{request.pk}/").content.decode()
    assert "Erased and checked" in receipt
    assert "Sven Karlsson" in receipt
    assert "Nordmann" not in receipt
    assert client.get(f"/privacy/requests/{request.pk}/erasure/").status_code == 404


def test_a_machine_sees_the_plan_erases_and_reads_the_receipt(world: World) -> None:
    buy(world.store, line(1_000), customer_id=world.kari.pk)
    request = asked(world.kari)
    machine = Machine(world.liga)

    plan = machine.get(f"/data-requests/{request.pk}/erasure-plan").json()
    assert {"until", "sentence", "ground"} == set(plan["staying"][0])
    assert machine.get(f"/data-requests/{request.pk}/erasure").status_code == 404
    assert machine.post(f"/data-requests/{request.pk}/erasure").status_code == 202
    problem(machine.post(f"/data-requests/{request.pk}/erasure"), 409, "not_possible_now")
    run_due()

    receipt = machine.get(f"/data-requests/{request.pk}/erasure").json()
    assert receipt["state"] == "verified"
    assert receipt["counts"]
    assert machine.get(f"/customers/{world.kari.pk}").status_code == 404


def test_undoing_an_import_brings_nobody_back(world: World) -> None:
    assert world.store.pk
    first = imported(received("key,name,title\nK7,Kari Nordmann,Ms\nK8,Ola Hansen,Mr\n", kind="customers"))
    second = imported(received("key,name,title\nK7,Kari Nordmann,Dr\nK8,Ola Hansen,Dr\n", kind="customers"))
    kari = Customer.objects.get(family_name="Nordmann")
    buy(world.store, line(1_000), customer_id=kari.pk)
    erased(kari)

    undone(second)
    assert Customer.objects.get(family_name="Hansen").title == "Mr"
    undone(first)

    assert not Customer.objects.filter(family_name="Hansen").exists()
    assert "Nordmann" not in everything_stored()
    assert Order.objects.get().customer_id == kari.pk
    assert unwell() == []
