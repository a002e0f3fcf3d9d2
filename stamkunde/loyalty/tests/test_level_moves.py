"""Who went up, down or stayed: levels at the beginning of a time beside those at its end."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from stamkunde.loyalty.models import Membership, Tier, TierReason, TierStanding
from stamkunde.loyalty.queries.level_moves import Move, level_moves
from stamkunde.loyalty.tests.saving import make_member, make_programme
from tests.machine import Machine, problem
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db
BEGIN, END = date(2026, 1, 1), date(2026, 6, 30)
# In Oslo: the first instant of the first day, and the first after the last one.
FIRST, AFTER = datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 6, 30, 22, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


class Levels:
    def __init__(self) -> None:
        self.programme = make_programme()
        self.silver, self.gold = (
            Tier.objects.create(programme=self.programme, name=name, rank=rank, threshold=rank)
            for rank, name in enumerate(("Silver", "Gold"), start=1)
        )

    def member(self, *standings: tuple[Tier, datetime, datetime | None], **changed: Any) -> Membership:
        own = make_member(programme=self.programme)
        Membership.objects.filter(pk=own.pk).update(**changed)
        for tier, since, until in standings:
            TierStanding.objects.create(
                membership=own, tier=tier, since=since, until=until, reason=TierReason.AUTO, evaluated_at=since
            )
        return own


def test_up_down_and_staying_are_counted_between_the_first_instant_and_the_last():
    own = Levels()
    own.member((own.silver, FIRST, MARCH), (own.gold, MARCH, None))
    own.member((own.gold, FIRST, AFTER))
    own.member((own.gold, FIRST, MARCH), (own.silver, MARCH, AFTER))
    own.member((own.silver, AFTER, None))
    own.member()

    found = level_moves(own.programme, BEGIN, END)

    assert (found.up, found.down, found.stayed, found.joined, found.left) == (1, 1, 3, 0, 0)
    assert found.moves == (
        Move(own.gold.pk, own.gold.pk, 1),
        Move(own.gold.pk, own.silver.pk, 1),
        Move(own.silver.pk, own.gold.pk, 1),
        Move(None, None, 2),
    )


def test_who_joined_or_left_meanwhile_went_neither_up_nor_down():
    own = Levels()
    own.member((own.gold, MARCH, None), joined_at=MARCH)
    own.member((own.gold, FIRST, None), state="closed", closed_at=MARCH)
    own.member((own.gold, FIRST, None), state="closed", closed_at=AFTER)
    own.member((own.gold, FIRST, None), joined_at=AFTER)
    own.member((own.gold, FIRST, None), state="closed", closed_at=datetime(2025, 12, 1, tzinfo=UTC))

    found = level_moves(own.programme, BEGIN, END)

    assert (found.up, found.down, found.stayed, found.joined, found.left) == (0, 0, 1, 1, 1)
    assert found.moves == (
        Move(own.gold.pk, own.gold.pk, 1),
        Move(own.gold.pk, None, 1, has_left=True),
        Move(None, own.gold.pk, 1, is_new=True),
    )


def test_a_level_given_by_hand_goes_before_and_one_that_joined_another_is_not_counted():
    own = Levels()
    member = own.member((own.silver, FIRST, None))
    TierStanding.objects.create(
        membership=member, tier=own.gold, since=MARCH, reason=TierReason.MANUAL, evaluated_at=MARCH
    )
    own.member((own.silver, FIRST, None), joined_to=member)

    assert level_moves(own.programme, BEGIN, END).moves == (Move(own.silver.pk, own.gold.pk, 1),)


def test_the_page_the_file_and_a_program_say_the_same(world: World):
    own = Levels()
    own.member((own.silver, FIRST, MARCH), (own.gold, MARCH, None))
    own.member((own.silver, FIRST, MARCH))
    client, asked = signed_in(world.liga), "?since=2026-01-01&until=2026-06-30"
    address = f"/programmes/{own.programme.pk}/levels/moves/"

    page = client.get(address + asked).content.decode()
    file = client.get(f"{address}file/{asked}").content.decode().lstrip("\ufeff").splitlines()
    told = Machine(world.liga).get(f"/programmes/{own.programme.pk}/levels/moves{asked}").json()

    assert "1 member went up, 1 down, 0 stayed." in page
    assert "Silver → Gold: 1" in page
    assert file == ["before,after,members", "Silver,Gold,1", "Silver,no level,1"]
    assert (told["up"], told["down"], [one["after_level_id"] for one in told["moves"]]) == (1, 1, [own.gold.pk, None])
    assert address in client.get(f"/programmes/{own.programme.pk}/levels/").content.decode()


def test_days_that_cannot_be_are_refused_to_a_program_and_the_page_shows_the_last_year(world: World):
    own = Levels()
    machine, address = Machine(world.liga), f"/programmes/{own.programme.pk}/levels/moves"

    problem(machine.get(f"{address}?since=2026-06-30&until=2026-01-01"), 422, "invalid")
    problem(machine.get(f"{address}?since=0001-01-01&until=2026-01-01"), 422, "invalid")
    assert machine.get(address).json()["moves"] == []
    page = signed_in(world.liga).get(f"{address}/?since=0001-01-01&until=9999-12-31")
    assert "Nobody could move yet" in page.content.decode()
