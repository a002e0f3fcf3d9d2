"""By when a request must be answered (GDPR article 12(3)): one month, and two more if that was announced."""

from calendar import monthrange
from datetime import date

MONTHS, MORE_MONTHS = 1, 2


def due_on(received: date, *, is_extended: bool = False) -> date:
    """Return the last day for the answer: that of the same number in a later month, or the month's last day.

    Regulation (EEC, Euratom) No 1182/71, article 3, counts so. That a period which ends on a holiday runs on to the
    next working day is left out: the answer may be early.
    """
    months = received.month - 1 + MONTHS + (MORE_MONTHS if is_extended else 0)
    year, month = received.year + months // 12, months % 12 + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))
