"""The log of looks at customers, and the numbers by which this module warns, as machines read and set them."""

from datetime import datetime, time, timedelta

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accountability.access import MANAGE, SEE
from stamkunde.accountability.actions.terms import set_terms
from stamkunde.accountability.models import Terms
from stamkunde.accountability.queries import looks as found
from stamkunde.accountability.queries.terms import the_terms
from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import SEE_LOOKUPS
from stamkunde.customers.models import LookUpPurpose
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.api.fields import Count, Given, Limit, Mark, PathId, QueryMoment, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes

routes = Routes("Looks", "Who looked at whom and what for, and what in it is unusual.")

LONGEST = timedelta(days=92)


class LookGiven(Given):
    """One look at one customer."""

    id: int
    customer_id: int
    purpose: LookUpPurpose
    at: datetime
    actor: ActorKind = Field(validation_alias="actor_kind")
    actor_id: int | None
    actor_label: str
    role: str
    store_id: int | None
    till_id: int | None


class AlertGiven(Given):
    """Something that somebody should ask about; it accuses nobody."""

    kind: str = Field(examples=["many", "hours", "deedless", "colleagues"])
    sentence: str
    who: str
    role: str
    actor_id: int | None
    number: int
    since: datetime
    until: datetime


class Alerts(Given):
    items: list[AlertGiven]


class TermsGiven(Given):
    """The numbers by which the shop is warned."""

    breach_hours: int = Field(description="Hours until the authority must be told of a breach.")
    many_looks: int = Field(description="Customers looked at by one person in an hour that are not too many yet.")
    opens_at: time
    closes_at: time


class TermsSent(Sent):
    breach_hours: Count = Field(ge=1, le=720)
    many_looks: Count = Field(ge=1, le=10_000)
    opens_at: time
    closes_at: time


@routes.get("/looks", SEE_LOOKUPS, Listed[LookGiven])
def list_looks(
    request: HttpRequest,
    actor_id: PathId | None = query(None, description="Only looks by this person."),
    till_id: PathId | None = query(None, description="Only looks at this till."),
    purpose: LookUpPurpose | None = query(None, description="Only looks for this purpose."),
    since: QueryMoment | None = query(None, description="From this moment on."),
    until: QueryMoment | None = query(None, description="Before this moment."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[LookGiven]:
    """List the looks at customers, the newest first."""
    narrowing = found.Narrowing(actor_id=actor_id, till_id=till_id, purpose=purpose or "", since=since, until=until)
    rows = found.log_page(narrowing, mark, limit)
    return Listed[LookGiven](items=[LookGiven.model_validate(look) for look in rows.rows], **marks_of(rows))


@routes.get("/looks/alerts", SEE_LOOKUPS, Alerts)
def list_look_alerts(
    request: HttpRequest,
    since: QueryMoment = query(..., description="From this moment on."),
    until: QueryMoment = query(..., description="Before this moment."),
) -> Alerts:
    """List what is unusual between two moments, three months apart at most."""
    if not timedelta(0) < until - since <= LONGEST:
        raise invalid("Ask for a time that ends after it begins and lasts three months at most.", "until")
    return Alerts(items=[AlertGiven.model_validate(alert) for alert in found.alerts(since, until)])


@routes.get("/warnings", SEE, TermsGiven)
def get_warnings(request: HttpRequest) -> TermsGiven:
    """Read the hours of a breach, and what counts as an unusual look."""
    return TermsGiven.model_validate(the_terms())


@routes.put("/warnings", MANAGE, TermsGiven)
def set_warnings(request: HttpRequest, sent: TermsSent) -> TermsGiven:
    """Set the hours of a breach, and what counts as an unusual look."""
    return TermsGiven.model_validate(set_terms(Terms(**sent.model_dump()), by=bearer(request).actor))
