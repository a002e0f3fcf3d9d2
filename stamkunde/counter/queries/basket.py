"""A basket in words, and the baskets that wait at a till."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.counter.values import basket_values
from stamkunde.kit import shown
from stamkunde.kit.clock import zone
from stamkunde.sales.access import most_discount
from stamkunde.sales.models import GiftCard, Order
from stamkunde.sales.queries import Preview, preview
from stamkunde.sales.queries.preview import PreviewCode, PreviewLine

MOST_WAITING = 4


@dataclass(frozen=True)
class ShownLine:
    id: str
    name: str
    quantity: str
    plain_quantity: str
    own_price: str
    off: str
    is_product: bool
    reckoned: PreviewLine
    has_own: bool


@dataclass(frozen=True)
class ShownBasket:
    basket: Basket
    lines: list[ShownLine]
    preview: Preview
    off: str
    said_count: str
    gift_cards: list[tuple[int, str, str]]
    """The cards it is to be paid with: number, end of the code, and how much of it each pays."""
    rest: str
    """What is still to be paid besides; empty where no gift card pays."""
    is_covered: bool
    open_amount: int
    """The same in minor units: what is left when the gift cards have paid."""
    points: str = ""
    """How many points are used at most, or nothing."""

    @property
    def codes(self) -> list[PreviewCode]:
        """The codes in the basket; while nothing else is in it, nothing can be said of them."""
        known = {code.text: code for code in self.preview.codes}
        return [known.get(text) or PreviewCode(text, "", is_applied=False) for text in self.basket.codes]

    @property
    def may_be_paid(self) -> bool:
        return self.preview.is_sound


def shown_basket(basket: Basket, user: User) -> ShownBasket:
    """Return the basket as it stands, worked out as this person would register it now."""
    worked = preview(basket_values(basket), basket.store, most_discount=most_discount(user))
    currency = basket.store.currency
    lines = []
    for line, reckoned in zip(basket.lines, worked.lines, strict=True):
        lines.append(
            ShownLine(
                id=line["id"],
                name=line["description"],
                quantity=shown.number(Decimal(line["quantity"])),
                plain_quantity=shown.number(Decimal(line["quantity"]), grouped=False),
                own_price=shown.plain_amount(line["price"], currency) if line["price"] is not None else "",
                off=said_off(line["off"], line["share"], currency),
                is_product=line["product"] is not None,
                reckoned=reckoned,
                has_own=line["price"] is not None or bool(line["off"] or line["share"]),
            )
        )
    cards, rest = _by_gift_card(basket, worked.total, currency)
    return ShownBasket(
        basket,
        lines,
        worked,
        said_off(basket.off, basket.share, currency),
        _said_count(len(basket.lines)),
        cards,
        shown.amount(rest, currency) if cards else "",
        bool(cards) and rest == 0,
        rest,
        shown.number(basket.points) if basket.points else "",
    )


def saved_by_naming(basket: Basket, customer_id: int, user: User) -> int:
    """Return by how much what lies in the basket is cheaper for somebody than for a stranger."""
    if not basket.lines:
        return 0
    values, most = basket_values(basket), most_discount(user)
    asked = [replace(values, customer_id=who, points=0) for who in (None, customer_id)]
    stranger, own = (preview(one, basket.store, most_discount=most) for one in asked)
    return stranger.total - own.total


def _by_gift_card(basket: Basket, total: int, currency: str) -> tuple[list[tuple[int, str, str]], int]:
    """Return what each gift card pays, and what is left; one query, and none without gift cards."""
    if not basket.gift_cards:
        return [], total
    cards = GiftCard.objects.in_bulk(basket.gift_cards)
    # A card pays for no other card.
    for_cards = sum(line["price"] or 0 for line in basket.lines if line.get("gift_card"))
    left, found = total - for_cards, []
    for number in basket.gift_cards:
        if (card := cards.get(number)) is None:
            continue
        paid = min(card.balance, left)
        left -= paid
        found.append((number, card.masked, shown.amount(paid, currency)))
    return found, left + for_cards


def said_off(off: int, share: int, currency: str) -> str:
    """Return what is off as one types it."""
    if share:
        return shown.percent(share)
    return shown.plain_amount(off, currency) if off else ""


def _said_count(lines: int) -> str:
    return ngettext("%(count)s line", "%(count)s lines", lines) % {"count": lines}


@dataclass(frozen=True)
class Waiting:
    """A basket that waits at a till: how much is in it and since when, never whose it is."""

    key: str
    what: str
    since: str
    total: str


def waiting_baskets(place: Place, *, but: str = "") -> list[Waiting]:
    """Return the baskets begun at this till and not paid, the latest first."""
    rows = Basket.objects.select_related("store").filter(store=place.store, till=place.till, order=None)
    found = []
    for basket in rows.exclude(key=but).order_by("-changed_at")[:MOST_WAITING]:
        if not basket.lines:
            continue
        local = basket.changed_at.astimezone(zone(basket.store.zone))
        found.append(
            Waiting(
                key=basket.key,
                what=_said_count(len(basket.lines)),
                since=date_format(local, "TIME_FORMAT"),
                total=preview(basket_values(basket), basket.store).said_total,
            )
        )
    return found


@dataclass(frozen=True)
class LastReceipt:
    order_id: int
    number: str
    total: str


def last_receipt(place: Place) -> LastReceipt | None:
    """Return the receipt this till gave out last at the counter, to be printed once more."""
    done = Basket.objects.filter(store=place.store, till=place.till, order__isnull=False)
    last = done.select_related("order").order_by("-changed_at").first()
    order: Order | None = last.order if last else None
    if order is None:
        return None
    return LastReceipt(order.pk, order.receipt_number or f"#{order.pk}", shown.amount(order.total, order.currency))
