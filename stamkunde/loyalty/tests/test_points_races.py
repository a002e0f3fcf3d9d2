"""Two at the same moment, on both databases: points are used once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions.points import correct_points, reserve_points, settle_members
from stamkunde.loyalty.models import Lot, PointsKind, PointsReservation, PointsTransaction
from stamkunde.loyalty.refusals import LoyaltyRefused, TooFewPoints
from stamkunde.loyalty.tests.saving import ANNA, days, earn, has, kept, make_member, spend, unwell

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run all tasks at the same moment, each with a connection of its own; return their answers or their refusals."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            start.wait(10)
            return retry_on_conflict(task)()
        except LoyaltyRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_two_tills_at_once_and_one_key_and_earning_meanwhile():
    # L17: two tills spend 100 of 100, and the one that loses is told what there is now.
    member = make_member()
    earn(member, 100)
    answers = at_once(lambda: spend(member, 100), lambda: spend(member, 100))
    lost = [answer for answer in answers if isinstance(answer, TooFewPoints)]
    assert [refusal.available for refusal in lost] == [0]
    assert kept(member) == (0, 0, 0, 0)

    # L7: the same command sixteen times at once is one, and all are answered alike.
    correct = [lambda: correct_points(member, 70, reason="Sorry", by=ANNA, idempotency_key="k")] * 16
    given = at_once(*correct)
    assert given == [PointsTransaction.objects.get(idempotency_key="k")] * 16
    reserve = [lambda: reserve_points(member, 70, by=ANNA, idempotency_key="r")] * 8
    assert at_once(*reserve) == [PointsReservation.objects.get()] * 8
    assert has(member).reserved == 70

    # C-3: of a hundred points ten are used twenty times while others arrive.
    other = make_member()
    earn(other, 100)
    answers = at_once(*[lambda: spend(other, 10)] * 20, *[lambda: earn(other, 7)] * 5)
    spent = 20 - sum(isinstance(answer, TooFewPoints) for answer in answers)
    assert has(other).available == 135 - 10 * spent

    # L3: two workers end the same lots at once.
    third = make_member()
    earn(third, 30)
    Lot.objects.filter(membership=third).update(expires_at=now() - days(1))
    at_once(*[lambda: settle_members([third], now(), by=SYSTEM)] * 4)
    assert PointsTransaction.objects.filter(membership=third, kind=PointsKind.EXPIRED).count() == 1
    assert unwell() == []
