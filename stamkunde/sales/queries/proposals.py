"""Quotes for customers: the list, and all about one of them in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.sales.models import Proposal, ProposalAnswer, ProposalState
from stamkunde.sales.proposals import Content

NEWEST = Order("written_at")
_TONES = {
    ProposalState.DRAFT: "plain",
    ProposalState.SENT: "amber",
    ProposalState.ACCEPTED: "green",
    ProposalState.DECLINED: "red",
    ProposalState.WITHDRAWN: "plain",
}


def proposals(
    rows: QuerySet[Proposal], *, state: str = "", customer_id: int | None = None, mark: str = "", size: int = 50
) -> Page[Proposal]:
    """Return one page of quotes, the newest first; one query."""
    if state:
        rows = rows.filter(state=state)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    return page(rows.select_related("store", "customer"), NEWEST, mark=mark, size=size, parse=instant)


@dataclass(frozen=True)
class ProposalRow:
    """A quote as a list shows it."""

    id: int
    title: str
    customer_name: str
    state: str
    tone: str
    total: str
    valid_until: str
    written: str
    store: str


def proposal_row(proposal: Proposal) -> ProposalRow:
    state, tone = said_state(proposal, now())
    return ProposalRow(
        id=proposal.pk,
        title=proposal.title,
        customer_name=proposal.customer.name,
        state=state,
        tone=tone,
        total=shown.amount(proposal.total, proposal.currency),
        valid_until=shown.day(proposal.valid_until),
        written=shown.instant(proposal.written_at, proposal.store.zone),
        store=proposal.store.name,
    )


def said_state(proposal: Proposal, at: datetime) -> tuple[str, str]:
    """Return the state in a word and the tone it is shown in; one that has run out says so."""
    if proposal.has_run_out(at):
        return pgettext("quote", "Has run out"), "red"
    return str(ProposalState(proposal.state).label), _TONES[ProposalState(proposal.state)]


@dataclass(frozen=True)
class ShownLine:
    number: int
    description: str
    quantity: str
    unit_price: str
    discount: str
    amount: str
    is_optional: bool
    is_chosen: bool


@dataclass(frozen=True)
class ShownContent:
    """A quote in words: what is fixed, what can be chosen, and what it comes to with these options."""

    content: Content
    lines: list[ShownLine]
    total: str
    vat: list[tuple[str, str]]
    discount: str
    valid_until: str
    chosen: frozenset[int]


def shown_content(content: Content, options: Collection[int] | None = None) -> ShownContent:
    """Say a quote in the language that is active; without options those that are chosen to begin with."""
    usual = frozenset(line.number for line in content.lines if line.is_optional and line.is_chosen)
    chosen = usual if options is None else frozenset(options)
    write = shown.amounts(content.currency)
    sums = content.sums(chosen)
    whole = sum(line.pricing.gross - line.pricing.taken_off(line.pricing.gross) for line in content.chosen(chosen))
    lines = []
    for line in content.lines:
        gross = line.pricing.gross
        off = line.pricing.taken_off(gross)
        lines.append(
            ShownLine(
                number=line.number,
                description=line.description,
                quantity=shown.number(line.quantity),
                unit_price=write(line.unit_price),
                discount=shown.percent(line.discount_basis_points) if off else "",
                amount=write(gross - off),
                is_optional=line.is_optional,
                is_chosen=line.number in chosen,
            )
        )
    return ShownContent(
        content=content,
        lines=lines,
        total=write(sums.total),
        vat=[
            (_("of which VAT %(rate)s") % {"rate": shown.percent(rate)}, write(vat))
            for rate, vat in sorted(sums.vat_by_rate.items(), reverse=True)
            if vat
        ],
        discount=write(whole - sums.total) if whole > sums.total else "",
        valid_until=shown.long_day(content.valid_until),
        chosen=chosen,
    )


@dataclass(frozen=True)
class ShownVersion:
    number: int
    sent: str
    sent_by: str
    total: str
    answer: str
    reason: str
    text: str


def versions_of(proposal: Proposal) -> list[ShownVersion]:
    """Return what was sent and answered, the newest first; one query."""
    found = []
    for version in proposal.versions.select_related("answer"):
        answer: ProposalAnswer | None = getattr(version, "answer", None)
        found.append(
            ShownVersion(
                number=version.number,
                sent=shown.instant(version.sent_at, proposal.store.zone),
                sent_by=version.sent_by,
                total=shown.amount(version.total, proposal.currency),
                answer=_said_answer(answer, proposal) if answer else "",
                reason=answer.reason if answer else "",
                text=answer.text if answer else "",
            )
        )
    return found


def _said_answer(answer: ProposalAnswer, proposal: Proposal) -> str:
    values = {"who": answer.answered_by, "when": shown.instant(answer.answered_at, proposal.store.zone)}
    if answer.is_accepted:
        return (
            _("Accepted by %(who)s on its page, %(when)s")
            if answer.by_link
            else _("Accepted, written down by %(who)s, %(when)s")
        ) % values
    return (
        _("Declined by %(who)s on its page, %(when)s")
        if answer.by_link
        else _("Declined, written down by %(who)s, %(when)s")
    ) % values
