"""Finding customers, and their own rows: made, read, changed, put in the trash and taken back."""

from datetime import datetime

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import (
    CHANGE,
    CREATE,
    REMOVE,
    SEE,
    SEE_LOOKUPS,
    customer_for,
    former_name_for,
    told_to,
    trashed_customers,
    unnamed,
)
from stamkunde.customers.actions import (
    change_customer,
    create_customer,
    note_former_name,
    record_list,
    record_lookup,
    remove_former_name,
    restore_customer,
    trash_customer,
    undo_removal,
)
from stamkunde.customers.api import refusals  # noqa: F401 - registers how refusals are told
from stamkunde.customers.api.sent import CustomerChange, CustomerSent, CustomersSent, customer_values
from stamkunde.customers.api.shapes import CustomerGiven, CustomerRow, FormerNameGiven, profile_of, row_of
from stamkunde.customers.models import LookUp, LookUpPurpose
from stamkunde.customers.queries import likely_duplicates
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.events.models import Happening, Topic
from stamkunde.events.queries import moments, others_in, timeline, without
from stamkunde.kit.api.fields import Given, Id, Limit, Line, Mark, PathId, QueryText, Sent, query
from stamkunde.kit.api.many import Outcomes, carry_out
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import not_found
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, stale, versioned
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, instant, page

routes = Routes("Customers", "Who somebody is to the shop: found by name as it was heard, read, changed.")


class CandidateGiven(Given):
    """Somebody who may be meant, with just enough to be told from a namesake."""

    customer_id: int
    name: str = Field(examples=["Kari Nordmann"])
    score: float = Field(description="100 for something exact; among names, the higher the likelier.")
    why: str = Field(description="What answered: name, phone, email, number, postcode, receipt …", examples=["name"])
    town: str
    birth_year: int | None
    last_visit_at: datetime | None
    masked: list[str] = Field(description="Second identifiers, covered as far as they can be.", examples=[["…45 67"]])
    chips: list[str] = Field(description="What else helps to tell who it is.", examples=[["Bought tea last week"]])


class Candidates(Given):
    items: list[CandidateGiven]


class DuplicateGiven(Given):
    """Somebody who may be the same person."""

    customer_id: int
    name: str
    reasons: list[str]


class Duplicates(Given):
    items: list[DuplicateGiven]


class MomentGiven(Given):
    """Something that happened, as the timeline tells it."""

    id: int
    name: str = Field(description="The event's lasting name.", examples=["sales.order_placed"])
    topic: Topic
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it was written down.")
    sentence: str = Field(description="What happened, in the language asked for.")
    lines: list[str]
    actor: str
    subject_id: int | None = Field(description="The number of the thing it happened to.")


class LookUpGiven(Given):
    """A look at a customer's data."""

    at: datetime
    who: str = Field(validation_alias="actor_label")
    role: str
    purpose: LookUpPurpose


class Trashed(Given):
    id: int
    name: str
    trashed_at: datetime


class FormerNameSent(Sent):
    name: Line = Field(examples=["Kari Olsen"])


class Removal(Sent):
    moment_id: Id = Field(description="The number of the removal on the customer's timeline.")


@routes.get("/customers/search", SEE, Candidates)
def search_customers(
    request: HttpRequest,
    q: QueryText = query(..., description="A name as it was heard, a number, an address.", examples=["kari nordman"]),
    store_id: PathId | None = query(None, description="Who comes here is named first."),
    limit: Limit = query(10),
) -> Candidates:
    """Find who is meant.

    Any part of any name in any order, misspelt or not; a telephone number or its end; an e-mail address or its
    beginning; a customer number; a receipt; a postcode or a street. The likeliest come first.
    """
    user = bearer(request)
    found = recognise(q, store_id=store_id or user.store_id, limit=limit, now=now())
    record_list([one.customer_id for one in found], by=user)
    return Candidates(items=[CandidateGiven.model_validate(candidate) for candidate in found])


@routes.post("/customers/duplicates", SEE, Duplicates, 200, writes=False)
def find_likely_duplicates(request: HttpRequest, sent: CustomerSent) -> Duplicates:
    """Ask who is perhaps here already, before making a customer."""
    user = bearer(request)
    found = likely_duplicates(customer_values(sent, user))
    record_list([one.customer_id for one in found], by=user)
    return Duplicates(items=[DuplicateGiven.model_validate(one) for one in found])


@routes.post("/customers", CREATE, CustomerGiven)
def create_customer_(request: HttpRequest, sent: CustomerSent) -> CustomerGiven:
    """Make a customer.

    Some name is all that is required. Nobody is looked for who is like them: ask for likely duplicates first.
    """
    user = bearer(request)
    customer = create_customer(customer_values(sent, user), by=user.actor)
    versioned(request, customer.version)
    return profile_of(customer)


@routes.post("/customers/many", CREATE, Outcomes, 200, many=True)
def create_many_customers(request: HttpRequest, sent: CustomersSent) -> Outcomes:
    """Make up to 500 customers.

    Each is made or refused by itself; the outcome says which. Sent again, what was made is not made twice.
    """
    user = bearer(request)
    return carry_out(request, sent.items, lambda one: create_customer(customer_values(one, user), by=user.actor).pk)


@routes.get("/customers/trash", REMOVE, Listed[Trashed])
def list_trashed_customers(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[Trashed]:
    """List the customers in the trash, the last put there first."""
    user = bearer(request)
    rows = page(trashed_customers(user), Order("trashed_at"), mark=mark, size=limit, parse=instant)
    record_list([one.pk for one in rows.rows], by=user)
    items = [Trashed(id=one.pk, name=one.name, trashed_at=one.trashed_at or now()) for one in rows.rows]
    return Listed[Trashed](items=items, **marks_of(rows))


@routes.get("/customers/{customer_id}", SEE, CustomerGiven)
def get_customer(request: HttpRequest, customer_id: PathId) -> CustomerGiven:
    """Read a customer's profile.

    The look is written down, as it is for staff: the customer may ask who looked.
    """
    user = bearer(request)
    customer = customer_for(user, customer_id)
    record_lookup(customer, LookUpPurpose.PROFILE, by=user)
    versioned(request, customer.version)
    return profile_of(customer)


@routes.patch("/customers/{customer_id}", CHANGE, CustomerGiven)
def change_customer_(request: HttpRequest, customer_id: PathId, sent: CustomerChange) -> CustomerGiven:
    """Change what a customer is called and who they are.

    Only the fields that are sent change. A name no longer used is kept among the former ones.
    """
    user = bearer(request)
    seen = seen_version(request, customer_for(user, customer_id).version)
    customer = change_customer(customer_id, sent.changes(), version=seen, by=user.actor)
    if request.headers.get("If-Match", "*") != "*" and customer.version > seen + 1:
        raise stale()
    versioned(request, customer.version)
    return profile_of(customer)


@routes.remove("/customers/{customer_id}", REMOVE)
def trash_customer_(request: HttpRequest, customer_id: PathId) -> None:
    """Put a customer in the trash, from where they can be taken back for thirty days."""
    user = bearer(request)
    trash_customer(customer_for(user, customer_id).pk, by=user.actor)


@routes.post("/customers/{customer_id}/restoration", REMOVE, CustomerGiven, 200)
def restore_customer_(request: HttpRequest, customer_id: PathId) -> CustomerGiven:
    """Take a customer back from the trash."""
    user = bearer(request)
    restore_customer(customer_for(user, customer_id, or_trashed=True).pk, by=user.actor)
    customer = customer_for(user, customer_id)
    versioned(request, customer.version)
    return profile_of(customer)


@routes.post("/customers/{customer_id}/former-names", CHANGE, FormerNameGiven)
def add_former_name(request: HttpRequest, customer_id: PathId, sent: FormerNameSent) -> FormerNameGiven:
    """Note a name by which people may still ask for the customer."""
    user = bearer(request)
    former = note_former_name(customer_for(user, customer_id).pk, sent.name, by=user.actor)
    return FormerNameGiven.model_validate(former)


@routes.remove("/customers/{customer_id}/former-names/{former_name_id}", CHANGE)
def remove_former_name_(request: HttpRequest, customer_id: PathId, former_name_id: PathId) -> None:
    """Remove a former name."""
    user = bearer(request)
    remove_former_name(former_name_for(user, customer_id, former_name_id), by=user.actor)


@routes.get("/customers/{customer_id}/timeline", SEE, Listed[MomentGiven])
def get_timeline(
    request: HttpRequest,
    customer_id: PathId,
    topic: Topic | None = query(None, description="Only what is about this."),
    q: QueryText = query("", description="Only what holds these words."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[MomentGiven]:
    """Read a customer's timeline, the newest first."""
    user = bearer(request)
    customer = customer_for(user, customer_id)
    rows = timeline(
        customer.pk,
        told=told_to(user),
        topics=[topic.value] if topic else (),
        search=q,
        mark=mark,
        size=limit,
    )
    unnamed_ = unnamed(user, others_in(rows.rows))
    told = moments(without(rows.rows, unnamed_) if q else rows.rows, unnamed_)
    return Listed[MomentGiven](items=[MomentGiven.model_validate(moment) for moment in told], **marks_of(rows))


@routes.get("/customers/{customer_id}/look-ups", SEE_LOOKUPS, Listed[LookUpGiven])
def list_look_ups(
    request: HttpRequest,
    customer_id: PathId,
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[LookUpGiven]:
    """List who looked at a customer, when and why: what they may ask for."""
    customer = customer_for(bearer(request), customer_id, or_trashed=True)
    rows = page(LookUp.objects.filter(customer=customer), Order("at"), mark=mark, size=limit, parse=instant)
    return Listed[LookUpGiven](items=[LookUpGiven.model_validate(look) for look in rows.rows], **marks_of(rows))


@routes.post("/customers/{customer_id}/undoings", CHANGE, CustomerGiven, 200)
def undo_removal_(request: HttpRequest, customer_id: PathId, sent: Removal) -> CustomerGiven:
    """Bring back a contact point, an address, a trait or a relation that was removed."""
    user = bearer(request)
    customer = customer_for(user, customer_id)
    removal = Happening.objects.about_customer(customer.pk).filter(pk=sent.moment_id).first()
    if removal is None or not undo_removal(removal, by=user.actor):
        raise not_found()
    versioned(request, customer.version)
    return profile_of(customer)


__all__ = ["CustomerRow", "routes", "row_of"]
