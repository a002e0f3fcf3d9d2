"""The figures of a customer's visits, kept so that no page and no search has to count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from django.db import connection

from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action
from stamkunde.kit.statements import carry_out

FEWEST_VISITS = 3
_AT_ONCE = 1_000
# One row each would be one round trip each; both databases carry out a prepared statement for many rows in one.
_UPDATE = (
    "UPDATE {table} SET visits = %s, first_visit_at = %s, last_visit_at = %s, typical_interval_days = %s,"
    " next_visit_expected_on = %s WHERE id = %s"
)


@dataclass(frozen=True, kw_only=True)
class VisitFigures:
    """What the purchases of one customer say; `recent_days` are the last business days of visits, the newest first."""

    customer_id: int
    visits: int
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    recent_days: tuple[date, ...] = ()


def typical_interval(recent_days: Sequence[date]) -> int | None:
    """Return the median of the gaps between visits in days; three visits make the first two gaps that mean anything."""
    days = sorted(set(recent_days), reverse=True)
    if len(days) < FEWEST_VISITS:
        return None
    # Half a day is rounded up: 10.5 days are eleven.
    return int(median((later - earlier).days for later, earlier in pairwise(days)) + 0.5)


def next_visit(recent_days: Sequence[date]) -> date | None:
    interval = typical_interval(recent_days)
    if interval is None:
        return None
    try:
        return max(recent_days) + timedelta(days=interval)
    except OverflowError:
        return None


@action(is_step=True)
def set_visit_figures(figures: Iterable[VisitFigures]) -> int:
    """Write the figures of many customers; the version stays, for nobody edits them. Return how many were given."""
    adapt_moment = connection.ops.adapt_datetimefield_value
    adapt_day = connection.ops.adapt_datefield_value
    rows = [
        (
            one.visits,
            adapt_moment(one.first_visit_at),
            adapt_moment(one.last_visit_at),
            typical_interval(one.recent_days),
            adapt_day(next_visit(one.recent_days)),
            one.customer_id,
        )
        # In the order of their numbers, so that two imports never wait for each other crosswise.
        for one in sorted(figures, key=lambda one: one.customer_id)
    ]
    statement = _UPDATE.format(table=connection.ops.quote_name(Customer._meta.db_table))
    if len(rows) == 1:
        carry_out(statement, rows[0])
        return 1
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            cursor.executemany(statement, rows[start : start + _AT_ONCE])
    return len(rows)
