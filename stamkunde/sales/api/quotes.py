"""Quotes: the price of a basket held for a time, and what is written for a customer to accept."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language, User
from stamkunde.catalogue.models import VatClass
from stamkunde.kit.api.fields import (
    Day,
    Flag,
    Given,
    Id,
    Limit,
    Line,
    Mark,
    Minor,
    PathId,
    Quantity,
    Sent,
    Text,
    Version,
    query,
)
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.sales.access import (
    QUOTE,
    REGISTER,
    SET_PRICE,
    held_quote_for,
    most_discount,
    named,
    proposal_for,
    visible_proposals,
)
from stamkunde.sales.actions.proposals import (
    MOST_LINES,
    ProposalLineValues,
    ProposalValues,
    answer_proposal,
    change_proposal,
    renew_link,
    send_proposal,
    withdraw_proposal,
    write_proposal,
)
from stamkunde.sales.actions.quotes import commit_quote, hold_quote
from stamkunde.sales.api.orders import narrowed_customer
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.api.sent import BasisPoints, OrderSent, PaymentSent, known_customer, order_values, refuse_points
from stamkunde.sales.api.shapes import OrderGiven, order_of
from stamkunde.sales.models import HeldQuote, Proposal, ProposalState
from stamkunde.sales.public_links import address_to_read
from stamkunde.sales.queries.proposals import proposals
from stamkunde.sales.refusals import PriceChanged, ProposalStale
from stamkunde.sales.values import LineValues, PaymentValues

routes = Routes("Quotes", "The price of a basket held for a time, and quotes that customers accept or decline.")
Option = Annotated[int, Field(strict=True, ge=1, le=MOST_LINES)]


class HeldQuoteSent(OrderSent):
    """A basket whose price is to be held; it has neither a time, nor a receipt, nor payments yet."""


class CommitSent(Sent):
    """That a held quote is bought."""

    payments: list[PaymentSent] = Field(default=[], max_length=20)
    accepted_total: Minor | None = Field(
        None, description="After it has run out: the new total that was accepted.", examples=[None]
    )


class HeldLineGiven(Given):
    number: int
    product_id: int | None
    name: str
    quantity: str
    list_price: int
    pay: int
    said: dict[str, str] = Field(description="What was done to its price, in each language.")


class HeldQuoteGiven(Given):
    """A basket's price, held until `valid_until`."""

    id: int
    ref: UUID
    customer_id: int | None
    store_id: int
    channel: str
    currency: str = Field(examples=["NOK"])
    total: int
    basket_hash: str
    price_book: str
    engine_version: str
    made_at: datetime
    valid_until: datetime
    order_id: int | None = Field(description="The purchase it became.")
    lines: list[HeldLineGiven]


class ProposalLineSent(Sent):
    """A line of a quote: a product, or a description where it has none."""

    product_id: Id | None = Field(None, examples=[None])
    description: Line = Field("", examples=["Service of a bicycle"])
    quantity: Quantity = Field(Decimal(1), examples=["1"])
    unit_price: Minor | None = Field(None, description="What it costs now if it is left out.", examples=[89000])
    discount_basis_points: BasisPoints = Field(0, description="A share off the line: 10 % is 1000.", examples=[0])
    vat_class: VatClass = Field(VatClass.STANDARD, description="Of a line without a product.")
    is_optional: Flag = Field(False, description="It is bought only if the customer chooses it.")
    is_chosen: Flag = Field(True, description="An optional line is chosen until the customer says otherwise.")


class ProposalSent(Sent):
    """What is written in a quote."""

    customer_id: Id
    store_id: Id
    title: Line = Field(min_length=1, examples=["Service of two bicycles"])
    words: Text = Field("", description="The shop's own words.", examples=["Thank you for asking us."])
    language: Language | None = Field(None, description="The customer's, if it is left out.")
    valid_until: Day = Field(examples=["2027-05-17"])
    discount_basis_points: BasisPoints = Field(0, description="A share off the whole.", examples=[0])
    lines: list[ProposalLineSent] = Field(min_length=1, max_length=MOST_LINES)


class ProposalChange(ProposalSent):
    version: Version = Field(description="The version that was read; another one is refused with 409.")


class VersionSent(Sent):
    version: Version = Field(description="The version that was read; another one is refused with 409.")


class AnswerSent(Sent):
    """What the customer said."""

    revision: Version = Field(description="Which sending of it is answered.", examples=[1])
    is_accepted: Flag
    options: list[Option] = Field(default=[], max_length=MOST_LINES, description="The numbers of chosen options.")
    reason: Line = ""


class ProposalLineGiven(Given):
    number: int
    product_id: int | None
    description: str
    quantity: Decimal
    unit_price: int
    discount_basis_points: int
    vat_class: VatClass
    is_optional: bool
    is_chosen: bool


class ProposalRow(Given):
    """A quote as a list gives it. Amounts are in minor units of its currency, tax included."""

    id: int
    ref: UUID
    customer_id: int
    store_id: int
    state: ProposalState
    title: str
    currency: str = Field(examples=["NOK"])
    total: int
    valid_until: date
    has_run_out: bool = Field(description="It is with the customer, but its last day is over.")
    revision: int = Field(description="How often it was sent.")
    version: int
    written_at: datetime
    order_id: int | None = Field(description="The purchase that it became.")


class AnswerGiven(Given):
    revision: int
    is_accepted: bool
    text: str = Field(description="The very text that was accepted.")
    options: list[int]
    total: int
    reason: str
    answered_at: datetime
    answered_by: str
    by_link: bool


class ProposalGiven(ProposalRow):
    """A quote with its lines, and what was answered."""

    words: str
    language: Language
    discount_basis_points: int
    lines: list[ProposalLineGiven]
    answers: list[AnswerGiven]


class LinkGiven(Given):
    """A quote that is with the customer, and the link to it, which nobody can read again."""

    quote: ProposalGiven
    link: str


@said_as(ProposalStale)
def _stale(error: ProposalStale) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "stale", error.sentence)


@said_as(PriceChanged)
def _price_changed(error: PriceChanged) -> Problem:
    return Problem(
        HTTPStatus.CONFLICT,
        "price_changed",
        error.sentence,
        errors=[("accepted_total", error.sentence)],
        members={"total": error.total, "quote": _new_quote(error.quote)},
    )


def _new_quote(quote: Any) -> dict[str, Any]:
    return {
        "currency": quote.currency,
        "total": quote.total,
        "lines": [
            {"number": line.number, "name": line.name, "quantity": line.quantity, "pay": line.pay}
            for line in quote.lines
        ],
    }


@routes.post("/held-quotes", REGISTER, HeldQuoteGiven)
def hold_quote_(request: HttpRequest, sent: HeldQuoteSent, response: HttpResponse) -> HeldQuoteGiven:
    """Work out what a basket costs, and hold that price for a time.

    Buy it with `commit` until `valid_until`; the shop's settings say how long that is.
    """
    user = bearer(request)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    held = hold_quote(order_values(sent, user), by=user.actor, idempotency_key=key, **_rights(user))
    if held.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return _held_given(held, user)


@routes.get("/held-quotes/{held_id}", REGISTER, HeldQuoteGiven)
def get_held_quote(request: HttpRequest, held_id: PathId) -> HeldQuoteGiven:
    """Read a held quote."""
    user = bearer(request)
    return _held_given(held_quote_for(user, held_id), user)


@routes.post("/held-quotes/{held_id}/commit", REGISTER, OrderGiven, also=(409,))
def commit_quote_(request: HttpRequest, held_id: PathId, sent: CommitSent, response: HttpResponse) -> OrderGiven:
    """Buy what was quoted, at that price.

    Once it has run out it is worked out anew. Does it cost something else then, this is refused with 409, which says
    the new total, and nothing is written; send that as `accepted_total` when the customer accepts it. A quote becomes
    one purchase, however often this is sent.
    """
    user = bearer(request)
    payments = tuple(
        PaymentValues(method=one.method, amount=one.amount, reference=one.reference, gift_card=one.gift_card)
        for one in sent.payments
    )
    held = held_quote_for(user, held_id)
    if held.order_id is None and (held.basket.get("points") or held.basket.get("points_reservation")):
        refuse_points(user)
    order = commit_quote(
        held,
        payments=payments,
        accepted_total=sent.accepted_total,
        by=user.actor,
        **_rights(user),
    )
    if order.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return order_of(order, user)


@routes.get("/customer-quotes", QUOTE, Listed[ProposalRow])
def list_customer_quotes(
    request: HttpRequest,
    state: ProposalState | None = query(None),
    customer_id: PathId | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ProposalRow]:
    """List the quotes written for customers, the newest first."""
    user = bearer(request)
    found = proposals(
        visible_proposals(user),
        state=state.value if state else "",
        customer_id=narrowed_customer(user, customer_id),
        mark=mark,
        size=limit,
    )
    return Listed[ProposalRow](items=[_row(one) for one in found.rows], **marks_of(found))


@routes.post("/customer-quotes", QUOTE, ProposalGiven)
def write_customer_quote(request: HttpRequest, sent: ProposalSent, response: HttpResponse) -> ProposalGiven:
    """Write a quote for a customer, as a draft."""
    user = bearer(request)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    made = write_proposal(_values(sent, user), by=user.actor, idempotency_key=key, **_rights(user))
    if made.is_repeated:
        response["Idempotency-Replayed"] = "true"
    return _given(made)


@routes.get("/customer-quotes/{quote_id}", QUOTE, ProposalGiven)
def get_customer_quote(request: HttpRequest, quote_id: PathId) -> ProposalGiven:
    """Read a quote with its lines, and what was answered."""
    return _given(proposal_for(bearer(request), quote_id))


@routes.put("/customer-quotes/{quote_id}", QUOTE, ProposalGiven, also=(409,))
def change_customer_quote(request: HttpRequest, quote_id: PathId, sent: ProposalChange) -> ProposalGiven:
    """Write a quote anew. What was sent stays with the customer as it was until it is sent again."""
    user = bearer(request)
    proposal = proposal_for(user, quote_id)
    changed = change_proposal(proposal, _values(sent, user), version=sent.version, by=user.actor, **_rights(user))
    return _given(proposal_for(user, changed.pk))


@routes.post("/customer-quotes/{quote_id}/send", QUOTE, LinkGiven, also=(409,))
def send_customer_quote(request: HttpRequest, quote_id: PathId, sent: VersionSent) -> LinkGiven:
    """Let the customer answer a quote; the link to it is given out this once.

    Nothing is sent by this: hand the link over, or send the quote by e-mail instead. An earlier link ends.
    """
    user = bearer(request)
    proposal, token = send_proposal(proposal_for(user, quote_id), version=sent.version, by=user.actor)
    return LinkGiven(quote=_given(proposal), link=address_to_read(token))


@routes.post("/customer-quotes/{quote_id}/link", QUOTE, LinkGiven)
def renew_link_of_customer_quote(request: HttpRequest, quote_id: PathId) -> LinkGiven:
    """Make a new link to a quote that is with the customer; the old one ends."""
    user = bearer(request)
    proposal, token = renew_link(proposal_for(user, quote_id), by=user.actor)
    return LinkGiven(quote=_given(proposal), link=address_to_read(token))


@routes.post("/customer-quotes/{quote_id}/answer", QUOTE, ProposalGiven, also=(409,))
def answer_customer_quote(request: HttpRequest, quote_id: PathId, sent: AnswerSent) -> ProposalGiven:
    """Write down what a customer said to a quote; accepting makes the purchase."""
    user = bearer(request)
    proposal = proposal_for(user, quote_id)
    answer_proposal(
        proposal,
        revision=sent.revision,
        accepts=sent.is_accepted,
        options=sent.options,
        reason=sent.reason,
        by_link=False,
        by=user.actor,
    )
    return _given(proposal_for(user, proposal.pk))


@routes.post("/customer-quotes/{quote_id}/withdraw", QUOTE, ProposalGiven)
def withdraw_customer_quote(request: HttpRequest, quote_id: PathId) -> ProposalGiven:
    """Take a quote back, so that it cannot be answered any more."""
    user = bearer(request)
    return _given(withdraw_proposal(proposal_for(user, quote_id), by=user.actor))


def _rights(user: User) -> dict[str, Any]:
    return {"may_set_price": user.may(SET_PRICE.name), "most_discount": most_discount(user)}


def _values(sent: ProposalSent, user: User) -> ProposalValues:
    customer = known_customer(sent.customer_id, user)
    if not user.works_in(sent.store_id):
        raise invalid("There is no such store.", "store_id")
    return ProposalValues(
        customer_id=customer or sent.customer_id,
        store_id=sent.store_id,
        title=sent.title,
        words=sent.words,
        language=sent.language or "",
        valid_until=sent.valid_until,
        discount_basis_points=sent.discount_basis_points,
        lines=tuple(
            ProposalLineValues(
                line=LineValues(
                    product_id=line.product_id,
                    description=line.description,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount_basis_points=line.discount_basis_points,
                    vat_class=line.vat_class,
                ),
                is_optional=line.is_optional,
                is_chosen=line.is_chosen,
            )
            for line in sent.lines
        ),
    )


def _held_given(held: HeldQuote, user: User) -> HeldQuoteGiven:
    said = {one["line"]: one["text"] for one in held.trace}
    whose = named(user, held.customer)
    plain = {name: getattr(held, name) for name in HeldQuoteGiven.model_fields if name not in {"lines", "customer_id"}}
    return HeldQuoteGiven(
        **plain,
        customer_id=whose.pk if whose else None,
        lines=[
            HeldLineGiven(
                number=line["number"],
                product_id=line["product"],
                name=line["name"],
                quantity=line["quantity"],
                list_price=line["list_price"],
                pay=line["pay"],
                said=said[line["number"]],
            )
            for line in held.result["lines"]
        ],
    )


def _row(proposal: Proposal) -> ProposalRow:
    return ProposalRow(**_columns(proposal, ProposalRow))


def _columns(proposal: Proposal, shape: type[Given]) -> dict[str, Any]:
    plain = {name: getattr(proposal, name) for name in shape.model_fields if name not in {"lines", "answers"}}
    return plain | {"has_run_out": proposal.has_run_out(now())}


def _given(proposal: Proposal) -> ProposalGiven:
    answers = [version.answer for version in proposal.versions.select_related("answer") if hasattr(version, "answer")]
    return ProposalGiven(
        **_columns(proposal, ProposalGiven),
        lines=[ProposalLineGiven.model_validate(line) for line in proposal.lines.all()],
        answers=[
            AnswerGiven(
                revision=answer.version.number,
                options=answer.chosen,
                **{
                    name: getattr(answer, name)
                    for name in ("is_accepted", "text", "total", "reason", "answered_at", "answered_by", "by_link")
                },
            )
            for answer in answers
        ],
    )
