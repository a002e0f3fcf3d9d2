"""Offers, as machines read and keep them."""

from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Currency, Given, Id, Limit, Line, Mark, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.paging import Order, page
from stamkunde.pricing import actions
from stamkunde.pricing.access import CHANGE, SEE, offer_for, owners_of, visible_offers
from stamkunde.pricing.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.pricing.models import ForWhom, Offer, OfferLayer, OfferStacking, OfferState
from stamkunde.pricing.schemas import OfferConditions, OfferScope, OfferValues

routes = Routes("Offers", "What is taken off for whom, when and where.")
NEWEST = Order("id")


class OfferGiven(Given):
    """An offer; `benefit` is what its kind takes off, in minor units and basis points."""

    id: int
    name: str = Field(examples=["Three for two"])
    kind: str = Field(examples=["n_for_m"])
    layer: OfferLayer
    benefit: dict[str, Any] = Field(examples=[{"take": 3, "pay": 2}])
    scope: dict[str, Any]
    conditions: dict[str, Any]
    audience: ForWhom
    audience_of: str
    currency: str
    stacking: OfferStacking
    group: str
    priority: int
    customer_ids: list[int] = Field(description="Whose own it is; none where the token may not know customers.")
    state: OfferState
    version: int


class OfferSent(Sent):
    """An offer, as it is to be. Times carry no zone: they are those on the wall of the store."""

    name: Line = Field(examples=["Three for two"])
    kind: Word = Field(examples=["n_for_m"])
    layer: OfferLayer = OfferLayer.LINE
    benefit: dict[str, Any] = Field(examples=[{"take": 3, "pay": 2}])
    scope: OfferScope | None = None
    conditions: OfferConditions | None = None
    audience: ForWhom = ForWhom.ALL
    audience_of: Word = ""
    currency: Currency | Annotated[str, Field(pattern="^$")] = ""
    stacking: OfferStacking = OfferStacking.WITH_ALL
    group: Word = ""
    priority: Annotated[int, Field(strict=True, ge=-1_000, le=1_000)] = 0
    customer_ids: list[Id] = Field(
        default=[], max_length=10_000, description="Whose own it is, where it is for single customers.", examples=[[]]
    )


class OfferStateSent(Sent):
    """What is to become of it: live, paused or ended."""

    state: OfferState


@routes.get("/offers", SEE, Listed[OfferGiven])
def list_offers(
    request: HttpRequest,
    state: OfferState | None = query(None, description="Only those in this state."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[OfferGiven]:
    """List offers, the newest first."""
    found = visible_offers(bearer(request))
    rows = page(found.filter(state=state) if state else found, NEWEST, mark=mark, size=limit)
    owners = owners_of(rows.rows, bearer(request))
    return Listed[OfferGiven](items=[_shape(row, owners.get(row.pk, [])) for row in rows.rows], **marks_of(rows))


@routes.post("/offers", CHANGE, OfferGiven)
def write_offer_(request: HttpRequest, sent: OfferSent) -> OfferGiven:
    """Write an offer; it holds for nobody until it is put to work."""
    return _given(request, actions.write_offer(_values(sent), by=bearer(request).actor))


@routes.get("/offers/{offer_id}", SEE, OfferGiven)
def get_offer(request: HttpRequest, offer_id: PathId) -> OfferGiven:
    """Read an offer."""
    return _given(request, offer_for(bearer(request), offer_id))


@routes.put("/offers/{offer_id}", CHANGE, OfferGiven)
def change_offer_(request: HttpRequest, offer_id: PathId, sent: OfferSent) -> OfferGiven:
    """Change an offer; what it was before stays known."""
    user = bearer(request)
    offer = offer_for(user, offer_id)
    seen = seen_version(request, offer.version)
    return _given(request, actions.change_offer(offer, _values(sent), version=seen, by=user.actor))


@routes.put("/offers/{offer_id}/state", CHANGE, OfferGiven)
def set_offer_state(request: HttpRequest, offer_id: PathId, sent: OfferStateSent) -> OfferGiven:
    """Put an offer to work, pause it, or end it for good."""
    user = bearer(request)
    offer = offer_for(user, offer_id)
    return _given(request, actions.set_state(offer, sent.state, by=user.actor))


def _values(sent: OfferSent) -> OfferValues:
    said = sent.model_dump(exclude={"scope", "conditions", "customer_ids"})
    return OfferValues(
        **said,
        owners=tuple(sorted(set(sent.customer_ids))),
        scope=(sent.scope or OfferScope()).model_dump(mode="json", exclude_defaults=True),
        conditions=(sent.conditions or OfferConditions()).model_dump(mode="json", exclude_defaults=True),
    )


def _given(request: HttpRequest, offer: Offer) -> OfferGiven:
    versioned(request, offer.version)
    return _shape(offer, owners_of([offer], bearer(request)).get(offer.pk, []))


def _shape(offer: Offer, owners: list[int]) -> OfferGiven:
    columns = {name: getattr(offer, name) for name in OfferGiven.model_fields if name != "customer_ids"}
    return OfferGiven(**columns, customer_ids=owners)
