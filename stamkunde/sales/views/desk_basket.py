"""The desk's basket while a purchase is put together: its boxes, its lines, and what it comes to so far."""

from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError

from stamkunde.accounts.models import Store
from stamkunde.customers.recognition.candidates import Candidate
from stamkunde.kit import shown
from stamkunde.sales.forms.basket import BasketForm, LineForm, codes_in, line_forms
from stamkunde.sales.forms.discounts import Discount, DiscountField
from stamkunde.sales.models import Channel
from stamkunde.sales.queries.preview import PreviewCode, preview
from stamkunde.sales.values import OrderValues


@dataclass
class Basket:
    """The form as it stands while one person is being served."""

    form: BasketForm
    lines: list[dict[str, str]]
    who: str = ""
    scan: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    suggestions: list["Suggestion"] = field(default_factory=list)
    scan_error: str = ""
    who_error: str = ""
    offers_free_line: bool = False

    @property
    def gift_cards(self) -> list[str]:
        return codes_in(str(self.form["gift_cards"].value() or ""))

    @property
    def currency(self) -> str:
        return self.form.chosen_store.currency if self.form.chosen_store else "NOK"


@dataclass(frozen=True)
class Suggestion:
    product_id: int
    name: str
    sku: str
    price: str


@dataclass(frozen=True)
class SumsShown:
    """What the basket comes to as it stands, as far as its boxes can be read; `said` is what offers did to a line.

    `to_pay` is the total in minor units, and `for_cards` what of it buys gift cards.
    """

    lines: list[tuple[str, str, list[str]]]
    codes: list[PreviewCode]
    discount: str
    vat: list[tuple[str, str]]
    total: str
    in_cash: str
    saved: str
    used: str
    to_pay: int
    for_cards: int
    is_partial: bool


def sums_of(basket: Basket, rows: list[LineForm]) -> tuple[SumsShown | None, str]:
    """Return what the basket comes to and what is wrong with its discount; marks the line whose own is too large."""
    currency, store = basket.currency, basket.form.chosen_store
    checked = line_forms(basket.lines, currency, checked=True)
    places = [place for place, line in enumerate(checked) if line.is_valid()]
    off, wrong = _discount(basket)
    if not places or store is None:
        return None, wrong
    worked = preview(_so_far(basket, [checked[place] for place in places], store, off), store)
    for place, line in zip(places, worked.lines, strict=True):
        if line.wrong:
            rows[place].marks["discount"] = line.wrong
    if not worked.is_sound:
        return None, wrong or worked.wrong
    shown_sums = SumsShown(
        lines=[
            (
                f"{shown.number(checked[place].values.quantity)} × {checked[place].values.description}",
                line.amount,
                line.said,
            )
            for place, line in zip(places, worked.lines, strict=True)
        ],
        codes=worked.codes,
        discount=worked.discount,
        vat=worked.vat,
        total=worked.said_total,
        in_cash=worked.in_cash,
        saved=worked.saved,
        used=worked.used,
        to_pay=worked.total,
        for_cards=sum(checked[place].cleaned_data["price"] for place in places if checked[place].values.gift_card),
        is_partial=len(places) < len(basket.lines),
    )
    return shown_sums, wrong


def _so_far(basket: Basket, lines: list[LineForm], store: Store, off: Discount) -> OrderValues:
    """Return the purchase as far as its boxes can be read."""
    form = basket.form
    chosen = plain_number(str(form["customer"].value() or ""))
    values = OrderValues(
        store_id=store.pk,
        channel=str(form["channel"].value() or Channel.SHOP),
        customer_id=chosen if chosen > 0 else None,
        lines=tuple(line.values for line in lines),
        codes=tuple(codes_in(str(form["codes"].value() or ""))),
        points=max(0, plain_number(str(form["points"].value() or ""))) if chosen > 0 else 0,
        discount=off.amount,
        discount_basis_points=off.basis_points,
    )
    if not str(form["placed_at"].value() or "").strip():
        return values
    # What was sold at another time costs what is written.
    as_written = tuple(replace(line.values, unit_price=line.cleaned_data["price"]) for line in lines)
    return replace(values, lines=as_written)


def _discount(basket: Basket) -> tuple[Discount, str]:
    """Return what is taken off the whole purchase, and what is wrong with it as it was typed."""
    try:
        return DiscountField(currency=basket.currency, required=False).clean(basket.form["discount"].value()), ""
    except ValidationError as error:
        return Discount(), str(error.messages[0])


def plain_number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else -1
