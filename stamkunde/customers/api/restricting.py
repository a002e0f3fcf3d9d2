"""Whose data may only be stored, and objections to marketing, as machines record them."""

from datetime import datetime

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import (
    CHANGE,
    RESTRICT,
    CustomerRestricted,
    customer_for,
    restricted_customer_for,
    restricted_customers,
)
from stamkunde.customers.actions import lift_restriction, record_objection, restrict_customer
from stamkunde.customers.models import Restriction, RestrictionGround
from stamkunde.customers.queries.restricted import open_restriction, restricted_page
from stamkunde.kit.api.fields import Flag, Given, Limit, Line, Mark, PathId, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, said_as
from stamkunde.kit.api.routes import Routes

routes = Routes("Restrictions", "Whose data may only be stored (GDPR art. 18), and objections to marketing (art. 21).")


@said_as(CustomerRestricted)
def _restricted(error: CustomerRestricted) -> Problem:
    return Problem(423, "restricted", "The data of this customer may only be stored until the restriction is lifted.")


class RestrictionGiven(Given):
    """A restriction that stands."""

    customer_id: int
    ground: RestrictionGround
    reason: str
    began_at: datetime
    began_by: str


class RestrictionSent(Sent):
    ground: RestrictionGround
    reason: Line = Field(min_length=1)


class LiftingSent(Sent):
    """Why it is lifted, and how the customer was told before."""

    because: Line = Field(min_length=1)
    told_how: Line = Field(min_length=1, max_length=300)


class RestrictedGiven(Given):
    id: int
    restricted_at: datetime | None


class ObjectionSent(Sent):
    only_profiling: Flag = Field(False, description="Personal suggestions only, instead of all marketing.")
    evidence: Line = Field(min_length=1, max_length=300, description="Where and how they said so.")


class Recorded(Given):
    recorded: bool


@routes.get("/restrictions", RESTRICT, Listed[RestrictedGiven])
def list_restricted(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[RestrictedGiven]:
    """List those whose data may only be stored, the latest first."""
    rows = restricted_page(restricted_customers(bearer(request)), mark, limit)
    return Listed[RestrictedGiven](items=[RestrictedGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@routes.get("/customers/{customer_id}/restriction", RESTRICT, RestrictionGiven)
def get_restriction(request: HttpRequest, customer_id: PathId) -> RestrictionGiven:
    """Read the restriction that stands on a customer."""
    return _given(open_restriction(restricted_customer_for(bearer(request), customer_id)))


@routes.post("/customers/{customer_id}/restriction", RESTRICT, RestrictionGiven)
def restrict_customer_(request: HttpRequest, customer_id: PathId, sent: RestrictionSent) -> RestrictionGiven:
    """Let a customer's data be stored and nothing else."""
    user = bearer(request)
    customer = customer_for(user, customer_id, or_trashed=True)
    return _given(restrict_customer(customer.pk, sent.ground, reason=sent.reason, by=user.actor))


@routes.post("/customers/{customer_id}/restriction/lifting", RESTRICT, Recorded, 200)
def lift_restriction_(request: HttpRequest, customer_id: PathId, sent: LiftingSent) -> Recorded:
    """Lift a restriction of which the customer has been told before."""
    user = bearer(request)
    customer = restricted_customer_for(user, customer_id)
    lift_restriction(customer.pk, because=sent.because, told_how=sent.told_how, by=user.actor)
    return Recorded(recorded=True)


@routes.post("/customers/{customer_id}/objections", CHANGE, Recorded)
def record_objection_(request: HttpRequest, customer_id: PathId, sent: ObjectionSent) -> Recorded:
    """Record an objection to marketing, which counts at once; only a yes given later changes it."""
    user = bearer(request)
    customer = customer_for(user, customer_id)
    record_objection(customer.pk, only_profiling=sent.only_profiling, evidence=sent.evidence, by=user.actor)
    return Recorded(recorded=True)


def _given(restriction: Restriction | None) -> RestrictionGiven:
    if restriction is None:
        raise Http404
    return RestrictionGiven.model_validate(restriction)
