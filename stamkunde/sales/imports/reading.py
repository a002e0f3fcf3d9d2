"""What one line of a file of purchases means: so much of something bought or brought back, for an exact amount."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.kit.folding import fold
from stamkunde.kit.importing import Line, Tally, Terms
from stamkunde.kit.money import LARGEST_MINOR, decimals_of, round_half_up, vat_within
from stamkunde.sales.imports.fields import RETURN_KIND, SALE

_LARGEST_QUANTITY = Decimal(10_000_000_000)
_LARGEST_LINE = LARGEST_MINOR // 1000
_MOST_LINES = 1_000_000
_ONE = Decimal(1)
# No coin that anybody rounds to is larger.
_LARGEST_ROUNDING = Decimal(10)
_THOUSANDTH = Decimal("0.001")
_SIGNED = ("quantity", "price", "amount")


class Item(NamedTuple):
    """A line that can be taken: `quantity` and `amount` are positive, `number` counts within its order."""

    line: Line
    key: str
    number: int
    is_return: bool
    at: datetime
    customer: str
    product: str
    description: str
    quantity: Decimal
    unit_price: int
    discount: int
    amount: int
    vat_basis_points: int
    vat: int
    currency: str
    store: Store
    rounding: int = 0
    """Of the whole purchase or return, on whichever of its lines it stands."""


@dataclass
class LineReader:
    """Reads the lines of one run in their order, and counts the lines of each purchase across the whole file."""

    terms: Terms

    def __post_init__(self) -> None:
        self._stores = {fold(store.name): store for store in Store.objects.all()}
        self._default = Store.objects.get(pk=self.terms.store_id)
        self._latest = self.terms.at + timedelta(days=1)
        self._count = Counter()

    def remember(self, line: Line) -> None:
        """Count a line that an earlier attempt has taken, so that those after it keep their numbers."""
        is_return = self._is_return(line)
        if is_return is not None:
            self._place(line, is_return)

    def read(self, line: Line, tally: Tally) -> Item | None:
        """Return what the line means, or skip it with its reason."""
        given = line.values
        is_return = self._is_return(line)
        if is_return is None:
            tally.skip(
                line, _("Both the quantity and the price are negative, so it is neither a purchase nor a return.")
            )
            return None
        key, number = self._place(line, is_return)
        quantity = abs(given["quantity"]) if given["quantity"] is not None else _ONE
        store = self._stores.get(fold(given["store"])) if given["store"] else self._default
        currency = given["currency"] or self.terms.currency
        amount, unit_price = _amounts(line, quantity, currency)
        customer = customer_key(line)
        if reason := self._refusal(line, quantity, amount, store, is_return=is_return, customer=customer):
            tally.skip(line, reason)
            return None
        if store is None:
            return None
        rate = round_half_up(given["vat_rate"] * 100) if given["vat_rate"] else 0
        discount = max(0, round_half_up(unit_price * quantity) - amount) if given["discount"] else 0
        return Item(
            line,
            key,
            number,
            is_return,
            given["at"],
            customer,
            given["product"] or "",
            (given["description"] or given["product"] or _("Not itemised"))[:200],
            quantity,
            unit_price,
            discount,
            amount,
            rate,
            vat_within(amount, rate) if rate else 0,
            currency,
            store,
            _rounding(given, decimals_of(currency), is_return=is_return),
        )

    def _is_return(self, line: Line) -> bool | None:
        """Tell by the kind where there is one, else by the signs; None where quantity and price contradict."""
        given = line.values
        quantity, price, amount = given["quantity"], given["price"], given["amount"]
        below = quantity is not None and quantity < 0
        if given["kind"] is not None:
            return bool(given["kind"] == RETURN_KIND)
        if below and price is not None and price < 0:
            return None
        return below or (price is not None and price < 0) or (amount is not None and amount < 0)

    def _place(self, line: Line, is_return: bool) -> tuple[str, int]:
        """Return the purchase's key and the number of this line in it."""
        order = line.values["key"] or line.values["order"]
        mark = RETURN_KIND if is_return else SALE
        if order:
            number = self._count.next(f"{mark}:{order}")
            written = line.values["line"]
            return order, int(written) if written and 0 < written < _MOST_LINES else number
        content = _content_key(line)
        # Two equal lines without a number are two purchases: they are told apart by their place among equals.
        return f"{content}:{self._count.next(f'{mark}:{content}')}", 1

    def _refusal(
        self, line: Line, quantity: Decimal, amount: int, store: Store | None, *, is_return: bool, customer: str
    ) -> str:
        given = line.values
        if store is None:
            return _("There is no store of this name.")
        if given["price"] is None and given["amount"] is None:
            return _("The line has neither a price nor an amount.")
        if not quantity:
            return _("The quantity is nought.")
        if quantity >= _LARGEST_QUANTITY or quantity % _THOUSANDTH:
            return _("The quantity is too large, or has more than three decimals.")
        if amount > _LARGEST_LINE:
            return _("The amount is too large to be right.")
        if amount < 0:
            return _("The amount of the line is below zero.")
        if given["at"] > self._latest:
            return _("The date lies in the future.")
        if is_return and not amount and not customer:
            return _("A stock correction: it has neither a customer nor a price.")
        if given["rounding"] is not None and abs(given["rounding"]) > _LARGEST_ROUNDING:
            return _("The rounding is too large to be one of coins.")
        if given["vat_rate"] is not None and not 0 <= given["vat_rate"] <= 100:
            return _("A VAT rate lies between 0 and 100 percent.")
        return ""


def _rounding(given: Mapping[str, Any], decimals: int, *, is_return: bool) -> int:
    """Return the rounding in minor units; a return written with minus signs has that of its rounding turned as well."""
    if not given["rounding"]:
        return 0
    rounding = round_half_up(given["rounding"].scaleb(decimals))
    is_turned = is_return and any(given[name] is not None and given[name] < 0 for name in _SIGNED)
    return -rounding if is_turned else rounding


def customer_key(line: Line) -> str:
    """Return whose line it is: the source's key, or one made of name and e-mail; nothing where it is nobody's."""
    given = line.values
    if given["customer"]:
        return str(given["customer"])
    if not given["customer_name"] and not given["customer_email"]:
        return ""
    who = f"{fold(given['customer_name'] or '')}|{(given['customer_email'] or '').casefold()}"
    return f"#{hashlib.blake2b(who.encode(), digest_size=16).hexdigest()}"


def _content_key(line: Line) -> str:
    given = line.values
    content = (
        customer_key(line), given["at"].isoformat(), given["product"], given["description"], given["quantity"],
        given["price"], given["amount"],
    )  # fmt: skip
    return f"#{hashlib.blake2b(repr(content).encode(), digest_size=12).hexdigest()}"


def _amounts(line: Line, quantity: Decimal, currency: str) -> tuple[int, int]:
    """Return the amount of the line and the price of one, in minor units; rounding is done once, on the line."""
    given = line.values
    decimals = decimals_of(currency)
    if given["amount"] is not None:
        amount = abs(given["amount"]).scaleb(decimals)
        price = abs(given["price"]).scaleb(decimals) if given["price"] is not None else None
        if price is None:
            price = amount / quantity if quantity else amount
        return round_half_up(amount), round_half_up(price)
    if given["discount"]:
        price = abs(given["price"] or Decimal(0)).scaleb(decimals)
        return round_half_up(quantity * price - abs(given["discount"]).scaleb(decimals)), round_half_up(price)
    return _priced(quantity, given["price"] or Decimal(0), decimals)


@lru_cache(maxsize=100_000)
def _priced(quantity: Decimal, price: Decimal, decimals: int) -> tuple[int, int]:
    """The same few quantities at the same few prices make up nearly every file."""
    minor = abs(price).scaleb(decimals)
    return round_half_up(quantity * minor), round_half_up(minor)


def rounding_of(items: Sequence[Item]) -> int:
    """Return the rounding of the purchase or return that the lines make up: it stands on one of them."""
    return next((item.rounding for item in items if item.rounding), 0)


class Counter:
    """Counts how often each text has come by; beyond a million and a half it counts on disk."""

    _MOST_IN_MEMORY = 1_500_000

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._last, self._last_mark = "", 0
        self._disk: sqlite3.Connection | None = None

    def next(self, text: str) -> int:
        if text != self._last:
            # Half a digest is enough to tell texts apart; Python's own hash is not, and may be made to collide.
            digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
            self._last, self._last_mark = text, int.from_bytes(digest, "big", signed=True)
        mark = self._last_mark
        if mark in self._counts:
            self._counts[mark] += 1
            return self._counts[mark]
        if len(self._counts) < self._MOST_IN_MEMORY:
            self._counts[mark] = 1
            return 1
        return self._on_disk(mark)

    def _on_disk(self, mark: int) -> int:
        if self._disk is None:
            # A database without a name is a temporary file, gone when it is closed.
            self._disk = sqlite3.connect("", isolation_level=None)
            self._disk.execute("CREATE TABLE seen (mark INTEGER PRIMARY KEY, times INTEGER NOT NULL)")
            self._disk.execute("BEGIN")
        found = self._disk.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT (mark) DO UPDATE SET times = times + 1 RETURNING times", (mark,)
        ).fetchone()
        return int(found[0])
