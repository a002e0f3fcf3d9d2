"""What a basket costs and why, and the lowest price of the last days."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Store, User
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.access import product_for
from stamkunde.catalogue.barcodes import cleaned, is_misread
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Flag, Given, Id, Line, Minor, PathId, Quantity, Sent, Word
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.pricing.access import SEE
from stamkunde.pricing.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.pricing.api.refusals import asker_of
from stamkunde.pricing.evaluator import Quote, Step, TooMuchOff
from stamkunde.pricing.evaluator.values import Code, Standing
from stamkunde.pricing.explaining import sentence
from stamkunde.pricing.queries.baskets import Wanted, quoted
from stamkunde.pricing.queries.codes import MOST_CODES, note_guess, shown_codes
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.queries.prior import PriorPrices
from stamkunde.pricing.standings import source

routes = Routes("Prices", "What a basket costs and why.")
MOST_LINES = 500


class QuoteLineSent(Sent):
    """A line that somebody wants to buy."""

    product_id: Id
    quantity: Quantity = Decimal(1)
    unit_price: Minor | None = Field(None, description="A price set by hand; no offer changes it.", examples=[None])
    discount: Minor = 0


class QuoteSent(Sent):
    """A basket, and who buys as far as prices ask."""

    store_id: Id
    channel: Literal["shop", "phone", "web"] = "shop"
    lines: list[QuoteLineSent] = Field(max_length=MOST_LINES)
    discount: Minor = 0
    as_member: Flag = Field(False, description="What a member would pay.")
    as_employee: Flag = Field(False, description="What an employee would pay.")
    level: Line = Field("", description="The level of membership whose benefits hold.")
    customer_id: Id | None = Field(None, description="Whoever buys, with what they are a member of.", examples=[None])
    card: Line = Field("", description="What a member's card says, instead of the customer.", examples=[""])
    codes: list[Word] = Field(default=[], max_length=MOST_CODES, description="Codes that are shown.", examples=[[]])
    basket: Word = Field("", description="The key under which codes are held for this basket.", examples=[""])


class QuoteStepGiven(Given):
    """One thing that changed a price, or did not and says why."""

    line: int = Field(description="Nought is the whole basket.")
    layer: str
    outcome: str = Field(examples=["applied"])
    source: str = Field(examples=["offer:7"])
    name: str
    amount: int = Field(description="What it takes off, in minor units; points where it is about points.")
    before: int
    after: int
    reason: str = Field(description="Why it did not count, of a closed list.", examples=["WORSE_PRICE"])
    missing: int
    missing_units: int
    sentence: str


class QuoteShareGiven(Given):
    source: str
    layer: str
    amount: int


class QuoteLineGiven(Given):
    """A line as it is to be paid."""

    number: int
    product_id: int | None
    sku: str
    name: str
    quantity: str
    list_price: int
    unit_price: int
    gross: int
    pay: int
    vat_basis_points: int
    vat: int
    is_overridden: bool
    allocations: list[QuoteShareGiven]


class QuoteRateGiven(Given):
    basis_points: int
    vat: int


class QuoteGiven(Given):
    """What the basket costs, with every step that led there."""

    currency: str
    gross: int
    discount: int
    total: int
    vat: list[QuoteRateGiven]
    lines: list[QuoteLineGiven]
    steps: list[QuoteStepGiven]
    is_bounded: bool = Field(description="Whether there were too many ways of combining offers to try them all.")
    valid_until: datetime
    engine_version: str


class PriorPriceGiven(Given):
    """The lowest price that everybody could pay in the days before now, which a sign may name as the earlier one."""

    product_id: int
    currency: str
    days: int
    amount: int | None


@routes.post("/quotes", SEE, QuoteGiven, 200, writes=False)
def quote_basket(request: HttpRequest, sent: QuoteSent) -> QuoteGiven:
    """Work out what a basket costs now, and say why; nothing is kept."""
    user = bearer(request)
    store = Store.objects.filter(pk=sent.store_id).first()
    if store is None or not user.actor.may_act_in(store.pk):
        raise invalid("There is no such store.", "store_id")
    wanted = [
        Wanted(product_id=line.product_id, quantity=line.quantity, own_price=line.unit_price, off=line.discount)
        for line in sent.lines
    ]
    standing = _standing(sent, user)
    try:
        found = quoted(
            wanted,
            store,
            now(),
            channel=sent.channel,
            standing=standing,
            is_employee=sent.as_employee,
            off=sent.discount,
            codes=_codes(sent, store, user),
        )
    except TooMuchOff as error:
        field = f"lines.{error.line - 1}.discount" if error.line else "discount"
        raise invalid("The discount is larger than what it is taken off.", field) from error
    return _given(found)


def _standing(sent: QuoteSent, user: User) -> Standing:
    """Return who buys: somebody known, or somebody made up of what is asked for."""
    supposed = sent.as_member or bool(sent.level)
    if supposed + (sent.customer_id is not None) + bool(sent.card) > 1:
        raise invalid("Name a customer, or a card, or say what a member would pay: one of these.", "customer_id")
    if sent.customer_id is not None:
        return source().of_customer(customer_for(user, sent.customer_id).pk, now())
    if sent.card:
        if is_misread(cleaned(sent.card)):
            raise invalid("The card was misread. Scan it again.", "card")
        found = source().of_card(user, sent.card, now())
        if found is None:
            raise invalid("No member's card says that.", "card")
        return found
    tiers = frozenset({sent.level}) if sent.level else frozenset[str]()
    return Standing(is_member=supposed, tiers=tiers)


def _codes(sent: QuoteSent, store: Store, user: User) -> list[Code]:
    """Return the codes that are shown, and count those that never were."""
    if not sent.codes:
        return []
    asker, is_public = asker_of(user), sent.channel == "web"
    found = shown_codes(sent.codes, store, now(), live(), basket=sent.basket, asker=asker, is_public=is_public)
    for one in found:
        if one.is_unknown:
            note_guess(asker)
    return [one.code for one in found]


@routes.get("/products/{product_id}/prior-price", SEE, PriorPriceGiven)
def get_prior_price(request: HttpRequest, product_id: PathId) -> PriorPriceGiven:
    """Read the lowest price of a product in the last days, which the law lets a sign name as the earlier one."""
    product = product_for(bearer(request), product_id)
    shop = the_shop()
    priors = PriorPrices([product.pk], shop.currency, now(), shop.country)
    return PriorPriceGiven(
        product_id=product.pk, currency=shop.currency, days=priors.days, amount=priors.lowest(product.pk)
    )


def _given(quote: Quote) -> QuoteGiven:
    return QuoteGiven(
        currency=quote.currency,
        gross=quote.gross,
        discount=quote.discount,
        total=quote.total,
        vat=[QuoteRateGiven(basis_points=rate, vat=vat) for rate, vat in quote.vat_by_rate],
        lines=[
            QuoteLineGiven(
                number=line.number,
                product_id=line.product,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                list_price=line.list_price,
                unit_price=line.unit_price,
                gross=line.gross,
                pay=line.pay,
                vat_basis_points=line.vat_basis_points,
                vat=line.vat,
                is_overridden=line.is_overridden,
                allocations=[
                    QuoteShareGiven(source=one.source, layer=one.layer, amount=one.amount) for one in line.allocations
                ],
            )
            for line in quote.lines
        ],
        steps=[_step(step, quote.currency) for step in quote.steps],
        is_bounded=quote.is_bounded,
        valid_until=quote.valid_until,
        engine_version=quote.engine_version,
    )


def _step(step: Step, currency: str) -> QuoteStepGiven:
    return QuoteStepGiven(
        line=step.line,
        layer=step.layer,
        outcome=step.outcome,
        source=step.source,
        name=step.name,
        amount=step.amount,
        before=step.before,
        after=step.after,
        reason=step.reason,
        missing=step.missing,
        missing_units=step.missing_units,
        sentence=sentence(step, currency),
    )
