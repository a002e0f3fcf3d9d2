"""What the preview beside a list shows of a customer: enough to go on with, and no more."""

from dataclasses import dataclass

from django.utils import timezone

from stamkunde.accounts.models import User
from stamkunde.customers.access import NOTE, told_to, unnamed
from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import Customer, LookUpPurpose, Note
from stamkunde.customers.queries import Profile, profile
from stamkunde.desk.access import put_off_until
from stamkunde.desk.heading import chips_of
from stamkunde.events.queries import Moment, moments, others_in, timeline
from stamkunde.kit import shown
from stamkunde.sales.access import REGISTER
from stamkunde.sales.queries import FourNumbers, four_numbers

MOST_MOMENTS = 5


@dataclass(frozen=True)
class Peek:
    id: int
    name: str
    greeting: str
    chips: list[tuple[str, str]]
    figures: FourNumbers
    profile: Profile
    pinned: list[Note]
    moments: list[tuple[str, Moment]]
    put_off_until: str
    may_note: bool
    may_register: bool


def peek_of(customer: Customer, user: User) -> Peek:
    """Gather the preview, and write down that somebody looked."""
    record_lookup(customer, LookUpPurpose.PEEK, by=user)
    latest = timeline(customer.pk, told=told_to(user), size=MOST_MOMENTS)
    told = moments(latest.rows, unnamed(user, others_in(latest.rows)))
    until = put_off_until(customer)
    return Peek(
        id=customer.pk,
        name=customer.name,
        greeting=customer.preferred_name if customer.preferred_name != customer.given_name else "",
        chips=chips_of(customer),
        figures=four_numbers(customer),
        profile=profile(customer),
        pinned=list(customer.notes.filter(is_pinned=True, trashed_at=None).order_by("-written_at")),
        moments=[(shown.day(timezone.localdate(moment.at)), moment) for moment in told],
        put_off_until=shown.day(until) if until else "",
        may_note=user.may(NOTE.name),
        may_register=user.may(REGISTER.name),
    )
