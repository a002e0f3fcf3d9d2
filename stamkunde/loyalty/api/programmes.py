"""Programmes, as machines read and keep them."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Currency, Given, Limit, Line, Mark, Minor, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.paging import Order, page
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import MANAGE, SEE, programme_for, visible_programmes
from stamkunde.loyalty.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.loyalty.models import ExpiryKind, Programme, ProgrammeState
from stamkunde.loyalty.shown_rules import rules_said
from stamkunde.loyalty.values import ProgrammeValues

routes = Routes("Loyalty programmes", "What customers can be members of, and by which rules.")
NEWEST = Order("id")


class ProgrammeGiven(Given):
    """A programme; amounts are in minor units of its currency."""

    id: int
    name: str = Field(examples=["Stamkunde"])
    state: ProgrammeState
    currency: str = Field(examples=["NOK"])
    zone: str = Field(examples=["Europe/Oslo"])
    earn_points: int
    earn_per: int = Field(description="Members earn `earn_points` for each of these, rounded down for a receipt.")
    hold_days: int
    point_worth: int = Field(description="What a point takes off; nought means that points are not used so.")
    expiry: ExpiryKind
    expiry_after: int
    terms_version: str
    ends_on: date | None
    redeem_until: date | None
    version: int
    rules: list[str] = Field(description="The rules as sentences.")


class ProgrammeSent(Sent):
    """The rules of a programme, as they are to be."""

    name: Line = Field(examples=["Stamkunde"])
    currency: Currency = Field(examples=["NOK"])
    zone: Line = Field(examples=["Europe/Oslo"])
    earn_points: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    earn_per: Minor = Field(1_000, examples=[1_000])
    hold_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 30
    point_worth: Minor = 0
    expiry: ExpiryKind = ExpiryKind.YEAR_END
    expiry_after: Annotated[int, Field(strict=True, ge=1, le=1_200)] = 1
    terms_version: Word = ""


class ProgrammeStateSent(Sent):
    """Whether it is open, or when it ends; closed without a day ends it at once and for good."""

    state: Literal["open", "closed"]
    ends_on: date | None = Field(None, description="The last day of its benefits.", examples=[None])
    redeem_until: date | None = Field(None, description="The last day of using points.", examples=[None])


@routes.get("/programmes", SEE, Listed[ProgrammeGiven])
def list_programmes(
    request: HttpRequest,
    state: ProgrammeState | None = query(None, description="Only those in this state."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ProgrammeGiven]:
    """List programmes, the newest first."""
    found = visible_programmes(bearer(request))
    rows = page(found.filter(state=state) if state else found, NEWEST, mark=mark, size=limit)
    return Listed[ProgrammeGiven](items=[_row(row) for row in rows.rows], **marks_of(rows))


@routes.post("/programmes", MANAGE, ProgrammeGiven)
def write_programme_(request: HttpRequest, sent: ProgrammeSent) -> ProgrammeGiven:
    """Write a programme; nobody can join it until it is opened."""
    values = ProgrammeValues(**sent.model_dump())
    return _given(request, actions.write_programme(values, by=bearer(request).actor))


@routes.get("/programmes/{programme_id}", SEE, ProgrammeGiven)
def get_programme(request: HttpRequest, programme_id: PathId) -> ProgrammeGiven:
    """Read a programme with its rules."""
    return _given(request, programme_for(bearer(request), programme_id))


@routes.put("/programmes/{programme_id}", MANAGE, ProgrammeGiven)
def change_programme_(request: HttpRequest, programme_id: PathId, sent: ProgrammeSent) -> ProgrammeGiven:
    """Change the rules; what was earned stays as it was earned."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    seen = seen_version(request, programme.version)
    values = ProgrammeValues(**sent.model_dump())
    return _given(request, actions.change_programme(programme, values, version=seen, by=user.actor))


@routes.put("/programmes/{programme_id}/state", MANAGE, ProgrammeGiven)
def set_programme_state(request: HttpRequest, programme_id: PathId, sent: ProgrammeStateSent) -> ProgrammeGiven:
    """Open a programme, say when it ends, or close it for good."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    if sent.state == "open":
        return _given(request, actions.open_programme(programme, by=user.actor))
    ended = actions.close_programme(programme, ends_on=sent.ends_on, redeem_until=sent.redeem_until, by=user.actor)
    return _given(request, ended)


def _given(request: HttpRequest, programme: Programme) -> ProgrammeGiven:
    versioned(request, programme.version)
    return _row(programme)


def _row(programme: Programme) -> ProgrammeGiven:
    columns = {name: getattr(programme, name) for name in ProgrammeGiven.model_fields if name != "rules"}
    return ProgrammeGiven(**columns, rules=rules_said(programme))
