"""How long this shop keeps what: the rules of `kit.retention` in its own country, zone and fiscal year."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet

from stamkunde.accounts.models import Country
from stamkunde.accounts.queries import the_shop
from stamkunde.kit import clock, retention
from stamkunde.kit.retention import Keeping, Rule


def stays_until(
    *names: str, happened: date, country: str = "", among: Sequence[Rule] | None = None
) -> tuple[date, Rule]:
    """Return the last day on which something is kept that serves these purposes, and the rule that says so.

    Without a country it is the shop's own.
    """
    shop = the_shop()
    return retention.kept_until(
        names,
        happened,
        country=country or shop.country,
        on=clock.business_day(clock.now(), shop.zone),
        fiscal_year_begins=shop.fiscal_year_begins,
        among=among,
    )


def rows_over(keeping: Keeping, at: datetime, *, country: str, among: Sequence[Rule] | None = None) -> QuerySet[Model]:
    """Return the rows of a country that have been kept long enough at an instant."""
    shop = the_shop()
    return keeping.over(
        at,
        country=country,
        is_own_country=country == shop.country,
        zone=shop.zone,
        fiscal_year_begins=shop.fiscal_year_begins,
        among=among,
    )


def countries_of(keeping: Keeping) -> list[str]:
    """Return the countries whose rules hold for a table: its rows' own, or the shop's."""
    return [country.value for country in Country] if keeping.country else [the_shop().country]


def row_until(keeping: Keeping, row: Any, *, country: str, among: Sequence[Rule] | None = None) -> date:
    """Return the last day on which one row is kept."""
    return value_until(keeping, getattr(row, keeping.since), country=country, among=among)


def value_until(keeping: Keeping, value: Any, *, country: str, among: Sequence[Rule] | None = None) -> date:
    """Return the last day on which a row is kept whose time counts from a day or an instant."""
    shop = the_shop()
    happened = value if keeping.counts_days else clock.business_day(value, shop.zone)
    return stays_until(keeping.rule, happened=happened, country=country, among=among)[0]
