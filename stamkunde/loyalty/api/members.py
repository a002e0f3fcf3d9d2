"""Memberships and cards, as machines read and keep them; and what a card that is shown brings."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.catalogue.barcodes import is_misread
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Given, Id, Limit, Line, Mark, PathId, QueryText, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import (
    ENROL,
    MANAGE,
    SEE,
    asker_of,
    card_for,
    membership_for,
    programme_for,
    visible_cards,
    visible_memberships,
)
from stamkunde.loyalty.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.loyalty.models import (
    CardMedium,
    CardState,
    MemberCard,
    Membership,
    MembershipSource,
    MembershipState,
    Symbology,
)
from stamkunde.loyalty.queries.cards import card_saying, cleaned
from stamkunde.loyalty.queries.lists import Narrowing, members
from stamkunde.loyalty.queries.standing import standing_of

routes = Routes("Members", "Who is a member of what, with which cards.")


class CardGiven(Given):
    """A member's card; `token` is what it says to a scanner."""

    id: int
    membership_id: int
    token: str = Field(examples=["2912345678906"])
    symbology: Symbology
    medium: CardMedium
    state: CardState
    issued_at: datetime
    ended_at: datetime | None
    replaced_by_id: int | None


class MembershipRow(Given):
    """A membership as a list gives it."""

    id: int
    programme_id: int
    customer_id: int | None
    number: str = Field(examples=["M4021187735"])
    state: MembershipState
    joined_at: datetime
    closed_at: datetime | None
    terms_version: str
    source: MembershipSource


class MembershipGiven(MembershipRow):
    """A membership with its cards, the newest first."""

    cards: list[CardGiven]


class MembershipSent(Sent):
    """Who joins what; joining agrees to the terms and to no advertising."""

    customer_id: Id
    programme_id: Id
    unconfirmed: Line = Field(
        "", description="A telephone number of theirs that was only typed and has to be confirmed.", examples=[""]
    )
    medium: CardMedium = CardMedium.APP
    symbology: Symbology = Symbology.EAN13
    friend: Line = Field(
        "", description="The code, card or membership number of a member who brought them.", examples=[""]
    )


class MembershipStateSent(Sent):
    """Confirmed and active, or closed for good."""

    state: Literal["active", "closed"]
    evidence: Line = Field("", description="How it is known that the number is theirs.", examples=[""])


class RestSent(Sent):
    """Whether it rests, and why."""

    rests: bool
    reason: Line = Field("", examples=["Sold the card"])


class CardSent(Sent):
    medium: CardMedium = CardMedium.PLASTIC
    symbology: Symbology = Symbology.EAN13


class CardStateSent(Sent):
    """Active, blocked, or at its end."""

    state: Literal["active", "blocked", "expired"]


class CardShown(Sent):
    """What was read off a card."""

    card: Line = Field(examples=["2912345678906"])


class MemberOfGiven(Given):
    membership_id: int
    number: str
    state: MembershipState
    programme_id: int
    programme_name: str
    holds: bool = Field(description="Whether it brings its benefits now.")
    level: str | None = Field(description="The name of its level now, if any.")


class StandingGiven(Given):
    """Whoever carries a card, and what it brings now: nothing where it is not in use."""

    card_state: CardState
    customer_id: int | None
    is_member: bool
    memberships: list[MemberOfGiven]


@routes.get("/memberships", SEE, Listed[MembershipRow])
def list_memberships(
    request: HttpRequest,
    programme_id: PathId | None = query(None, description="Only of this programme."),
    customer_id: PathId | None = query(None, description="Only of this customer."),
    state: MembershipState | None = query(None, description="Only those in this state."),
    text: QueryText = query("", description="Part of a name, a number or a card."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[MembershipRow]:
    """List memberships, those who joined last first."""
    user = bearer(request)
    if customer_id is not None:
        customer_id = customer_for(user, customer_id).pk
    narrowing = Narrowing(text=text, programme_id=programme_id, state=state or "", customer_id=customer_id)
    rows = members(visible_memberships(user), narrowing, mark=mark, size=limit)
    return Listed[MembershipRow](items=[MembershipRow.model_validate(row) for row in rows.rows], **marks_of(rows))


@routes.post("/memberships", ENROL, MembershipGiven)
def join_programme(request: HttpRequest, sent: MembershipSent) -> MembershipGiven:
    """Make a customer a member with a first card; who is one already is answered with that membership."""
    user = bearer(request)
    customer, programme = customer_for(user, sent.customer_id), programme_for(user, sent.programme_id)
    more = sent.model_dump(include={"unconfirmed", "medium", "symbology", "friend"}) | {"asker": asker_of(user)}
    joined = actions.join(customer.pk, programme, source=MembershipSource.API, by=user.actor, **more)
    return _membership(joined, user)


@routes.get("/memberships/{membership_id}", SEE, MembershipGiven)
def get_membership(request: HttpRequest, membership_id: PathId) -> MembershipGiven:
    """Read a membership with its cards."""
    user = bearer(request)
    return _membership(membership_for(user, membership_id), user)


@routes.put("/memberships/{membership_id}/state", ENROL, MembershipGiven)
def set_membership_state(request: HttpRequest, membership_id: PathId, sent: MembershipStateSent) -> MembershipGiven:
    """Confirm a membership, or end it with all its cards."""
    user = bearer(request)
    membership = membership_for(user, membership_id)
    if sent.state == "closed":
        return _membership(actions.close_membership(membership, by=user.actor), user)
    return _membership(actions.confirm_membership(membership, evidence=sent.evidence, by=user.actor), user)


@routes.put("/memberships/{membership_id}/rest", MANAGE, MembershipGiven)
def set_membership_rest(request: HttpRequest, membership_id: PathId, sent: RestSent) -> MembershipGiven:
    """Let a membership rest, so that it brings nothing, or hold again."""
    user = bearer(request)
    membership = membership_for(user, membership_id)
    if sent.rests:
        return _membership(actions.suspend_membership(membership, reason=sent.reason, by=user.actor), user)
    return _membership(actions.resume_membership(membership, by=user.actor), user)


@routes.post("/memberships/{membership_id}/cards", ENROL, CardGiven)
def issue_card_(request: HttpRequest, membership_id: PathId, sent: CardSent) -> CardGiven:
    """Give a member one more card."""
    user = bearer(request)
    membership = membership_for(user, membership_id)
    card = actions.issue_card(membership, medium=sent.medium, symbology=sent.symbology, by=user.actor)
    return CardGiven.model_validate(card)


@routes.get("/member-cards/{card_id}", SEE, CardGiven)
def get_card(request: HttpRequest, card_id: PathId) -> CardGiven:
    """Read a card."""
    return CardGiven.model_validate(card_for(bearer(request), card_id))


@routes.put("/member-cards/{card_id}/state", ENROL, CardGiven)
def set_card_state(request: HttpRequest, card_id: PathId, sent: CardStateSent) -> CardGiven:
    """Block a card that was lost, let it work again, or let it come to its end."""
    user = bearer(request)
    do = {"active": actions.unblock_card, "blocked": actions.block_card, "expired": actions.expire_card}[sent.state]
    return CardGiven.model_validate(do(card_for(user, card_id), by=user.actor))


@routes.post("/member-cards/{card_id}/replacement", ENROL, CardGiven)
def replace_card_(request: HttpRequest, card_id: PathId) -> CardGiven:
    """Give out a new card for an old one, which stops working; answered with the new one however often it is sent."""
    user = bearer(request)
    return CardGiven.model_validate(actions.replace_card(card_for(user, card_id), by=user.actor))


@routes.post("/standings", SEE, StandingGiven, 200, writes=False)
def read_standing(request: HttpRequest, sent: CardShown) -> StandingGiven:
    """Say who carries a card and what they are a member of now; a card that is not in use brings nothing."""
    user = bearer(request)
    if is_misread(cleaned(sent.card)):
        raise invalid("The card was misread. Scan it again.", "card")
    card = card_saying(sent.card)
    if card is None or not visible_cards(user).filter(pk=card.pk).exists():
        raise invalid("No member's card says that.", "card")
    if card.state != CardState.ACTIVE:
        return StandingGiven(card_state=CardState(card.state), customer_id=None, is_member=False, memberships=[])
    known = standing_of(card.membership.customer_id or 0, now())
    return StandingGiven(
        card_state=CardState(card.state),
        customer_id=known.customer_id,
        is_member=known.is_member,
        memberships=[MemberOfGiven.model_validate(one) for one in known.memberships],
    )


def _membership(membership: Membership, user: User) -> MembershipGiven:
    row = MembershipRow.model_validate(membership).model_dump()
    cards = MemberCard.objects.filter(membership=membership).order_by("-pk")
    return MembershipGiven(**row, cards=[CardGiven.model_validate(card) for card in cards])
