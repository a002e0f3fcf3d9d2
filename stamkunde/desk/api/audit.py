"""The audit, as machines read it: who did what, and when, in sentences."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.access import SEE, told_to, unnamed
from stamkunde.desk.told import lines_for, names_of, sentence_for
from stamkunde.events.access import AUDIT
from stamkunde.events.models import Topic
from stamkunde.events.queries import NOBODY, Moment, moments, people_in
from stamkunde.events.queries import audit as audited
from stamkunde.kit.api.fields import Given, Limit, Mark, PathId, QueryDay, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import start_of_day

routes = Routes("Audit", "Who did what, and when, in sentences; `GET /events` tells the same to programs, in order.")


class AuditGiven(Given):
    """Something that was done."""

    id: int
    name: str = Field(description="The event's lasting name.", examples=["sales.order_placed"])
    topic: Topic
    at: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it was written down.")
    actor: str = Field(description="Who did it.", examples=["Anna"])
    sentence: str = Field(description="What was done, in the language asked for.")
    lines: list[str]
    customer_id: int | None = Field(description="To whom; null for nobody, and where one may not know.")
    subject_id: int | None = Field(description="The number of the thing it was done to.")


@routes.get("/audit", AUDIT, Listed[AuditGiven])
def list_audit(
    request: HttpRequest,
    topic: Topic | None = query(None, description="Only what is about this."),
    staff_id: PathId | None = query(None, description="Only what this member of staff did."),
    customer_id: PathId | None = query(None),
    since: QueryDay | None = query(None, description="The first day."),
    until: QueryDay | None = query(None, description="The last day."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[AuditGiven]:
    """List what was done, the last written down first."""
    user = bearer(request)
    may_see = user.may(SEE.name)
    if customer_id is not None and not may_see:
        # How many there are would tell.
        raise Problem(400, "unreadable", "This token may not see customers, so it cannot narrow by one.")
    if customer_id is not None and unnamed(user, [customer_id]):
        customer_id = NOBODY
    rows = audited(
        told=told_to(user),
        mark=mark,
        size=limit,
        names=names_of(topic.value) if topic else (),
        actor_id=staff_id,
        customer_id=customer_id,
        since=_begin(since, "since"),
        until=_begin(until + timedelta(days=1), "until") if until and _is_near(until, "until") else None,
    )
    items = [_given(moment, may_see=may_see) for moment in moments(rows.rows, unnamed(user, people_in(rows.rows)))]
    return Listed[AuditGiven](items=items, **marks_of(rows))


def _begin(day: date | None, field: str) -> datetime | None:
    return start_of_day(day, the_shop().zone) if day and _is_near(day, field) else None


def _is_near(day: date, field: str) -> bool:
    if not 1990 <= day.year <= 2100:
        raise invalid("Name a day that is nearer to today.", field)
    return True


def _given(moment: Moment, *, may_see: bool) -> AuditGiven:
    return AuditGiven(
        id=moment.id,
        name=moment.name,
        topic=Topic(moment.topic),
        at=moment.at,
        recorded_at=moment.recorded_at,
        actor=moment.actor,
        sentence=sentence_for(moment, may_see=may_see),
        lines=lines_for(moment, may_see=may_see),
        customer_id=moment.customer_id if may_see else None,
        subject_id=moment.subject_id,
    )
