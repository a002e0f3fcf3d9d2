"""Everybody in a view is changed by a job, which can be stopped, goes on when interrupted, and can be taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import change_customer, change_note, pin_note, restore_customer, set_custom_value
from stamkunde.customers.actions.many import trash_many
from stamkunde.customers.models import Customer, CustomField, CustomValue, Note
from stamkunde.customers.values import AddressValues
from stamkunde.desk import bulk_kinds
from stamkunde.desk.actions import bulk
from stamkunde.desk.actions.bulk import clear_old_changes
from stamkunde.desk.models import BulkChange, BulkItem, ContactPutOff
from stamkunde.desk.privacy import bulk_items
from stamkunde.events.models import Happening
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.privacy import holding_of
from stamkunde.sales.models import PurchaseSummary
from tests.world import World, make_customer, make_store, signed_in

OSLO = "/customers/?view=all&f=town:is:Oslo"


def people(number: int, town: str = "Oslo", **values: Any) -> list[Customer]:
    return [
        make_customer(f"{town} {place:02}", "Person", addresses=(AddressValues(town=town),), **values)
        for place in range(number)
    ]


def do(user: User, kind: str, back: str = OSLO, **values: Any) -> Any:
    return signed_in(user).post("/customers/selection/", {"do": kind, "everybody": "on", "back": back, **values})


def languages() -> dict[str, str]:
    return {customer.name: customer.language for customer in Customer.objects.all()}


def test_everybody_in_a_view_gets_a_language_and_the_others_do_not(world: World) -> None:
    people(3)
    people(1, "Bergen")
    answer = do(world.liga, "language", value="sv")
    change = BulkChange.objects.get()

    assert answer["Location"] == f"/customers/changes/{change.pk}/"
    assert "Waiting" in signed_in(world.liga).get(answer["Location"]).content.decode()
    assert set(languages().values()) == {""}
    run_due()
    assert languages() == {
        "Oslo 00 Person": "sv",
        "Oslo 01 Person": "sv",
        "Oslo 02 Person": "sv",
        "Bergen 00 Person": "",
    }
    page = signed_in(world.liga).get(answer["Location"]).content.decode()
    assert "Set the language: Svenska" in page
    assert "3 customers were changed." in page
    assert Happening.objects.filter(name="customers.customer_changed").count() == 3
    told = Happening.objects.get(name="desk.many_changed")
    assert (told.actor_label, told.details["number"]) == ("Liga", 3)


def test_who_is_meant_is_settled_when_the_change_begins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves the view while it runs is changed all the same; whoever comes into it is not."""
    people(3)
    late = people(1, "Bergen")[0]
    monkeypatch.setattr(bulk, "PORTION", 1)
    do(world.liga, "language", value="sv")
    change = BulkChange.objects.get()

    def move_house() -> None:
        Customer.objects.get(given_name="Oslo 02").addresses.update(town="Bergen")
        late.addresses.update(town="Oslo")

    bulk.carry_on(change, check=move_house)
    assert [name for name, language in languages().items() if language] == [f"Oslo 0{n} Person" for n in range(3)]
    assert (change.total, change.changed) == (3, 3)


def set_up(world: World) -> dict[str, dict[str, Any]]:
    """Return, for each kind, the values it is asked with."""
    field = CustomField.objects.create(key="shoes", label="Shoes", kind="number")
    CustomValue.objects.create(customer=Customer.objects.get(given_name="Oslo 00"), field=field, number=38)
    oslo = Customer.objects.get(given_name="Oslo 00")
    ContactPutOff.objects.create(
        customer=oslo, until=timezone.localdate() + timedelta(days=3), put_off_by="Ola", put_off_at=timezone.now()
    )
    return {
        "trash": {},
        "note": {"text": "Invited"},
        "put_off": {"until": (timezone.localdate() + timedelta(days=9)).isoformat()},
        "store": {"value": make_store("Grünerløkka").pk},
        "language": {"value": "lv"},
        "own_field": {"field": field.pk, "value": "42"},
    }


def standing() -> list[Any]:
    """Return everything that a change of many touches."""
    return [
        list(Customer.objects.order_by("pk").values_list("pk", "language", "home_store_id", "trashed_at")),
        list(CustomValue.objects.order_by("customer").values_list("customer_id", "number")),
        list(ContactPutOff.objects.order_by("customer").values_list("customer_id", "until", "put_off_by")),
        list(Note.objects.filter(trashed_at=None).values_list("customer_id", "text")),
    ]


@pytest.mark.parametrize("kind", list(bulk_kinds.BULK_KINDS))
def test_whatever_was_done_to_many_is_taken_back(world: World, kind: str) -> None:
    people(3, home_store_id=world.store.pk, language="nb")
    values = set_up(world)
    before = standing()
    do(world.liga, kind, **values[kind])
    run_due()
    change = BulkChange.objects.get()

    assert (change.state, change.changed) == (BulkChange.State.DONE, 3)
    assert standing() != before
    answer = signed_in(world.liga).post(
        f"/customers/changes/{change.pk}/undoings/", headers={"Referer": f"http://testserver{OSLO}&page=x"}
    )
    assert answer["Location"] == f"{OSLO}&page=x"
    assert standing() == before
    assert not BulkItem.objects.exists()
    change.refresh_from_db()
    assert change.state == BulkChange.State.UNDONE


def test_what_somebody_touched_since_stays_and_is_named(world: World) -> None:
    first, second, _third = people(3, language="nb")
    do(world.liga, "language", value="lv")
    run_due()
    first.refresh_from_db()
    change_customer(first.pk, {"language": "en"}, version=first.version, by=world.ola.actor)
    # A change of something else is no obstacle.
    second.refresh_from_db()
    change_customer(second.pk, {"title": "Dr."}, version=second.version, by=world.ola.actor)
    change = BulkChange.objects.get()
    client = signed_in(world.liga)
    answer = client.post(f"/customers/changes/{change.pk}/undoings/")
    page = client.get(answer["Location"]).content.decode()

    assert languages() == {"Oslo 00 Person": "en", "Oslo 01 Person": "nb", "Oslo 02 Person": "nb"}
    assert "Taken back for 2 customers. 1 was changed by somebody since and stays as it is now." in page
    assert "Oslo 00 Person" in page
    assert "Oslo 01 Person" not in page


def test_notes_put_off_fields_and_the_trash_keep_what_was_touched_too(world: World) -> None:
    people(2)
    values = set_up(world)
    for kind in ("note", "put_off", "own_field", "trash"):
        do(world.liga, kind, **values[kind])
        run_due()
        change = BulkChange.objects.order_by("-pk")[0]
        customer = Customer.objects.get(given_name="Oslo 00")
        match kind:
            case "note":
                note = Note.objects.get(customer=customer)
                change_note(note, "Invited, and comes", version=1, by=world.ola.actor)
                pin_note(Note.objects.exclude(customer=customer).get(), by=world.ola.actor)
            case "put_off":
                ContactPutOff.objects.filter(customer=customer).update(put_off_at=timezone.now())
            case "own_field":
                set_custom_value(customer.pk, CustomField.objects.get(), "41", version=2, by=world.ola.actor)
            case "trash":
                restore_customer(customer.pk, by=world.ola.actor)
                trash_many([customer.pk], by=world.ola.actor)
        signed_in(world.liga).post(f"/customers/changes/{change.pk}/undoings/")
        assert BulkItem.objects.filter(change=change, customer=customer, state=BulkItem.State.KEPT).exists(), kind
    assert Note.objects.filter(trashed_at=None).count() == 2
    assert CustomValue.objects.get().number == 41
    assert [customer.given_name for customer in Customer.objects.present()] == ["Oslo 01"]


def test_a_change_that_was_killed_in_the_middle_goes_on_and_does_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(5)
    monkeypatch.setattr(bulk, "PORTION", 2)
    do(world.liga, "note", text="Invited")
    change = BulkChange.objects.get()

    def die() -> None:
        if BulkChange.objects.get().changed >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.carry_on(change, check=die)
    assert Note.objects.count() == 2
    run_due()
    assert Note.objects.count() == 5
    assert Note.objects.values("customer").distinct().count() == 5
    change.refresh_from_db()
    assert (change.state, change.total, change.changed) == (BulkChange.State.DONE, 5, 5)


def test_a_change_that_is_stopped_keeps_what_is_done_and_can_be_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(5)
    monkeypatch.setattr(bulk, "PORTION", 2)
    do(world.liga, "trash")
    job, client = Job.objects.get(), signed_in(world.liga)
    real = bulk.carry_on

    def carry_on(change: BulkChange, progress: Any, check: Any) -> None:
        def stop_soon(done: int, total: int) -> None:
            if done:
                Job.objects.filter(pk=job.pk).update(cancel_requested=True)
            progress(done, total)

        real(change, stop_soon, check)

    monkeypatch.setattr(bulk, "carry_on", carry_on)
    run_due()
    change = BulkChange.objects.get()
    page = client.get(f"/customers/changes/{change.pk}/").content.decode()

    assert Job.objects.get().state == JobState.CANCELLED
    assert (change.state, Customer.objects.present().count()) == (BulkChange.State.STOPPED, 3)
    assert "It was stopped before its end." in page
    client.post(f"/customers/changes/{change.pk}/undoings/")
    assert Customer.objects.present().count() == 5


def test_a_change_cancelled_before_it_began_has_changed_nobody(world: World) -> None:
    people(2)
    do(world.liga, "trash")
    Job.objects.update(state=JobState.CANCELLED, finished_at=timezone.now())
    change = BulkChange.objects.get()
    page = signed_in(world.liga).get(f"/customers/changes/{change.pk}/").content.decode()

    assert "Stopped" in page
    assert "Undo" not in page.split("<main")[1].split("</main")[0]
    assert Customer.objects.present().count() == 2


def test_what_the_role_lets_do_counts_when_the_job_runs(world: World) -> None:
    people(2)
    do(world.liga, "trash")
    User.objects.filter(pk=world.liga.pk).update(role=Role.TILL)
    run_due()

    assert Customer.objects.present().count() == 2
    assert Job.objects.get().state == JobState.DEAD
    assert "Your role does not let you do this now" in Job.objects.get().last_error


def test_only_with_the_right_is_everybody_offered_and_changed(world: World) -> None:
    people(52)
    assert "Everybody in this view" not in signed_in(world.ola).get(OSLO).content.decode()
    assert "Everybody in this view" in signed_in(world.liga).get(OSLO).content.decode()
    assert do(world.ola, "trash").status_code == 403
    assert do(world.anna, "language", value="sv").status_code == 403
    assert Customer.objects.present().count() == 52
    assert not BulkChange.objects.exists()


def test_a_change_of_somebody_else_is_seen_and_taken_back_only_with_the_right(world: World) -> None:
    people(2)
    do(world.liga, "trash")
    run_due()
    change = BulkChange.objects.get()
    for user, status in ((world.anna, 404), (world.eve, 403)):
        client = signed_in(user)
        assert client.get(f"/customers/changes/{change.pk}/").status_code == status
        assert client.post(f"/customers/changes/{change.pk}/undoings/").status_code == status
    assert not Customer.objects.present().exists()


def test_nothing_is_taken_back_twice(world: World) -> None:
    people(2)
    do(world.liga, "trash")
    run_due()
    change, client = BulkChange.objects.get(), signed_in(world.liga)
    client.post(f"/customers/changes/{change.pk}/undoings/")
    trash_many([Customer.objects.order_by("pk")[0].pk], by=SYSTEM)
    answer = client.post(f"/customers/changes/{change.pk}/undoings/", follow=True)

    assert "nothing of this change left to take back" in answer.content.decode()
    assert Customer.objects.present().count() == 1


def test_a_view_in_an_order_that_leaves_people_out_means_those_it_lists(world: World) -> None:
    buyer, _other = people(2)
    PurchaseSummary.objects.create(customer=buyer, currency="NOK", net=100, orders=1)
    do(world.liga, "language", back="/customers/?view=best", value="sv")
    run_due()

    assert [name for name, language in languages().items() if language] == [buyer.name]
    asked = signed_in(world.liga).get("/customers/count/?view=best&exact=1").content.decode()
    assert asked.strip() == "1 customer"


def test_filters_that_are_no_longer_understood_mean_nobody(world: World) -> None:
    people(2)
    field = CustomField.objects.create(key="gone", label="Gone", kind="text")
    do(world.liga, "trash", back="/customers/?view=all&f=custom.gone:empty:")
    field.delete()
    run_due()

    assert Customer.objects.present().count() == 2
    assert BulkChange.objects.get().state == BulkChange.State.STOPPED


@pytest.mark.parametrize(
    ("kind", "values"),
    [("language", {"value": "xx"}), ("store", {"value": "999"}), ("own_field", {"field": "1x"}),
     ("put_off", {"until": "2020-01-01"}), ("note", {"text": " "})],
)  # fmt: skip
def test_what_makes_no_sense_is_asked_again_and_changes_nobody(world: World, kind: str, values: dict[str, str]) -> None:
    people(1)
    answer = do(world.liga, kind, **values)

    assert answer.status_code == 422
    assert 'name="everybody"' in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_an_own_field_is_chosen_first_and_then_filled_in_by_its_kind(world: World) -> None:
    people(1)
    field = CustomField.objects.create(key="club", label="Club", kind="choice", choices=["Gold", "Silver"])
    asked = do(world.liga, "own_field").content.decode()
    chosen = do(world.liga, "own_field", field=field.pk)
    wrong = do(world.liga, "own_field", field=field.pk, value="Bronze")

    assert "Club" in asked
    assert chosen.status_code == 200
    assert "<option" in chosen.content.decode()
    assert wrong.status_code == 422
    do(world.liga, "own_field", field=field.pk, value="Gold")
    run_due()
    assert CustomValue.objects.get().text == "Gold"


def test_a_selection_is_exported_with_the_rights_of_that_time(world: World) -> None:
    people(2)
    people(1, "Bergen")
    client = signed_in(world.liga)
    answer = do(world.liga, "export", form="csv", reason="Printing of labels")
    assert answer["Location"] == "/exports/"
    run_due()
    page = client.get("/exports/").content.decode()
    address = re.search(r"/exports/\d+/file", page)
    assert address is not None
    content = b"".join(client.get(address.group())).decode()

    assert content.count("Person") == 2
    assert "Bergen" not in content
    assert do(world.ola, "export", form="csv", reason="Printing of labels")["Location"] == OSLO


def test_ticked_rows_are_exported_too(world: World) -> None:
    kari, sven = world.kari, world.sven
    signed_in(world.liga).post(
        "/customers/selection/", {"do": "export", "ids": [kari.pk], "form": "csv", "reason": "A label"}
    )
    run_due()
    client = signed_in(world.liga)
    address = re.search(r"/exports/\d+/file", client.get("/exports/").content.decode())
    assert address is not None
    content = b"".join(client.get(address.group())).decode()

    assert "Nordmann" in content
    assert sven.family_name not in content


def test_what_a_change_keeps_is_given_out_forgotten_and_cleared_away(world: World) -> None:
    first, _second = people(2, language="nb")
    do(world.liga, "language", value="lv")
    run_due()

    assert [item["former_values"]["before"] for item in bulk_items(first.pk)] == ["nb"]
    holding_of(BulkItem).forget(first.pk)
    assert not BulkItem.objects.filter(customer=first).exists()
    BulkChange.objects.update(asked_at=timezone.now() - timedelta(days=31))
    while clear_old_changes():
        pass
    assert not BulkChange.objects.exists()
