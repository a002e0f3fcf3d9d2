"""Whatever happens, in whatever order: the ledger adds up, and what is kept is what was entered."""

import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.actions.points import (
    approve_correction,
    ask_for_correction,
    capture_points,
    correct_points,
    move_points,
    move_points_back,
    release_points,
    reserve_points,
    settle_members,
)
from stamkunde.loyalty.models import ExpiryKind, Membership, PointsReservation, ReservationState
from stamkunde.loyalty.queries.points import members_due
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.settling import Standing, Turn, settle
from stamkunde.loyalty.tests.saving import (
    ANNA,
    START,
    bring_back,
    earn,
    has,
    kept,
    make_member,
    make_programme,
    spend,
    unwell,
)
from tests.world import World

pytestmark = pytest.mark.django_db


class Life:
    """Members to whom things happen; what is refused must leave everything as it was."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.at = START
        held = make_programme("Held", hold_days=5, expiry=ExpiryKind.MONTHS, expiry_after=1)
        free = make_programme("Free", expiry=ExpiryKind.INACTIVITY, expiry_after=2)
        self.members = [make_member(programme=programme) for programme in (held, held, free)]
        self.sales: list[int] = []
        self.second = World().liga.actor

    def step(self, traveller: time_machine.Traveller) -> None:
        self.at += timedelta(hours=self.chance.randint(0, 60))
        traveller.move_to(self.at)
        member = self.chance.choice(self.members)
        points = self.chance.randint(1, 120)
        happening = self.chance.choice(
            [self.earns, self.earns, self.earns, self.spends, self.spends, self.returns, self.reserves, self.ends,
             self.corrects, self.owes, self.night, self.moves]
        )  # fmt: skip
        before = kept(member)
        try:
            with transaction.atomic():
                happening(member, points)
        except LoyaltyRefused:
            assert kept(member) == before
        assert has(member).available >= 0

    def earns(self, member: Membership, points: int) -> None:
        late = timedelta(days=self.chance.choice([0, 0, 0, 1, 9]))
        self.sales.append(earn(member, points, at=self.at - late))

    def spends(self, member: Membership, points: int) -> None:
        self.sales.append(spend(member, points))

    def returns(self, _member: Membership, points: int) -> None:
        if self.sales:
            # Each is brought back in one part or whole, so that no more comes back than was bought.
            bring_back(self.sales.pop(self.chance.randrange(len(self.sales))), self.chance.choice([points, None]))

    def reserves(self, member: Membership, points: int) -> None:
        reserve_points(member, points, by=ANNA)

    def ends(self, member: Membership, _points: int) -> None:
        found = PointsReservation.objects.filter(membership=member, state=ReservationState.OPEN).first()
        if found is not None:
            self.chance.choice([capture_points, release_points])(found, by=ANNA)

    def corrects(self, member: Membership, points: int) -> None:
        correct_points(member, self.chance.choice([points, -points]), reason="x", by=ANNA)

    def owes(self, member: Membership, points: int) -> None:
        approve_correction(ask_for_correction(member, -points, reason="x", by=SYSTEM), by=self.second)

    def night(self, _member: Membership, _points: int) -> None:
        while found := members_due(self.at, 2):
            settle_members(found, self.at, by=SYSTEM)

    def moves(self, _member: Membership, _points: int) -> None:
        self.chance.choice([move_points, move_points_back])(self.members[0], self.members[1], by=ANNA)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_everything_adds_up(seed: int):
    # L16: some hundred here; `thorough` asks of ten thousand.
    live(seed, 150)


@pytest.mark.thorough
def test_ten_thousand_events_add_up():
    # L16, D6, C-15
    live(random.SystemRandom().randrange(10**6), 10_000, look_every=500)


def live(seed: int, steps: int, look_every: int = 50) -> None:
    life = Life(seed)
    with time_machine.travel(START, tick=False) as traveller:
        for number in range(steps):
            life.step(traveller)
            if number % look_every == 0:
                know_how_many()
                assert unwell() == [], f"seed {seed}, step {number}"
        assert unwell() == [], f"seed {seed}"
        for member in life.members:
            before = has(member)
            settle_members([member], life.at, by=SYSTEM)
            # What is told without the nightly work is what that work writes down.
            assert kept(member) == (before.available, before.pending, before.reserved, -before.debt)


def know_how_many() -> None:
    """Let PostgreSQL count: of rows in a transaction that is still open it knows nothing, and compares all with all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE loyalty_lot, loyalty_lotuse, loyalty_pointstransaction, loyalty_posting")


LOTS = st.lists(
    st.tuples(
        st.integers(1, 100), st.booleans(), st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40))
    ),
    max_size=6,
)  # fmt: skip


def standings(drawn: list[Any]) -> list[Standing]:
    return [
        Standing(
            number,
            points,
            is_held,
            START + timedelta(days=held) if is_held else None,
            None if ends is None else START + timedelta(days=ends),
        )
        for number, (points, is_held, held, ends) in enumerate(drawn)
    ]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOTS, st.integers(0, 200), st.lists(st.integers(0, 50), max_size=4))
def test_looking_in_between_changes_nothing_of_what_time_does(drawn: list[Any], debt: int, looks: list[int]):
    at_once, in_steps = standings(drawn), standings(drawn)
    first, owed = settle(at_once, debt, START + timedelta(days=60))
    second: list[Any] = []
    still = debt
    for day in [*sorted(looks), 60]:
        more, still = settle(in_steps, still, START + timedelta(days=day))
        second += more
    assert (at_once, owed) == (in_steps, still)
    assert sorted(first) == sorted(second)
    assert all(lot.remaining >= 0 for lot in at_once)
    paid = sum(one.to_debt for one in first)
    gone = sum(one.points for one in first if one.turn is Turn.EXPIRES)
    assert sum(points for points, *_rest in drawn) == paid + gone + sum(lot.remaining for lot in at_once)
    assert debt - owed == paid
