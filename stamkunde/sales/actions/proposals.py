"""Quotes for customers: written, sent, answered, withdrawn. An accepted one becomes a purchase."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from stamkunde.accounts.models import Language, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import ProductKind
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import business_day, end_of_day, now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.fulfilment import OwedValues, plan_handing_over
from stamkunde.sales.actions.orders import register_order, worked_out
from stamkunde.sales.events import ProposalAccepted, ProposalDeclined, ProposalSent, ProposalWithdrawn, ProposalWritten
from stamkunde.sales.models import (
    Channel,
    Order,
    OrderLine,
    Proposal,
    ProposalAnswer,
    ProposalLine,
    ProposalState,
    ProposalVersion,
    Way,
)
from stamkunde.sales.proposals import Content, OfferedLine
from stamkunde.sales.public_links import digest_of_link
from stamkunde.sales.refusals import KeyReused, ProposalStale, SaleRefused
from stamkunde.sales.values import LineValues, OrderValues

MOST_LINES = 100
LONGEST_VALID = timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class ProposalLineValues:
    """A line of a quote; an optional one may be left out until the customer chooses it."""

    line: LineValues
    is_optional: bool = False
    is_chosen: bool = True


@dataclass(frozen=True, kw_only=True)
class ProposalValues:
    """What is written in a quote. Without a language it is the customer's, or the shop's."""

    customer_id: int
    store_id: int
    title: str
    valid_until: date
    lines: tuple[ProposalLineValues, ...]
    words: str = ""
    language: str = ""
    discount_basis_points: int = 0


@retry_on_conflict
@action
def write_proposal(
    values: ProposalValues,
    *,
    by: Actor,
    idempotency_key: str | None = None,
    may_set_price: bool = True,
    most_discount: int | None = None,
) -> Proposal:
    """Write a quote as a draft; sent again with the same key it answers with the first one."""
    if idempotency_key and (earlier := Proposal.objects.filter(idempotency_key=idempotency_key).first()):
        return _repeated(earlier, values)
    store, lines, total, columns = _checked(values, by, may_set_price=may_set_price, most_discount=most_discount)
    customer = checks.refuse_missing(checks.customer(values.customer_id))
    at = now()
    proposal = Proposal(
        customer=customer,
        store=store,
        currency=store.currency,
        total=total,
        written_at=at,
        changed_at=at,
        written_by=by.label[:120],
        idempotency_key=idempotency_key,
        body_digest=_digest(values),
        **columns | {"language": _language(values.language, customer.language)},
    )
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError:
        winner = Proposal.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if winner is None:
            raise
        return _repeated(winner, values)
    _write_lines(proposal, values, lines)
    publish(ProposalWritten(**_said(proposal)), by=by)
    return proposal


@retry_on_conflict
@action
def change_proposal(
    proposal: Proposal,
    values: ProposalValues,
    *,
    version: int,
    by: Actor,
    may_set_price: bool = True,
    most_discount: int | None = None,
) -> Proposal:
    """Write a quote anew; what was sent stays as it was until it is sent again. Raises ProposalStale."""
    store, lines, total, columns = _checked(values, by, may_set_price=may_set_price, most_discount=most_discount)
    if store.pk != proposal.store_id or values.customer_id != proposal.customer_id:
        raise SaleRefused(_("A quote stays with its customer and its store. Write another one."), "customer")
    columns["language"] = columns["language"] or proposal.language
    seen = Proposal.objects.filter(pk=proposal.pk, version=version).exclude(state=ProposalState.ACCEPTED)
    if not seen.update(total=total, changed_at=now(), version=F("version") + 1, **columns):
        raise _stale_or_sold(proposal)
    ProposalLine.objects.filter(proposal=proposal).delete()
    _write_lines(proposal, values, lines)
    proposal.refresh_from_db()
    publish(ProposalWritten(**_said(proposal), is_new=False), by=by)
    return proposal


@retry_on_conflict
@action
def send_proposal(proposal: Proposal, *, version: int, by: Actor) -> tuple[Proposal, str]:
    """Let the customer answer it, and return the token of a new link; an earlier link ends. Raises ProposalStale."""
    proposal = _held(proposal)
    _refuse_elsewhere(proposal, by)
    if proposal.state == ProposalState.ACCEPTED or proposal.version != version:
        raise _stale_or_sold(proposal)
    at = now()
    if business_day(at, proposal.store.zone) > proposal.valid_until:
        raise SaleRefused(_("It would have run out already. Write until when it is valid first."), "valid_until")
    content = content_of(proposal, at)
    sums = content.sums(content.usual)
    token = secrets.token_urlsafe(32)
    Proposal.objects.filter(pk=proposal.pk).update(
        state=ProposalState.SENT,
        revision=F("revision") + 1,
        version=F("version") + 1,
        total=sums.total,
        changed_at=at,
        **_link(token, proposal),
    )
    proposal = _fresh(proposal.pk)
    ProposalVersion.objects.create(
        proposal=proposal,
        number=proposal.revision,
        content=content.as_dict(),
        total=sums.total,
        valid_until=proposal.valid_until,
        sent_at=at,
        sent_by=by.label[:120],
    )
    publish(ProposalSent(**_said(proposal), revision=proposal.revision), by=by)
    return proposal, token


@retry_on_conflict
@action
def renew_link(proposal: Proposal, *, by: Actor) -> tuple[Proposal, str]:
    """Make a new link to a quote that is with the customer, because nobody can read the old one again; it ends."""
    _refuse_elsewhere(proposal, by)
    token = secrets.token_urlsafe(32)
    sent = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.SENT)
    if not sent.update(**_link(token, proposal)):
        raise SaleRefused(_("It is not with the customer now. Send it first."), "state")
    publish(ProposalSent(**_said(proposal), revision=proposal.revision, is_link_only=True), by=by)
    return _fresh(proposal.pk), token


@retry_on_conflict
@action
def give_out_again(proposal: Proposal, *, by: Actor, with_link: bool) -> str:
    """Let a quote be with the customer as it stands now; return the token of a new link, or nothing.

    One that is with the customer just so keeps its link unless a new one is wanted.
    """
    current = _held(proposal)
    newest = current.versions.first()
    is_there = current.state == ProposalState.SENT and newest is not None
    if is_there and newest is not None and newest.content == content_of(current, now()).as_dict():
        return renew_link(current, by=by)[1] if with_link else ""
    return send_proposal(current, version=current.version, by=by)[1]


@retry_on_conflict
@action
def withdraw_proposal(proposal: Proposal, *, by: Actor) -> Proposal:
    """Take a quote back: it cannot be answered any more, and its link ends. Done twice it is done once."""
    _refuse_elsewhere(proposal, by)
    open_ones = Proposal.objects.filter(pk=proposal.pk, state__in=[ProposalState.DRAFT, ProposalState.SENT])
    changed = open_ones.update(
        state=ProposalState.WITHDRAWN, version=F("version") + 1, changed_at=now(), link_digest=None
    )
    proposal = _fresh(proposal.pk)
    if not changed and proposal.state != ProposalState.WITHDRAWN:
        raise SaleRefused(_("It has been answered already, so it cannot be withdrawn."), "state")
    if changed:
        publish(ProposalWithdrawn(**_said(proposal)), by=by)
    return proposal


@retry_on_conflict
@action
def answer_proposal(
    proposal: Proposal,
    *,
    revision: int,
    accepts: bool,
    options: Collection[int] = (),
    reason: str = "",
    by_link: bool,
    by: Actor,
) -> ProposalAnswer:
    """Write down what the customer says to a quote as it was sent; accepting makes the purchase.

    The same answer once more is answered with the first one. Whatever cannot be answered any more is refused, and
    nothing is written.
    """
    proposal = _held(proposal)
    _refuse_elsewhere(proposal, by)
    reason = checks.plain(reason, "reason", 500)
    version = ProposalVersion.objects.filter(proposal=proposal, number=revision).first()
    if version is None or revision != proposal.revision:
        raise ProposalStale(_("There is a newer version of this quote. Look at that one."))
    chosen = sorted(set(options)) if accepts else []
    earlier = ProposalAnswer.objects.filter(version=version).first()
    if earlier is not None and (earlier.is_accepted, earlier.chosen) == (accepts, chosen):
        return earlier
    if earlier is not None or proposal.state != ProposalState.SENT:
        raise SaleRefused(_("This quote has been answered or withdrawn already."), "state")
    at = now()
    if version.has_run_out(at, proposal.store.zone):
        raise SaleRefused(_("This quote has run out. Ask for a new one."), "valid_until")
    content = Content.of(version.content)
    known = {line.number for line in content.lines if line.is_optional}
    if not known.issuperset(chosen):
        raise SaleRefused(_("That line is no option of this quote."), "options")
    answer = ProposalAnswer(
        version=version, is_accepted=accepts, reason=reason, answered_at=at, answered_by=by.label[:120], by_link=by_link
    )
    order = None
    if accepts:
        order = _sell(proposal, content, chosen, by)
        with override(content.language):
            answer.text = content.text(chosen)
        answer.chosen, answer.total = chosen, order.total
    state = ProposalState.ACCEPTED if accepts else ProposalState.DECLINED
    sent = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.SENT, revision=revision)
    if not sent.update(state=state, version=F("version") + 1, changed_at=at, order=order):
        raise SaleRefused(_("This quote has been answered or withdrawn already."), "state")
    answer.save(force_insert=True)
    proposal = _fresh(proposal.pk)
    said = _said(proposal)
    if order is not None:
        publish(ProposalAccepted(**said | {"total": order.total}, order_id=order.pk, by_link=by_link), by=by)
    else:
        publish(ProposalDeclined(**said, reason=reason, by_link=by_link), by=by)
    return answer


def content_of(proposal: Proposal, at: datetime) -> Content:
    """Return a quote as it stands now, as it would be sent; the rates of VAT are those of the moment."""
    rows = list(proposal.lines.all())
    offered = tuple(_plain_line(row) for row in rows)
    lines, _sums = worked_out(OrderValues(store_id=proposal.store_id, lines=offered), proposal.store, at)
    return Content(
        title=proposal.title,
        words=proposal.words,
        language=proposal.language,
        currency=proposal.currency,
        valid_until=proposal.valid_until,
        discount_basis_points=proposal.discount_basis_points,
        lines=tuple(
            OfferedLine(
                number=row.number,
                product_id=row.product_id,
                description=row.description,
                quantity=row.quantity,
                unit_price=row.unit_price,
                discount_basis_points=row.discount_basis_points,
                vat_class=row.vat_class,
                vat_basis_points=line.vat_basis_points,
                is_optional=row.is_optional,
                is_chosen=row.is_chosen,
            )
            for row, line in zip(rows, lines, strict=True)
        ),
    )


def _plain_line(row: ProposalLine | OfferedLine) -> LineValues:
    return LineValues(
        product_id=row.product_id,
        description=row.description,
        quantity=row.quantity,
        unit_price=row.unit_price,
        discount_basis_points=row.discount_basis_points,
        vat_class=row.vat_class,
    )


def _sell(proposal: Proposal, content: Content, options: Collection[int], by: Actor) -> Order:
    lines = content.chosen(options)
    if not lines:
        raise SaleRefused(_("Choose at least one of the lines."), "options")
    values = OrderValues(
        store_id=proposal.store_id,
        lines=tuple(_plain_line(line) for line in lines),
        channel=Channel.WEB if by.kind is ActorKind.CUSTOMER else Channel.PHONE,
        customer_id=proposal.customer_id,
        discount_basis_points=content.discount_basis_points,
    )
    order = register_order(values, by=by, idempotency_key=f"quote:{proposal.ref}:{proposal.revision}")
    kinds = dict(order.lines.exclude(product=None).values_list("pk", "product__kind"))
    parts = [
        OwedValues(order_line_id=pk, way=Way.BOOK if kind == ProductKind.SERVICE else Way.DELIVER)
        for pk, kind in sorted(kinds.items())
    ]
    if parts:
        plan_handing_over(order, parts, by=by)
    return order


def _checked(
    values: ProposalValues, by: Actor, *, may_set_price: bool, most_discount: int | None
) -> tuple[Store, list[OrderLine], int, dict[str, Any]]:
    store, _till = checks.place(values.store_id, None, by)
    title = checks.plain(values.title, "title", 120)
    if not title:
        raise SaleRefused(_("Write in a few words what the quote is about."), "title")
    if values.language and values.language not in Language.values:
        raise SaleRefused(_("Choose one of the languages."), "language")
    today = business_day(now(), store.zone)
    if not today <= values.valid_until <= today + LONGEST_VALID:
        raise SaleRefused(_("Choose a day from today on, within two years."), "valid_until")
    if len(values.lines) > MOST_LINES:
        raise SaleRefused(_("A quote has at most %(most)s lines.") % {"most": MOST_LINES}, "lines")
    columns = {
        "title": title,
        "words": checks.plain(values.words, "words", 4_000),
        "language": values.language,
        "valid_until": values.valid_until,
        "discount_basis_points": values.discount_basis_points,
    }
    # All of it is checked as a purchase would be; it comes to what is chosen to begin with, at the written prices.
    asked = OrderValues(
        store_id=store.pk,
        lines=tuple(own.line for own in values.lines),
        discount_basis_points=values.discount_basis_points,
    )
    lines, sums = worked_out(asked, store, now(), may_set_price=may_set_price, most_discount=most_discount)
    if most_discount is not None:
        _refuse_more_off_what_is_chosen(values, asked, store, most_discount)
    priced = [
        replace(own.line, unit_price=_price_of(own.line, line))
        for own, line in zip(values.lines, lines, strict=True)
        if own.is_chosen or not own.is_optional
    ]
    if priced:
        _rows, sums = worked_out(replace(asked, lines=tuple(priced)), store, now())
    return store, lines, sums.total if priced else 0, columns


def _refuse_more_off_what_is_chosen(values: ProposalValues, asked: OrderValues, store: Store, most: int) -> None:
    """Refuse more than so many percent off whichever options are chosen: one that nobody wants makes no room."""
    most_is_left = 10_000 * (10_000 - 100 * most)
    dearest = tuple(
        own.line
        for own in values.lines
        if not own.is_optional
        or (10_000 - own.line.discount_basis_points) * (10_000 - values.discount_basis_points) < most_is_left
    )
    if 0 < len(dearest) < len(values.lines):
        worked_out(replace(asked, lines=dearest), store, now(), most_discount=most)


def _price_of(said: LineValues, line: OrderLine) -> int:
    """Return what one costs: what was written, or else what price books say."""
    if said.unit_price is not None:
        return said.unit_price
    for step in line.price_steps or []:
        if step.get("layer") == "unit" and "after" in step:
            return int(step["after"])
    return line.unit_price


def _write_lines(proposal: Proposal, values: ProposalValues, lines: Sequence[OrderLine]) -> None:
    ProposalLine.objects.bulk_create(
        [
            ProposalLine(
                proposal=proposal,
                number=number,
                product_id=line.product_id,
                description=line.description,
                quantity=line.quantity.quantize(Decimal("0.001")),
                unit_price=_price_of(own.line, line),
                discount_basis_points=own.line.discount_basis_points,
                vat_class=own.line.vat_class,
                is_optional=own.is_optional,
                is_chosen=own.is_chosen or not own.is_optional,
            )
            for number, (own, line) in enumerate(zip(values.lines, lines, strict=True), start=1)
        ]
    )


def _language(said: str, customers: str) -> str:
    return said or customers or the_shop().language


def _link(token: str, proposal: Proposal) -> dict[str, Any]:
    return {
        "link_digest": digest_of_link(token),
        # A month longer than it can be answered, so that it still says what has become of it.
        "link_expires_at": end_of_day(proposal.last_day, proposal.store.zone) + timedelta(days=30),
    }


def _held(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update(of=("self",)).select_related("store", "customer").get(pk=proposal.pk)


def _fresh(pk: int) -> Proposal:
    return Proposal.objects.with_last_day().select_related("store", "customer").get(pk=pk)


def _refuse_elsewhere(proposal: Proposal, by: Actor) -> None:
    checks.in_reach(proposal.store, by)


def _stale_or_sold(proposal: Proposal) -> SaleRefused:
    if Proposal.objects.filter(pk=proposal.pk, state=ProposalState.ACCEPTED).exists():
        return SaleRefused(_("It has been accepted, so it stays as it is. Write another one."), "state")
    return ProposalStale(_("Somebody has changed this quote meanwhile. Look at what stands there now."))


def _digest(values: ProposalValues) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _repeated(earlier: Proposal, values: ProposalValues) -> Proposal:
    if earlier.body_digest != _digest(values):
        raise KeyReused
    earlier.is_repeated = True
    return earlier


def _said(proposal: Proposal) -> dict[str, Any]:
    return {
        "customer_id": proposal.customer_id,
        "proposal_id": proposal.pk,
        "title": proposal.title,
        "currency": proposal.currency,
        "total": proposal.total,
    }
