"""What is held about a person is given out whole, and forgotten whole where no duty keeps it."""

import pytest

from stamkunde.customers import files
from stamkunde.customers.actions import (
    add_address,
    add_contact_point,
    add_file,
    add_relation,
    change_customer,
    create_customer,
    define_field,
    note_former_name,
    note_trait,
    record_consent,
    set_custom_value,
    trash_customer,
    write_note,
)
from stamkunde.customers.jobs import empty_trash, sweep_left_over_files
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    Customer,
    CustomFieldKind,
    RelationKind,
    StoredFile,
)
from stamkunde.customers.tests.unchanged import everything
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues, TraitValues
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.privacy import holdings
from tests.world import World

pytestmark = pytest.mark.django_db
OURS = [
    holding
    for holding in holdings()
    if holding.model.__module__.startswith(("stamkunde.customers", "stamkunde.events"))
]


def somebody(world: World) -> Customer:
    """Make a customer with a canary in everything that can be written about her."""
    canary = iter(f"kanari{number}" for number in range(100))
    values = CustomerValues(
        title=next(canary),
        given_name=next(canary),
        family_name=next(canary),
        preferred_name=next(canary),
        company_name=next(canary),
        company_number=next(canary),
        greeting=next(canary),
    )
    customer = create_customer(values, by=SYSTEM)
    add_contact_point(customer.pk, ContactValues(kind=ContactKind.EMAIL, raw=f"{next(canary)}@e.no"), by=SYSTEM)
    address = AddressValues(street=next(canary), town=next(canary), care_of=next(canary), label=next(canary))
    add_address(customer.pk, address, by=SYSTEM)
    note_trait(customer.pk, TraitValues(text=next(canary)), by=SYSTEM)
    note_former_name(customer.pk, next(canary), by=SYSTEM)
    write_note(customer.pk, next(canary), by=SYSTEM)
    add_relation(customer.pk, world.sven.pk, RelationKind.GIVES_TO, by=SYSTEM)
    set_custom_value(
        customer.pk, define_field("Own", CustomFieldKind.TEXT, by=SYSTEM), next(canary), version=0, by=SYSTEM
    )
    consent = ConsentValues(channel=ConsentChannel.SMS, state=ConsentState.GIVEN, evidence="form 12")
    record_consent(customer.pk, consent, by=SYSTEM)
    with files.staged([b"secret"]) as staged:
        add_file(customer.pk, staged, f"{next(canary)}.txt", by=SYSTEM)
    change_customer(customer.pk, {"family_name": next(canary)}, version=1, by=SYSTEM)
    return customer


def test_everything_written_about_somebody_is_in_what_she_is_given(world: World) -> None:
    customer = somebody(world)
    given = str([list(holding.export(customer.pk)) for holding in OURS])

    canaries = {word for word in str(everything()).replace("'", " ").split() if word.startswith("kanari")}
    assert len(canaries) > 15
    for number in range(18):
        assert f"kanari{number}" in given, number


def test_what_is_given_is_about_nobody_else(world: World) -> None:
    somebody(world)
    given = str([list(holding.export(world.kari.pk)) for holding in OURS])

    assert "kanari" not in given
    assert "Nordmann" in given


def test_nothing_is_left_of_somebody_who_is_forgotten(world: World) -> None:
    customer = somebody(world)
    for holding in OURS:
        holding.forget(customer.pk)

    assert "kanari" not in str(everything())
    assert not Customer.objects.filter(pk=customer.pk).exists()


def test_the_jobs_empty_the_trash_and_sweep_the_files(world: World) -> None:
    trash_customer(somebody(world).pk, by=SYSTEM)
    Customer.objects.update(trashed_at="2020-01-01T00:00:00Z")
    empty_trash.enqueue()
    sweep_left_over_files.enqueue()

    assert run_due() == 2
    assert not Customer.objects.exists()
    assert not StoredFile.objects.exists()
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
