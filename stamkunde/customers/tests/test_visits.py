"""The figures of visits: the middle gap between visits, and from it when the next one is due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stamkunde.customers.actions import VisitFigures, set_visit_figures
from stamkunde.customers.actions.visits import next_visit, typical_interval
from stamkunde.customers.models import Customer
from tests.world import World, make_customer

DAY = date(2026, 3, 1)


def days(*ago: int) -> tuple[date, ...]:
    return tuple(DAY - timedelta(days=number) for number in ago)


@pytest.mark.parametrize(
    ("recent", "interval"),
    [
        ((), None),
        (days(0), None),
        (days(0, 7), None),
        (days(0, 0, 7), None),
        (days(0, 7, 14), 7),
        (days(0, 7, 17), 9),
        (days(0, 30, 31, 32), 1),
        (days(14, 0, 7), 7),
    ],
)
def test_the_typical_interval_is_the_middle_gap_of_three_visits_or_more(
    recent: tuple[date, ...], interval: int | None
) -> None:
    assert typical_interval(recent) == interval


def test_the_next_visit_is_due_an_interval_after_the_last() -> None:
    assert next_visit(days(0, 7, 14)) == DAY + timedelta(days=7)
    assert next_visit(days(0, 7)) is None
    assert next_visit((date(9999, 12, 31), date(9999, 1, 1), date(9998, 1, 1))) is None


@pytest.mark.django_db
def test_the_figures_of_many_are_written_without_touching_their_versions(world: World) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    people = [world.kari, world.janis, *(make_customer(f"Nr {number}", "") for number in range(20))]
    figures = [
        VisitFigures(
            customer_id=customer.pk,
            visits=place,
            first_visit_at=at - timedelta(days=14),
            last_visit_at=at,
            recent_days=days(0, 7, 14),
        )
        for place, customer in enumerate(people, start=1)
    ]

    assert set_visit_figures(figures) == 22
    for place, customer in enumerate(people, start=1):
        kept = Customer.objects.get(pk=customer.pk)
        assert (kept.visits, kept.last_visit_at, kept.version) == (place, at, 1)
        assert (kept.typical_interval_days, kept.next_visit_expected_on) == (7, date(2026, 3, 8))


@pytest.mark.django_db
def test_who_has_brought_everything_back_has_no_visits(world: World) -> None:
    figures = VisitFigures(customer_id=world.kari.pk, visits=0, first_visit_at=None, last_visit_at=None)
    set_visit_figures([figures])

    kept = Customer.objects.get(pk=world.kari.pk)
    assert (kept.visits, kept.first_visit_at, kept.next_visit_expected_on) == (0, None, None)
