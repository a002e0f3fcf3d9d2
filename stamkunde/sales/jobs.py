"""What sales needs done by the clock: the books' part of a gift card's last day."""

from django.utils.translation import gettext_lazy

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.sales.actions.gift_cards import expire_cards
from stamkunde.sales.queries.gift_cards import cards_to_expire

_AT_ONCE = 200


@daily(at="03:20")
@job(name="sales.expire_gift_cards", title=gettext_lazy("Gift cards whose last day is over"))
def expire_gift_cards(context: JobContext) -> None:
    numbers = cards_to_expire()
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        expire_cards(some)
        context.report(start + len(some), len(numbers))
