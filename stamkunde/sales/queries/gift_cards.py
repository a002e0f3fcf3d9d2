"""Reads of gift cards: in words for pages, and which of them a day has run out on."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, Page, page
from stamkunde.sales.actions.gift_cards import is_past
from stamkunde.sales.codes import in_groups
from stamkunde.sales.models import CardKind, GiftCard, GiftCardPosting, GiftCardState, PostingKind, Return
from stamkunde.sales.models import Order as SalesOrder

NEWEST = Order("id")


@dataclass(frozen=True)
class CardRow:
    """A gift card in words: masked, for whoever has the code has the money."""

    id: int
    name: str
    kind: str
    balance: str
    until: str
    state: str
    tone: str
    store: str
    customer_name: str
    issued: str
    is_usable: bool


@dataclass(frozen=True)
class PostingRow:
    kind: str
    when: str
    amount: str
    balance: str
    order_id: int | None
    returned_id: int | None
    paper: str
    reason: str
    by: str


def cards_to_expire() -> list[int]:
    """Return the cards with something on them whose last day may be over in their zone; the action looks exactly."""
    # Nowhere has the day begun more than fourteen hours before it begins in Greenwich.
    latest = (now() + timedelta(hours=14)).date()
    rows = GiftCard.objects.filter(balance__gt=0, expires_on__lt=latest)
    return list(rows.order_by("expires_on", "pk").values_list("pk", flat=True))


def page_of_cards(cards: QuerySet[GiftCard], *, state: str = "", mark: str = "") -> Page[GiftCard]:
    """Return one page of gift cards, the newest first; one query."""
    rows = cards.filter(state=state) if state in GiftCardState.values else cards
    return page(rows.select_related("store", "customer"), NEWEST, mark=mark)


def card_row(card: GiftCard, *, customer_name: str = "") -> CardRow:
    state, tone = _state(card)
    return CardRow(
        id=card.pk,
        name=card.masked,
        kind=card.get_kind_display(),
        balance=shown.amount(card.balance, card.currency),
        until=shown.day(card.expires_on) if card.expires_on else _("for ever"),
        state=state,
        tone=tone,
        store=card.store.name,
        customer_name=customer_name,
        issued=shown.instant(card.issued_at, card.store.zone),
        is_usable=card.state == GiftCardState.ACTIVE and not is_past(card, now()),
    )


def _state(card: GiftCard) -> tuple[str, str]:
    if card.state != GiftCardState.ACTIVE:
        return card.get_state_display(), "red" if card.state == GiftCardState.BLOCKED else "plain"
    if is_past(card, now()):
        return _("Expired"), "plain"
    return (_("In use"), "green") if card.balance else (_("Used up"), "plain")


def statement(card: GiftCard) -> list[PostingRow]:
    """Return what happened to a card, the latest first; one query."""
    rows = card.postings.select_related("order", "returned").order_by("-pk")
    return [
        PostingRow(
            kind=row.get_kind_display(),
            when=shown.instant(row.at, card.store.zone),
            amount=shown.amount(row.amount, card.currency),
            balance=shown.amount(row.balance, card.currency),
            order_id=row.order_id,
            returned_id=row.returned_id,
            paper=row.order.called if row.order else str(row.returned) if row.returned else "",
            reason=row.reason,
            by=row.registered_by,
        )
        for row in rows
    ]


def said_of_card(card: GiftCard) -> str:
    """Say in a sentence what is on a card and until when, for whoever holds it."""
    row = card_row(card)
    said = {"card": row.name, "left": row.balance, "day": row.until, "state": row.state}
    if not row.is_usable:
        return _("Gift card %(card)s: %(state)s.") % said
    if card.expires_on is None:
        return _("%(left)s is left on gift card %(card)s.") % said
    return _("%(left)s is left on gift card %(card)s. It can be used until %(day)s.") % said


@dataclass(frozen=True)
class NewCode:
    """A card that has just been given out, with the code to be handed over."""

    code: str
    amount: str
    until: str


def new_codes(*, order: SalesOrder | None = None, returned: Return | None = None) -> list[NewCode]:
    """Return the cards that a purchase or a return has just given out; one query, and none where it cannot have."""
    rows = GiftCardPosting.objects.select_related("card__store").filter(balance=F("amount")).order_by("pk")
    if order is not None:
        lines = order.fresh[0] if order.fresh else order.lines.all()
        if not any(line.gift_card_id for line in lines):
            return []
        rows = rows.filter(order=order, kind=PostingKind.SALE)
    else:
        rows = rows.filter(returned=returned, card__kind=CardKind.CREDIT)
    return [
        NewCode(in_groups(row.card.token), shown.amount(row.amount, row.card.currency), card_row(row.card).until)
        for row in rows
    ]


def cards_of_customer(customer_id: int, *, most: int = 20) -> list[CardRow]:
    """Return a customer's cards that can still be paid with, the newest first; one query."""
    rows = GiftCard.objects.filter(customer=customer_id, state=GiftCardState.ACTIVE, balance__gt=0)
    cards = rows.select_related("store").order_by("-pk")[:most]
    return [card_row(card) for card in cards if not is_past(card, now())]
