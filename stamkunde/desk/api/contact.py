"""The day's work: whom to get in touch with, put off and done, and what else stands on the first page."""

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import MERGE, NOTE, SEE, customer_for
from stamkunde.customers.actions import record_list
from stamkunde.customers.models import Customer
from stamkunde.customers.queries.pairs import waiting_count
from stamkunde.desk import today as parts
from stamkunde.desk.access import put_off_until
from stamkunde.desk.actions import DeskError, note_contact, put_contact_off, resume_contact
from stamkunde.jobs.access import visible_jobs
from stamkunde.jobs.models import JobState
from stamkunde.kit.api.fields import Day, Given, Limit, PathId, Sent, query
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import ANY_TOKEN, Routes

routes = Routes("Today", "Whom to get in touch with today, and what else the day holds.")

LONGEST = 20


class DueGiven(Given):
    """A regular whose visit is due."""

    customer_id: int
    name: str = Field(examples=["Kari Nordmann"])
    next_visit_expected_on: date
    why: str = Field(description="In the language asked for.", examples=["comes every 14 days, 3 days late"])
    phone: str = Field(examples=["+4791234567"])


class DueCustomers(Given):
    items: list[DueGiven]


class PersonGiven(Given):
    """Somebody in a short list, and why."""

    customer_id: int
    name: str = Field(examples=["Kari Nordmann"])
    why: str = Field(description="In the language asked for.", examples=["turns 47"])
    phone: str
    when: str = Field(description="In the language asked for.", examples=["today"])


class TodayGiven(Given):
    """The first page of the day; what the token may not see is left empty. Takings have an address of their own."""

    day: date
    due: list[DueGiven] = Field(description="Regulars who were expected by now.")
    birthdays: list[PersonGiven] = Field(description="Whose birthday it is, or will be within the week.")
    newcomers: list[PersonGiven] = Field(description="Who became a customer within a week.")
    pairs_waiting: int = Field(description="How many likely duplicates wait; 101 says more than a hundred.")
    failed_jobs: list[int] = Field(description="Numbers of background work that was given up.")


class PutOffSent(Sent):
    until: Day = Field(description="The day on which the customer is due again.", examples=["2026-12-24"])


class ContactGiven(Given):
    """Whether getting in touch with a customer is due."""

    customer_id: int
    put_off_until: date | None = Field(description="Until when it is put off; null when it is not.")
    next_visit_expected_on: date | None
    last_visit_at: datetime | None


@routes.get("/today", ANY_TOKEN, TodayGiven)
def get_today(request: HttpRequest) -> TodayGiven:
    """Read what the first page of the day shows."""
    user, day = bearer(request), timezone.localdate()
    due, birthdays, newcomers = parts.people(user, day, the_shop().zone)
    return TodayGiven(
        day=day,
        due=_due(due),
        birthdays=[_person(one) for one in birthdays],
        newcomers=[_person(one) for one in newcomers],
        pairs_waiting=waiting_count(day) if user.may(MERGE.name) else 0,
        failed_jobs=[job.pk for job in visible_jobs(user).filter(state=JobState.DEAD).order_by("-pk")[:LONGEST]],
    )


@routes.get("/customers/due", SEE, DueCustomers)
def list_due_customers(request: HttpRequest, limit: Limit = query(20)) -> DueCustomers:
    """List the regulars whose next visit is expected today or was lately, those put off left out."""
    user = bearer(request)
    (due,) = parts.with_phones(parts.due(user, timezone.localdate(), limit))
    record_list([person.id for person in due], by=user)
    return DueCustomers(items=_due(due))


@routes.get("/customers/{customer_id}/contact", SEE, ContactGiven)
def get_contact(request: HttpRequest, customer_id: PathId) -> ContactGiven:
    """Read whether getting in touch with a customer is due or put off."""
    return _contact(customer_for(bearer(request), customer_id))


@routes.put("/customers/{customer_id}/put-off", NOTE, ContactGiven)
def put_contact_off_(request: HttpRequest, customer_id: PathId, sent: PutOffSent) -> ContactGiven:
    """Leave a customer out of those due until a day."""
    user = bearer(request)
    customer = customer_for(user, customer_id)
    try:
        put_contact_off(customer, until=sent.until, today=timezone.localdate(), by=user.actor)
    except DeskError as error:
        raise invalid(str(error), "until") from error
    return _contact(customer)


@routes.remove("/customers/{customer_id}/put-off", NOTE)
def resume_contact_(request: HttpRequest, customer_id: PathId) -> None:
    """Show a customer among those due again."""
    user = bearer(request)
    resume_contact(customer_for(user, customer_id), by=user.actor)


@routes.post("/customers/{customer_id}/contacts", NOTE, ContactGiven)
def note_contact_(request: HttpRequest, customer_id: PathId) -> ContactGiven:
    """Note that somebody got in touch with a customer, who is due again later, by their own rhythm."""
    user = bearer(request)
    customer = customer_for(user, customer_id)
    note_contact(customer, today=timezone.localdate(), by=user.actor)
    return _contact(customer)


def _due(people: list[parts.Person]) -> list[DueGiven]:
    return [
        DueGiven(
            customer_id=one.id,
            name=one.name,
            next_visit_expected_on=one.expected_on,
            why=one.why,
            phone=one.phone,
        )
        for one in people
        if one.expected_on is not None
    ]


def _person(person: parts.Person) -> PersonGiven:
    return PersonGiven(customer_id=person.id, name=person.name, why=person.why, phone=person.phone, when=person.when)


def _contact(customer: Customer) -> ContactGiven:
    return ContactGiven(
        customer_id=customer.pk,
        put_off_until=put_off_until(customer),
        next_visit_expected_on=customer.next_visit_expected_on,
        last_visit_at=customer.last_visit_at,
    )
