"""Each unit for a fixed price, where that is less."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.pricing.evaluator.benefit import (
    NO_BETTER,
    NOTHING_FITS,
    Benefit,
    Lacking,
    NotNegative,
    Part,
    Saving,
    gross_of,
)
from stamkunde.pricing.evaluator.values import Layer


@dataclass(frozen=True, kw_only=True)
class FixedPrice(Benefit):
    price: NotNegative

    kind: ClassVar = "fixed_price"
    layers: ClassVar = (Layer.UNIT, Layer.LINE, Layer.SHIPPING)
    is_money: ClassVar = True

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        if not parts:
            return NOTHING_FITS
        by_line = {
            part.place: part.amount - fixed
            for part in parts
            if (fixed := gross_of(self.price, part.quantity)) < part.amount
        }
        return Saving(sum(by_line.values()), by_line=by_line) if by_line else NO_BETTER

    def unit_total(self, unit_price: int, quantity: Decimal) -> int:
        return gross_of(self.price, quantity)

    def says(self, currency: str) -> str:
        return _("%(price)s each") % {"price": shown.amount(self.price, currency)}
