"""How long is counted: to the day, through leap years and broken fiscal years, and nothing a second too early."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamkunde.kit import clock
from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.retention import (
    Calendar,
    Ground,
    Period,
    Rule,
    fiscal_year_end,
    kept_until,
    last_day,
    may_go_at,
    newest_day_over,
    rule_for,
)

MAY = 5


def rule(name: str = "books", **values: Any) -> Rule:
    given: dict[str, Any] = {
        "sensitivity": Sensitivity.BEHAVIOUR,
        "purpose": "To keep the books.",
        "ground": Ground.LAW,
        "trigger": "the purchase",
        "period": Period(years=5),
        "calendar": Calendar.FISCAL_YEAR,
        "source": "A law.",
    }
    return Rule(name=name, **(given | values))


NORWAY = rule(country="NO")
SWEDEN = rule(country="SE", period=Period(years=7), calendar=Calendar.CALENDAR_YEAR)
LATVIA = rule(country="LV")
REGISTERS = rule(country="LV", period=Period(years=10))


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 12, 31)),
        (date(2026, 4, 30), MAY, date(2026, 4, 30)),
        (date(2026, 5, 1), MAY, date(2027, 4, 30)),
        (date(2028, 2, 29), 3, date(2028, 2, 29)),
        (date(2027, 3, 1), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
    ],
)
def test_a_fiscal_year_ends_before_the_month_in_which_the_next_begins(day, begins, ends):
    assert fiscal_year_end(day, begins=begins) == ends


@pytest.mark.parametrize(
    ("held", "begins", "bought", "kept_to"),
    [
        (NORWAY, 1, date(2026, 3, 14), date(2031, 12, 31)),
        (NORWAY, 1, date(2026, 12, 31), date(2031, 12, 31)),
        (NORWAY, 1, date(2027, 1, 1), date(2032, 12, 31)),
        # The year from May to April: the last of April is the old year's, the first of May the new one's.
        (NORWAY, MAY, date(2026, 4, 30), date(2031, 4, 30)),
        (NORWAY, MAY, date(2026, 5, 1), date(2032, 4, 30)),
        # Sweden counts calendar years, from that in which the fiscal year ended.
        (SWEDEN, 1, date(2026, 3, 14), date(2033, 12, 31)),
        (SWEDEN, MAY, date(2026, 4, 30), date(2033, 12, 31)),
        (SWEDEN, MAY, date(2026, 5, 1), date(2034, 12, 31)),
        (LATVIA, 1, date(2026, 3, 14), date(2031, 12, 31)),
        (LATVIA, MAY, date(2026, 5, 1), date(2032, 4, 30)),
        (REGISTERS, 1, date(2026, 3, 14), date(2036, 12, 31)),
        (REGISTERS, MAY, date(2026, 5, 1), date(2037, 4, 30)),
        # A year that ends with February ends with its last day, be it the 28th or the 29th.
        (NORWAY, 3, date(2027, 6, 1), date(2033, 2, 28)),
        (NORWAY, 3, date(2026, 6, 1), date(2032, 2, 29)),
    ],
)
def test_books_are_kept_for_whole_years_after_the_fiscal_year(held, begins, bought, kept_to):
    assert last_day(held, bought, fiscal_year_begins=begins) == kept_to


@pytest.mark.parametrize(
    ("period", "happened", "kept_to"),
    [
        (Period(months=24), date(2024, 2, 29), date(2026, 2, 28)),
        (Period(months=24), date(2026, 2, 28), date(2028, 2, 28)),
        (Period(months=12), date(2023, 3, 1), date(2024, 3, 1)),
        (Period(months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Period(years=4), date(2024, 2, 29), date(2028, 2, 29)),
        (Period(days=30), date(2028, 1, 31), date(2028, 3, 1)),
        (Period(days=30), date(2027, 1, 31), date(2027, 3, 2)),
        (Period(months=3), date(2026, 11, 30), date(2027, 2, 28)),
    ],
)
def test_a_period_ends_with_the_day_of_the_same_date_or_the_last_of_the_month(period, happened, kept_to):
    assert last_day(rule(period=period, calendar=Calendar.DAY), happened) == kept_to


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Europe/Stockholm", "Europe/Riga"])
@pytest.mark.parametrize("begins", [1, MAY])
@pytest.mark.parametrize("held", [NORWAY, SWEDEN, LATVIA, REGISTERS], ids=lambda held: f"{held.country} {held.period}")
def test_nothing_goes_a_second_too_early_and_nothing_stays_a_second_too_long(held, begins, zone):
    bought = date(2024, 2, 29)
    limit = may_go_at(held, bought, zone=zone, fiscal_year_begins=begins)

    before = newest_day_over(held, limit - timedelta(seconds=1), zone=zone, fiscal_year_begins=begins)
    after = newest_day_over(held, limit + timedelta(seconds=1), zone=zone, fiscal_year_begins=begins)

    assert before < bought <= after


def test_a_day_ends_by_the_clock_on_the_shops_wall():
    assert may_go_at(NORWAY, date(2026, 6, 1), zone="Europe/Oslo") == datetime(2031, 12, 31, 23, tzinfo=UTC)
    assert may_go_at(LATVIA, date(2026, 6, 1), zone="Europe/Riga") == datetime(2031, 12, 31, 22, tzinfo=UTC)


@given(
    st.integers(0, 36_500).map(lambda days: date(1990, 1, 1) + timedelta(days=days)),
    st.integers(1, 12),
    st.sampled_from([NORWAY, SWEDEN, REGISTERS, rule(period=Period(months=24), calendar=Calendar.DAY)]),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_newest_day_over_is_the_last_whose_time_is_over(today, begins, held):
    at = clock.start_of_day(today, "Europe/Oslo")

    newest = newest_day_over(held, at, zone="Europe/Oslo", fiscal_year_begins=begins)

    assert last_day(held, newest, fiscal_year_begins=begins) < today
    assert last_day(held, newest + timedelta(days=1), fiscal_year_begins=begins) >= today


def test_the_rule_of_the_country_beats_the_one_for_all():
    everywhere = rule(period=Period(years=9))

    assert rule_for("books", country="NO", on=date(2026, 1, 1), among=[everywhere, NORWAY]) is NORWAY
    assert rule_for("books", country="EU", on=date(2026, 1, 1), among=[everywhere, NORWAY]) is everywhere


def test_a_new_law_counts_from_its_day():
    new = rule(country="NO", period=Period(years=6), valid_from=date(2030, 1, 1))

    assert rule_for("books", country="NO", on=date(2029, 12, 31), among=[NORWAY, new]) is NORWAY
    assert rule_for("books", country="NO", on=date(2030, 1, 1), among=[NORWAY, new]) is new


def test_where_no_rule_is_known_it_is_said():
    with pytest.raises(LookupError, match="No rule says how long books is kept in SE"):
        rule_for("books", country="SE", on=date(2026, 1, 1), among=[NORWAY])


def test_the_longest_duty_beats_a_shorter_purpose(monkeypatch):
    history = rule(name="history", period=Period(months=24), calendar=Calendar.DAY)
    duty = rule(country="NO", is_law=True)
    monkeypatch.setattr("stamkunde.kit.retention.rules", lambda: (duty, history))

    until, why = kept_until(["history", "books"], date(2026, 3, 14), country="NO", on=date(2026, 3, 14))

    assert (until, why) == (date(2031, 12, 31), duty)
    assert kept_until(["history"], date(2026, 3, 14), country="NO", on=date(2026, 3, 14))[0] == date(2028, 3, 14)
