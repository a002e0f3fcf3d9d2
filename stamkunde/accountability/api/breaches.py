"""Breaches, as machines read and record them."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accountability.access import MANAGE, SEE, breach_for
from stamkunde.accountability.actions.breach import (
    change_breach,
    close_breach,
    left_to_do,
    note_affected_list,
    record_breach,
    reopen_breach,
)
from stamkunde.accountability.models import Breach, Risk
from stamkunde.accountability.queries.reach import Reach, affected
from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Count, Given, Id, Limit, Line, Mark, Moment, PathId, Sent, Text, Version, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, instant, page

routes = Routes("Breaches", "What went wrong with personal data, what was done, and who was told (GDPR art. 33, 34).")


class BreachSent(Sent):
    title: Line = Field(min_length=1, max_length=120)
    known_at: Moment = Field(description="From when the clock of the law runs.")
    began_at: Moment | None = None
    ended_at: Moment | None = None
    what: Text = Field(min_length=1, max_length=4_000)
    data: Line = Field("", max_length=300)
    people: Count | None = Field(None, le=2_000_000_000)
    consequences: Text = Field("", max_length=4_000)
    measures: Text = Field("", max_length=4_000)
    risk: Risk = Risk.UNKNOWN
    authority_told_at: Moment | None = None
    authority_reference: Line = Field("", max_length=120)
    why_late: Line = ""
    people_told_at: Moment | None = None
    how_people_were_told: Line = ""
    why_not_told: Line = ""


class BreachChangeSent(BreachSent):
    version: Version


class BreachGiven(Given):
    """One breach, with until when the authority must be told and what is left to do."""

    id: int
    title: str
    known_at: datetime
    due_at: datetime = Field(description="Until when the authority must be told, unless nobody is likely to be harmed.")
    began_at: datetime | None
    ended_at: datetime | None
    what: str
    data: str
    people: int | None
    consequences: str
    measures: str
    risk: Risk
    authority_told_at: datetime | None
    authority_reference: str
    why_late: str
    people_told_at: datetime | None
    how_people_were_told: str
    why_not_told: str
    closed_at: datetime | None
    left: list[str] = Field(description="What must be done before it can be closed.")
    version: int


class AffectedSent(Sent):
    """By whose hand, where and between which moments; and what the list is needed for."""

    actor_id: Id | None = Field(None, description="The number of a member of staff.")
    token_id: Id | None = Field(None, description="The number of a token.")
    device_id: Id | None = Field(None, description="The number of a till's device: whoever was signed in on it.")
    till_id: Id | None = None
    by_machines: bool | None = Field(None, description="Only what other programs did, or only people.")
    since: Moment
    until: Moment
    reason: Line = Field(min_length=1, max_length=300)


class AffectedGiven(Given):
    customer_id: int
    name: str
    email: str
    phone: str
    first: datetime
    last: datetime
    looks: int = Field(description="How often they were looked at.")
    lists: int = Field(description="On how many lists of searches they stood.")
    changes: int = Field(description="How often they bought, or something about them was changed.")


class AffectedList(Given):
    items: list[AffectedGiven]


@routes.get("/breaches", SEE, Listed[BreachGiven])
def list_breaches(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[BreachGiven]:
    """List the breaches, the one known last first."""
    rows = page(Breach.objects.all(), Order("known_at"), mark=mark, size=limit, parse=instant)
    return Listed[BreachGiven](items=[_given(breach) for breach in rows.rows], **marks_of(rows))


@routes.get("/breaches/{breach_id}", SEE, BreachGiven)
def get_breach(request: HttpRequest, breach_id: PathId) -> BreachGiven:
    """Read one breach."""
    return _given(breach_for(bearer(request), breach_id))


@routes.post("/breaches", MANAGE, BreachGiven)
def record_breach_(request: HttpRequest, sent: BreachSent) -> BreachGiven:
    """Record a breach; its clock runs from when it was known."""
    return _given(record_breach(_filled(Breach(), sent), by=bearer(request).actor))


@routes.put("/breaches/{breach_id}", MANAGE, BreachGiven)
def change_breach_(request: HttpRequest, breach_id: PathId, sent: BreachChangeSent) -> BreachGiven:
    """Change the record of an open breach; a stale version is refused."""
    row = _filled(breach_for(bearer(request), breach_id), sent)
    return _given(change_breach(row, seen_version=sent.version, by=bearer(request).actor))


@routes.post("/breaches/{breach_id}/closing", MANAGE, BreachGiven, 200)
def close_breach_(request: HttpRequest, breach_id: PathId) -> BreachGiven:
    """Close a breach of which nothing is left to do."""
    close_breach(breach_for(bearer(request), breach_id), by=bearer(request).actor)
    return _given(breach_for(bearer(request), breach_id))


@routes.post("/breaches/{breach_id}/opening", MANAGE, BreachGiven, 200)
def reopen_breach_(request: HttpRequest, breach_id: PathId) -> BreachGiven:
    """Open a closed breach again."""
    reopen_breach(breach_for(bearer(request), breach_id), by=bearer(request).actor)
    return _given(breach_for(bearer(request), breach_id))


@routes.post("/breaches/{breach_id}/affected", MANAGE, AffectedList, 200)
def list_affected(request: HttpRequest, breach_id: PathId, sent: AffectedSent) -> AffectedList:
    """List whose data was read or changed between two moments; what for is kept in the audit.

    It comes from the log of looks, the lists of searches at the counter, and what happened. What a program read as a
    list stands in no log: whoever held such a token may have read all that it lets read.
    """
    breach = breach_for(bearer(request), breach_id)
    program = -sent.token_id if sent.token_id is not None else None
    reach = Reach(program_id=program, **sent.model_dump(exclude={"reason", "token_id"}))
    people = [AffectedGiven.model_validate(one) for one in affected(reach)]
    note_affected_list(breach, reason=sent.reason, number=len(people), by=bearer(request).actor)
    return AffectedList(items=people)


def _given(breach: Breach) -> BreachGiven:
    names = [name for name in BreachGiven.model_fields if name != "left"]
    return BreachGiven(left=left_to_do(breach), **{name: getattr(breach, name) for name in names})


def _filled(row: Any, sent: Sent) -> Any:
    for name, value in sent.model_dump(exclude={"version"}).items():
        setattr(row, name, value)
    return row
