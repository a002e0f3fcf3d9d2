"""Which years a purchase or a return may be of: beyond them it is a slip, and near the ends of time nothing reckons."""

from datetime import datetime

from django.utils.translation import gettext as _

from stamkunde.sales.refusals import SaleRefused

EARLIEST_YEAR = 1990
LATEST_YEAR = 2100


def refuse_far_off(at: datetime | None, field: str) -> None:
    """Look at the year as it is written: moving year 1 or 9999 to another zone would leave the calendar."""
    if at is not None and at.year < EARLIEST_YEAR:
        raise SaleRefused(_("This is too long ago. Look at the day and the time once more."), field)
    if at is not None and at.year > LATEST_YEAR:
        raise SaleRefused(_("This lies in the future. Look at the day and the time once more."), field)
