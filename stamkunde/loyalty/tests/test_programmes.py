"""Programmes: written, changed, opened, brought to their end; and what they refuse."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.models import Programme, ProgrammeState
from stamkunde.loyalty.queries.standing import programme_holds, standing_of
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.tests.members import TERMS, a_draft, member, open_programme
from stamkunde.loyalty.values import ProgrammeValues
from tests.world import World

pytestmark = pytest.mark.django_db


def values(**more) -> ProgrammeValues:
    return ProgrammeValues(**{"name": "Club", **TERMS, **more})


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": "a\x00b"}),
        ("currency", {"currency": "XXL"}),
        ("currency", {"currency": "JPY"}),
        ("zone", {"zone": "Nordic/Nowhere"}),
        ("earn_points", {"earn_points": -1}),
        ("earn_per", {"earn_per": 0}),
        ("point_worth", {"point_worth": -1}),
        ("hold_days", {"hold_days": 367}),
        ("expiry", {"expiry": "someday"}),
        ("expiry_after", {"expiry_after": 0}),
        ("terms_version", {"terms_version": "x" * 41}),
    ],
)
def test_a_programme_that_makes_no_sense_is_not_written(world: World, field: str, more: dict):
    assert world.store.pk

    with pytest.raises(LoyaltyRefused) as refused:
        actions.write_programme(values(**more), by=SYSTEM)

    assert refused.value.field == field
    assert not Programme.objects.exists()


def test_two_programmes_do_not_share_a_name():
    a_draft("Club")

    with pytest.raises(LoyaltyRefused) as refused:
        a_draft("Club")

    assert refused.value.field == "name"


def test_rules_are_changed_by_whoever_saw_the_newest_ones():
    programme = open_programme("Club")
    version = programme.version

    changed = actions.change_programme(programme, values(earn_points=2), version=version, by=SYSTEM)
    assert (changed.earn_points, changed.version) == (2, version + 1)
    with pytest.raises(Stale):
        actions.change_programme(programme, values(earn_points=3), version=version, by=SYSTEM)
    with pytest.raises(LoyaltyRefused) as refused:
        actions.change_programme(programme, values(currency="SEK"), version=version + 1, by=SYSTEM)
    assert refused.value.field == "currency"

    programme.refresh_from_db()
    assert (programme.earn_points, programme.currency) == (2, "NOK")


def test_a_programme_comes_to_its_end_on_a_day_of_its_own_zone(world: World):
    """X3: 23:30 in universal time on 30 June is 1 July in Oslo."""
    last = date(2026, 6, 30)

    assert programme_holds(ProgrammeState.CLOSING, "Europe/Oslo", last, datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    assert not programme_holds(ProgrammeState.CLOSING, "Europe/Oslo", last, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert programme_holds(ProgrammeState.CLOSING, "Atlantic/Azores", last, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))


def test_a_closing_programme_takes_nobody_new_and_serves_its_members_to_the_last_day(world: World):
    programme = open_programme()
    member(world.kari, programme)
    last = now().date() + timedelta(days=30)

    ending = actions.close_programme(programme, ends_on=last, redeem_until=last + timedelta(days=60), by=SYSTEM)

    assert ending.state == ProgrammeState.CLOSING
    assert standing_of(world.kari.pk, now()).is_member
    assert not standing_of(world.kari.pk, now() + timedelta(days=32)).is_member
    with pytest.raises(LoyaltyRefused):
        member(world.janis, programme)
    again = actions.open_programme(programme, by=SYSTEM)
    assert (again.ends_on, again.redeem_until) == (None, None)


@pytest.mark.parametrize(
    ("field", "ends", "redeem"), [("ends_on", -5, None), ("redeem_until", 10, 5), ("ends_on", None, 5)]
)
def test_days_that_make_no_sense_end_nothing(field: str, ends: int | None, redeem: int | None):
    programme = open_programme()
    today = now().date()

    with pytest.raises(LoyaltyRefused) as refused:
        actions.close_programme(
            programme,
            ends_on=None if ends is None else today + timedelta(days=ends),
            redeem_until=None if redeem is None else today + timedelta(days=redeem),
            by=SYSTEM,
        )

    assert refused.value.field == field
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.OPEN


def test_a_closed_programme_stays_closed(world: World):
    programme = open_programme()
    member(world.kari, programme)

    actions.close_programme(programme, by=SYSTEM)

    assert not standing_of(world.kari.pk, now()).is_member
    with pytest.raises(LoyaltyRefused):
        actions.open_programme(programme, by=SYSTEM)
    with pytest.raises(LoyaltyRefused):
        actions.close_programme(a_draft("Never opened"), by=SYSTEM)
