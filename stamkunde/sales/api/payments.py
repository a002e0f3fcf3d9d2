"""Payments through the payment provider: begun, asked about, taken in, called off and given back; and its settings."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Flag, Given, Id, Limit, Line, Mark, Minor, PathId, Sent, Version, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, not_found, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.sales.access import (
    PAYMENT_PROVIDER,
    PAYMENTS,
    attempt_for,
    invoice_for,
    order_for,
    visible_attempts,
)
from stamkunde.sales.actions.payment_provider import ProviderValues, change_provider, make_payment_link
from stamkunde.sales.actions.provider_payments import begin_attempt
from stamkunde.sales.actions.provider_refunds import give_back, note_paid_back_by_hand, try_refund_again
from stamkunde.sales.api.refusals import lasting_key
from stamkunde.sales.models import (
    AttemptState,
    Invoice,
    Order,
    PaymentAttempt,
    PaymentProvider,
    PaymentStep,
    ProviderRefund,
    ProviderRefundState,
)
from stamkunde.sales.payment_providers.contract import ProviderRefused, ProviderUnclear
from stamkunde.sales.provider_work import ask, cancel, capture, provider_and_account, send_refund, start
from stamkunde.sales.public_links import address_to_pay
from stamkunde.sales.queries.provider_payments import PaymentFilter, page_of_payments

routes = Routes(
    "Card payments",
    "What is paid through the payment provider: by link, on a web shop's own way to pay, or at terminals.",
)
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]


@said_as(ProviderRefused)
def _refused(error: ProviderRefused) -> Problem:
    return invalid(error.sentence, "")


class PaymentStepGiven(Given):
    what: PaymentStep.What
    amount: int
    at: datetime
    note: str


class ProviderRefundGiven(Given):
    """So much that goes back through the provider."""

    id: int
    payment_id: int
    amount: int = Field(examples=[5000])
    state: ProviderRefundState
    note: str
    settled_at: datetime | None


class CardPaymentGiven(Given):
    """One try to be paid through the provider. `unknown` is neither paid nor failed: it is asked about again."""

    id: int
    state: AttemptState
    order_id: int | None
    invoice_id: int | None
    currency: str = Field(examples=["NOK"])
    amount: int = Field(examples=[25800])
    captured: int = Field(description="What was taken in so far.", examples=[25800])
    given_back: int = Field(description="What went back of it.", examples=[0])
    page_url: str = Field(description="Where the customer pays, as long as it is pending.")
    card: str = Field(description="What kind of card, and how its number ends.", examples=["Visa •••• 4242"])
    reason: str
    provider_ref: str
    started_at: datetime
    is_in_books: bool
    steps: list[PaymentStepGiven]
    refunds: list[ProviderRefundGiven]


class CardPaymentSent(Sent):
    """What is paid: an invoice, or a purchase of which nothing was paid yet; one of the two."""

    order_id: Id | None = Field(None, examples=[None])
    invoice_id: Id | None = Field(None, examples=[1])
    return_url: Line = Field(
        "", description="Where the customer comes back to from the provider's page.", examples=["https://shop.example/"]
    )


class PaymentLinkSent(Sent):
    """What is paid by the link: an invoice, or a purchase of which nothing was paid yet; one of the two."""

    order_id: Id | None = Field(None, examples=[None])
    invoice_id: Id | None = Field(None, examples=[1])


class PaymentLinkGiven(Given):
    """A link to pay by; it is given this once."""

    url: str = Field(examples=["https://shop.example/pay/…/"])
    ends_at: datetime


class AmountSent(Sent):
    amount: Minor | None = Field(
        None, description="In minor units; all that is left, if it is left out.", examples=[5000]
    )


class HowSent(Sent):
    how: Line = Field(max_length=200, description="How it was paid back.", examples=["To account 1234.56.78901, 3 May"])


class TerminalShape(Sent):
    till_id: Id
    terminal: Word = Field(examples=["T-4711"])


class ProviderSettingsSent(Sent):
    """The settings of the payment provider; a key or secret left out stays as it is."""

    name: Word = Field(examples=["trial"])
    is_active: Flag
    url: Line = Field("", examples=["https://pay.example"])
    account: Line = Field("", max_length=120, examples=["shop"])
    key: Line = Field("", max_length=300, examples=[""])
    secret: Line = Field("", max_length=300, examples=[""])
    deposit_percent: Percent = Field(100, examples=[30])
    captures_later: Flag = False
    terminals: list[TerminalShape] = Field(default_factory=list, max_length=500)
    version: Version | None = Field(None, examples=[None])


class TerminalGiven(Given):
    till_id: int
    terminal: str


class ProviderSettingsGiven(Given):
    """The settings of the payment provider, without key and secret."""

    name: str
    is_active: bool
    url: str
    account: str
    has_key: bool
    has_secret: bool
    deposit_percent: int
    captures_later: bool
    terminals: list[TerminalGiven]
    version: int


class ConnectionTried(Given):
    """What came of asking the provider for nothing."""

    answers: bool
    said: str


@routes.get("/payments", PAYMENTS, Listed[CardPaymentGiven])
def list_card_payments(
    request: HttpRequest,
    which: PaymentFilter = query(PaymentFilter.ALL, description="`look` are those at which a person has to look."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[CardPaymentGiven]:
    """List payments through the provider, the newest first."""
    rows = page_of_payments(visible_attempts(bearer(request)), which=which, mark=mark, size=limit, with_steps=True)
    return Listed[CardPaymentGiven](items=[_given(one) for one in rows.rows], **marks_of(rows))


@routes.post("/payments", PAYMENTS, CardPaymentGiven, goes_outside=True)
def start_card_payment(request: HttpRequest, sent: CardPaymentSent) -> CardPaymentGiven:
    """Begin a payment, and be told where the customer pays.

    As long as one is under way for the same invoice or purchase, it is that one: nothing can be paid twice. When the
    provider does not answer, the state is `unknown`; send the same again to go on with the same payment.
    """
    order, invoice = _what(request, sent.order_id, sent.invoice_id)
    who = bearer(request)
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    attempt = begin_attempt(order, invoice, by=who.actor, idempotency_key=key)
    return _given(start(attempt, return_url=sent.return_url, by=who.actor))


@routes.get("/payments/{payment_id}", PAYMENTS, CardPaymentGiven)
def get_card_payment(request: HttpRequest, payment_id: PathId) -> CardPaymentGiven:
    """Read a payment as it is known here."""
    return _given(attempt_for(bearer(request), payment_id))


@routes.post("/payments/{payment_id}/questions", PAYMENTS, CardPaymentGiven, 200, goes_outside=True)
def ask_card_payment(request: HttpRequest, payment_id: PathId) -> CardPaymentGiven:
    """Ask the provider how a payment stands."""
    who = bearer(request)
    return _given(ask(attempt_for(who, payment_id), by=who.actor))


@routes.post("/payments/{payment_id}/captures", PAYMENTS, CardPaymentGiven, goes_outside=True)
def capture_card_payment(request: HttpRequest, payment_id: PathId, sent: AmountSent) -> CardPaymentGiven:
    """Take in what was authorised, or a part of it as a part is handed over."""
    who = bearer(request)
    return _given(capture(attempt_for(who, payment_id), sent.amount, by=who.actor))


@routes.post("/payments/{payment_id}/cancellations", PAYMENTS, CardPaymentGiven, goes_outside=True)
def cancel_card_payment(request: HttpRequest, payment_id: PathId) -> CardPaymentGiven:
    """Call a payment off; what was taken in of it stays."""
    who = bearer(request)
    return _given(cancel(attempt_for(who, payment_id), by=who.actor))


@routes.post("/payments/{payment_id}/refunds", PAYMENTS, ProviderRefundGiven, goes_outside=True)
def refund_card_payment(request: HttpRequest, payment_id: PathId, sent: AmountSent) -> ProviderRefundGiven:
    """Give back what belongs to no purchase.

    What a purchase or an invoice was paid with goes back by registering a return, and never here.
    """
    who = bearer(request)
    attempt = attempt_for(who, payment_id)
    amount = attempt.captured - attempt.promised if sent.amount is None else sent.amount
    key = lasting_key(request, request.headers.get("Idempotency-Key"))
    refund = give_back(attempt, amount, by=who.actor, idempotency_key=key)
    send_refund(refund, by=who.actor)
    return _refund(_refund_for(request, refund.pk))


@routes.post("/payment-refunds/{refund_id}/attempts", PAYMENTS, ProviderRefundGiven, goes_outside=True)
def try_card_refund_again(request: HttpRequest, refund_id: PathId) -> ProviderRefundGiven:
    """Ask the provider once more for a refund that it refused."""
    who = bearer(request)
    send_refund(try_refund_again(_refund_for(request, refund_id), by=who.actor), by=who.actor)
    return _refund(_refund_for(request, refund_id))


@routes.put("/payment-refunds/{refund_id}/by-hand", PAYMENTS, ProviderRefundGiven)
def set_card_refund_by_hand(request: HttpRequest, refund_id: PathId, sent: HowSent) -> ProviderRefundGiven:
    """Write down how somebody paid back what the provider would not."""
    note_paid_back_by_hand(_refund_for(request, refund_id), sent.how, by=bearer(request).actor)
    return _refund(_refund_for(request, refund_id))


@routes.post("/payment-links", PAYMENTS, PaymentLinkGiven)
def make_payment_link_(request: HttpRequest, sent: PaymentLinkSent) -> PaymentLinkGiven:
    """Make a link by which an invoice or a purchase is paid."""
    order, invoice = _what(request, sent.order_id, sent.invoice_id)
    link, token = make_payment_link(order, invoice, by=bearer(request).actor)
    return PaymentLinkGiven(url=address_to_pay(token), ends_at=link.ends_at)


@routes.get("/payment-provider", PAYMENT_PROVIDER, ProviderSettingsGiven)
def get_payment_provider(request: HttpRequest) -> ProviderSettingsGiven:
    """Read the settings of the payment provider; key and secret are never given out."""
    return _settings(PaymentProvider.objects.filter(pk=1).first() or PaymentProvider(version=0))


@routes.put("/payment-provider", PAYMENT_PROVIDER, ProviderSettingsGiven, goes_outside=True)
def set_payment_provider(request: HttpRequest, sent: ProviderSettingsSent) -> ProviderSettingsGiven:
    """Set by whom the shop is paid, and how."""
    said = sent.model_dump(exclude={"terminals", "version"})
    values = ProviderValues(**said, terminals={one.till_id: one.terminal for one in sent.terminals})
    return _settings(change_provider(values, version=sent.version, by=bearer(request).actor))


@routes.post("/payment-provider/tests", PAYMENT_PROVIDER, ConnectionTried, 200, writes=False, goes_outside=True)
def test_payment_provider(request: HttpRequest) -> ConnectionTried:
    """Ask the provider for nothing, and say what came of it."""
    row = PaymentProvider.objects.filter(pk=1).first()
    provider, account = provider_and_account(row.name if row is not None else "")
    try:
        provider.try_out(account)
    except (ProviderRefused, ProviderUnclear) as error:
        return ConnectionTried(answers=False, said=error.sentence)
    return ConnectionTried(answers=True, said="The payment provider answers, and knows the shop.")


def _what(request: HttpRequest, order_id: int | None, invoice_id: int | None) -> tuple[Order, Invoice | None]:
    if (order_id is None) == (invoice_id is None):
        raise invalid("Name either a purchase or an invoice.", "invoice_id")
    who = bearer(request)
    if invoice_id is not None:
        invoice = invoice_for(who, invoice_id)
        return invoice.payment.order, invoice
    return order_for(who, order_id or 0), None


def _refund_for(request: HttpRequest, pk: int) -> ProviderRefund:
    rows = ProviderRefund.objects.filter(attempt__in=visible_attempts(bearer(request)), pk=pk)
    found = rows.select_related("attempt").first()
    if found is None:
        raise not_found()
    return found


def _given(attempt: PaymentAttempt) -> CardPaymentGiven:
    return CardPaymentGiven(
        id=attempt.pk,
        state=AttemptState(attempt.state),
        order_id=attempt.order_id,
        invoice_id=attempt.invoice_id,
        currency=attempt.currency,
        amount=attempt.amount,
        captured=attempt.captured,
        given_back=attempt.given_back,
        page_url=attempt.page_url if attempt.state == AttemptState.PENDING else "",
        card=attempt.card,
        reason=attempt.reason,
        provider_ref=attempt.provider_ref,
        started_at=attempt.started_at,
        is_in_books=attempt.entered_at is not None,
        steps=[PaymentStepGiven.model_validate(step) for step in attempt.steps.all()],
        refunds=[_refund(one) for one in attempt.refunds.all()],
    )


def _refund(refund: ProviderRefund) -> ProviderRefundGiven:
    return ProviderRefundGiven(
        id=refund.pk,
        payment_id=refund.attempt_id,
        amount=refund.amount,
        state=ProviderRefundState(refund.state),
        note=refund.note,
        settled_at=refund.settled_at,
    )


def _settings(row: PaymentProvider) -> ProviderSettingsGiven:
    return ProviderSettingsGiven(
        name=row.name,
        is_active=row.is_active,
        url=row.url,
        account=row.account,
        has_key=bool(row.sealed_key),
        has_secret=bool(row.sealed_secret),
        deposit_percent=row.deposit_percent,
        captures_later=row.captures_later,
        terminals=[TerminalGiven(till_id=int(till), terminal=name) for till, name in row.terminals.items()],
        version=row.version,
    )
