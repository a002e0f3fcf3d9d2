"""A box for what is taken off: an amount, or a share written with a per cent sign."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stamkunde.kit.number_fields import AmountField, PercentField, read_number


@dataclass(frozen=True)
class Discount:
    """One of the two, never both."""

    amount: int = 0
    basis_points: int = 0


class DiscountField(AmountField):
    """``10`` takes ten kroner off, ``10 %`` a tenth."""

    def clean(self, value: Any) -> Discount:  # type: ignore[override]
        text = str(value or "").strip()
        if not text.endswith("%"):
            return Discount(amount=super().clean(text) or 0)
        if read_number(text[:-1]) is None:
            raise ValidationError(_("Write what is taken off, such as 50 or 10 %."), code="no_discount")
        return Discount(basis_points=PercentField(required=False).clean(text[:-1]) or 0)
