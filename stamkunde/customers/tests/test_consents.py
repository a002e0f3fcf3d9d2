"""What a customer agreed to: records with their proof, of which the newest counts, and no answer is no consent."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from stamkunde.customers.actions import change_customer, record_consent, trash_customer
from stamkunde.customers.models import Consent, ConsentChannel, ConsentState, Customer
from stamkunde.customers.queries import consent_history, current_consents, may_contact, profile
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import ConsentValues
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World

pytestmark = pytest.mark.django_db
EMAIL = ConsentChannel.EMAIL


def say(customer: Customer, state: ConsentState, days_ago: int = 0, channel: ConsentChannel = EMAIL) -> Consent:
    at = now() - timedelta(days=days_ago)
    return record_consent(
        customer.pk, ConsentValues(channel=channel, state=state, evidence="told Anna", at=at), by=SYSTEM
    )


def test_without_an_answer_nobody_is_written_to(world: World) -> None:
    assert not any(may_contact(world.kari, channel) for channel in ConsentChannel)
    assert {one.state for one in profile(world.kari).consents} == {""}


def test_a_yes_counts_for_its_channel_only(world: World) -> None:
    say(world.kari, ConsentState.GIVEN)

    assert may_contact(world.kari, EMAIL)
    assert not may_contact(world.kari, ConsentChannel.SMS)


def test_the_newest_answer_counts_and_the_older_stay(world: World) -> None:
    say(world.kari, ConsentState.GIVEN, 3)
    say(world.kari, ConsentState.WITHDRAWN, 2)
    assert not may_contact(world.kari, EMAIL)
    say(world.kari, ConsentState.GIVEN, 1)
    assert may_contact(world.kari, EMAIL)

    assert [answer.is_yes for answer in consent_history(world.kari)] == [True, False, True]


def test_an_older_answer_that_is_written_down_late_does_not_count(world: World) -> None:
    say(world.kari, ConsentState.WITHDRAWN, 1)
    say(world.kari, ConsentState.GIVEN, 400)

    assert not may_contact(world.kari, EMAIL)
    assert current_consents(world.kari)[EMAIL].state == ConsentState.WITHDRAWN
    assert [one.state for one in profile(world.kari).consents if one.channel == EMAIL] == ["withdrawn"]


def test_of_two_answers_of_the_same_moment_the_later_written_counts(world: World) -> None:
    at = now()
    for state in (ConsentState.GIVEN, ConsentState.WITHDRAWN):
        record_consent(world.kari.pk, ConsentValues(channel=EMAIL, state=state, evidence="x", at=at), by=SYSTEM)

    assert not may_contact(world.kari, EMAIL)
    assert [one.state for one in profile(world.kari).consents if one.channel == EMAIL] == ["withdrawn"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ConsentValues(channel=EMAIL, state=ConsentState.GIVEN, evidence=" "), "evidence"),
        (ConsentValues(channel=EMAIL, state="", evidence="form"), "state"),  # type: ignore[arg-type]
        (ConsentValues(channel="post", state=ConsentState.GIVEN, evidence="form"), "channel"),  # type: ignore[arg-type]
        (
            ConsentValues(channel=EMAIL, state=ConsentState.GIVEN, evidence="form", at=now() + timedelta(days=1)),
            "at",
        ),
    ],
)
def test_a_consent_without_proof_or_answer_is_none(world: World, values: ConsentValues, field: str) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        record_consent(kari.pk, values, by=SYSTEM)
    assert list(refusal.value.message_dict) == [field]


def years_ago(years: int) -> date:
    today = timezone.localdate()
    return today.replace(year=today.year - years, day=min(today.day, 28))


def test_whoever_is_under_fifteen_cannot_agree(world: World) -> None:
    say(world.kari, ConsentState.GIVEN)
    kari = change_customer(world.kari.pk, {"birth_date": years_ago(15) + timedelta(days=10)}, version=1, by=SYSTEM)
    assert not may_contact(kari, EMAIL)

    kari = change_customer(world.kari.pk, {"birth_date": years_ago(15)}, version=kari.version, by=SYSTEM)
    assert may_contact(kari, EMAIL)


def test_nobody_in_the_trash_is_written_to(world: World) -> None:
    say(world.kari, ConsentState.GIVEN)
    trash_customer(world.kari.pk, by=SYSTEM)

    assert not may_contact(Customer.objects.get(pk=world.kari.pk), EMAIL)
