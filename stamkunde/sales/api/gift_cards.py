"""Gift cards, as machines look them up and keep them. They are sold, topped up and paid with by a purchase."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.kit.api.fields import Day, Given, Limit, Line, Mark, PathId, Sent, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, page
from stamkunde.sales.access import CHANGE_GIFT_CARDS, GIFT_CARDS, gift_card_for, named, visible_gift_cards
from stamkunde.sales.actions import gift_cards
from stamkunde.sales.api.orders import narrowed_customer
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.models import CardKind, GiftCard, GiftCardState, PostingKind
from stamkunde.sales.queries.card_months import card_months

routes = Routes("Gift cards", "Money paid beforehand: what is on a card, and what became of it.")
NEWEST = Order("id")
REASON = Field(min_length=1, max_length=200, description="Why, in a few words.", examples=["The card was lost."])


class GiftCardRow(Given):
    """A gift card. The code is not told: whoever has it has the money."""

    id: int
    ref: UUID
    ending: str = Field(description="The end of its code.", examples=["7KQM"])
    kind: CardKind
    state: GiftCardState
    store_id: int
    customer_id: int | None = Field(description="Whose it is; null for nobody, and where the token may not know.")
    currency: str = Field(examples=["NOK"])
    balance: int = Field(description="What is on it, in minor units.", examples=[50000])
    expires_on: date | None = Field(description="The last day it can be used, at its store; null for ever.")
    usable: bool = Field(description="It can be paid with now.")
    replaced_by_id: int | None
    note: str
    issued_at: datetime


class PostingGiven(Given):
    """A change of what is on a card."""

    id: int
    kind: PostingKind
    amount: int = Field(description="Below nought where it was taken off.", examples=[-12900])
    balance: int = Field(description="What was on it afterwards.", examples=[37100])
    at: datetime
    store_id: int | None
    order_id: int | None
    returned_id: int | None
    reason: str
    registered_by: str


class GiftCardGiven(GiftCardRow):
    """A gift card with its statement, the latest first."""

    postings: list[PostingGiven]


class NewCardGiven(GiftCardGiven):
    """A card that has just been given out, with the code to be handed over."""

    code: str = Field(examples=["G7KQM2XW9ABCDEFH"])


class CardMonthGiven(Given):
    """A month of gift cards in one currency, in minor units."""

    month: date = Field(description="Its first day.", examples=["2026-05-01"])
    currency: str = Field(examples=["NOK"])
    sold: int = Field(description="Topped up too, less cards that were taken back.", examples=[150000])
    used: int = Field(examples=[42000])
    given_back: int = Field(examples=[0])
    expired: int = Field(examples=[0])
    corrected: int = Field(examples=[0])
    open: int = Field(description="What is owed at the end of the month.", examples=[108000])


class CardMonths(Given):
    """Months of gift cards."""

    items: list[CardMonthGiven]


class CodeSent(Sent):
    """The code of a gift card, as it was typed or scanned."""

    code: Word = Field(min_length=1, examples=["G7KQ-M2XW-9ABC-DEFH"])


class ReasonSent(Sent):
    """Why it is done."""

    reason: Annotated[Line, REASON]


class GiftCardStateSent(ReasonSent):
    """Whether it can be used; a card that was replaced cannot be used again."""

    state: GiftCardState


class GiftCardCorrectionSent(ReasonSent):
    """So much more on the card, or less."""

    amount: Annotated[int, Field(strict=True, ge=-1_000_000_000_000, le=1_000_000_000_000, examples=[-10000])]


class LastDaySent(ReasonSent):
    """A later last day."""

    expires_on: Day


@routes.get("/gift-cards", GIFT_CARDS, Listed[GiftCardRow])
def list_gift_cards(
    request: HttpRequest,
    state: GiftCardState | None = query(None, description="Only those in this state."),
    customer_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[GiftCardRow]:
    """List gift cards, the newest first."""
    user = bearer(request)
    found = visible_gift_cards(user).select_related("store", "customer")
    whose = narrowed_customer(user, customer_id)
    if whose is not None:
        found = found.filter(customer=whose)
    rows = page(found.filter(state=state) if state else found, NEWEST, mark=mark, size=limit)
    return Listed[GiftCardRow](items=[GiftCardRow(**_columns(card, user)) for card in rows.rows], **marks_of(rows))


@routes.get("/gift-cards/months", GIFT_CARDS, CardMonths)
def list_gift_card_months(request: HttpRequest) -> CardMonths:
    """Say what is owed on gift cards, month by month and by currency, the oldest first."""
    months = card_months(visible_gift_cards(bearer(request)))
    return CardMonths(items=[CardMonthGiven.model_validate(own) for own in months])


@routes.post("/gift-cards/look-ups", GIFT_CARDS, GiftCardGiven, 200, writes=False)
def look_up_gift_card(request: HttpRequest, sent: CodeSent) -> GiftCardGiven:
    """Say what is on a card, by its code.

    After ten wrong codes in a minute the next ones are refused without being looked at.
    """
    user = bearer(request)
    return _given(gift_cards.card_with(sent.code, by=user.actor, field="code"), user)


@routes.get("/gift-cards/{gift_card_id}", GIFT_CARDS, GiftCardGiven)
def get_gift_card(request: HttpRequest, gift_card_id: PathId) -> GiftCardGiven:
    """Read a gift card with its statement."""
    user = bearer(request)
    return _given(gift_card_for(user, gift_card_id), user)


@routes.put("/gift-cards/{gift_card_id}/state", CHANGE_GIFT_CARDS, GiftCardGiven)
def set_gift_card_state(request: HttpRequest, gift_card_id: PathId, sent: GiftCardStateSent) -> GiftCardGiven:
    """Block a lost card, or let one that was found be used again."""
    user = bearer(request)
    card = gift_card_for(user, gift_card_id)
    if sent.state != card.state:
        gift_cards.set_state(card, sent.state, reason=sent.reason, by=user.actor)
    return _given(gift_card_for(user, gift_card_id), user)


@routes.put("/gift-cards/{gift_card_id}/last-day", CHANGE_GIFT_CARDS, GiftCardGiven)
def set_gift_card_last_day(request: HttpRequest, gift_card_id: PathId, sent: LastDaySent) -> GiftCardGiven:
    """Let a card be used for longer; an earlier day is refused."""
    user = bearer(request)
    card = gift_card_for(user, gift_card_id)
    if sent.expires_on != card.expires_on:
        gift_cards.give_later_day(card, sent.expires_on, reason=sent.reason, by=user.actor)
    return _given(gift_card_for(user, gift_card_id), user)


@routes.post("/gift-cards/{gift_card_id}/corrections", CHANGE_GIFT_CARDS, GiftCardGiven)
def correct_gift_card(request: HttpRequest, gift_card_id: PathId, sent: GiftCardCorrectionSent) -> GiftCardGiven:
    """Put more on a card, or take some off it, and say why; never below nought."""
    user = bearer(request)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    card = gift_card_for(user, gift_card_id)
    gift_cards.correct_card(card, sent.amount, reason=sent.reason, by=user.actor, idempotency_key=key)
    return _given(gift_card_for(user, gift_card_id), user)


@routes.post("/gift-cards/{gift_card_id}/replacements", CHANGE_GIFT_CARDS, NewCardGiven)
def replace_gift_card(request: HttpRequest, gift_card_id: PathId, sent: ReasonSent) -> NewCardGiven:
    """Give out a new card with all that is on the old one, which can be used no more. Its code is told here alone."""
    user = bearer(request)
    fresh = gift_cards.replace_card(gift_card_for(user, gift_card_id), reason=sent.reason, by=user.actor)
    return NewCardGiven(**_given(fresh, user).model_dump(), code=fresh.token)


def _given(card: GiftCard, user: User) -> GiftCardGiven:
    rows = card.postings.order_by("-pk")
    return GiftCardGiven(**_columns(card, user), postings=[PostingGiven.model_validate(row) for row in rows])


def _columns(card: GiftCard, user: User) -> dict[str, Any]:
    known = named(user, card.customer)
    plain = {
        name: getattr(card, name)
        for name in ("id", "ref", "kind", "state", "store_id", "currency", "balance", "expires_on", "replaced_by_id",
                     "note", "issued_at")
    }  # fmt: skip
    usable = card.state == GiftCardState.ACTIVE and not gift_cards.is_past(card, now()) and card.balance > 0
    return {**plain, "ending": card.token[-4:], "customer_id": known.pk if known else None, "usable": usable}
