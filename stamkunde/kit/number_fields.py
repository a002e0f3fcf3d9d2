"""Boxes for amounts and quantities that take a number however the person writes it, and keep it exact."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.money import Money, MoneyError, decimals_of
from stamkunde.kit.shown import language, number, plain_amount

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,10})?|\.\d{1,10})")


def read_number(text: str) -> Decimal | None:
    """Read ``1 248,50``, ``1,248.50`` and ``1248.5`` alike; None when it is no number.

    The last mark stands before the decimals. A lone comma with three digits after it is a thousand only to readers of
    English, who write it so.
    """
    plain = _BLANKS.sub("", text).replace("−", "-")
    last = max(plain.rfind(","), plain.rfind("."))
    if last >= 0:
        mark = plain[last]
        is_lone = plain.count(",") + plain.count(".") == 1
        is_thousand = is_lone and mark == "," and language().startswith("en") and re.search(r",\d{3}$", plain)
        if plain.count(mark) > 1 or is_thousand:
            plain = plain.replace(",", "").replace(".", "")
        else:
            plain = plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1 :]
    return Decimal(plain) if plain.isascii() and _NUMBER.fullmatch(plain) else None


class _NumberField(forms.CharField):
    default_error_messages = {"no_number": gettext_lazy("Write a number here, such as 12 or 12,50.")}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def _number(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        found = read_number(text)
        if found is None:
            raise ValidationError(self.error_messages["no_number"], code="no_number")
        return found


class AmountField(_NumberField):
    """An amount in a currency, as minor units; the currency may be set when the form is made."""

    def __init__(self, *, currency: str = "NOK", smallest: int | None = 0, **options: Any) -> None:
        super().__init__(**options)
        self.currency = currency
        self.smallest = smallest

    def clean(self, value: Any) -> int | None:
        found = self._number(value)
        if found is None:
            return None
        if self.smallest is not None and found < self.smallest:
            raise ValidationError(_("Write an amount that is not below zero."), code="negative")
        try:
            return Money.of(found, self.currency).minor
        except MoneyError as error:
            raise ValidationError(self._reason(found), code="no_amount") from error

    def _reason(self, found: Decimal) -> str:
        decimals = decimals_of(self.currency)
        if found.adjusted() > 13:
            return _("This is too large to be an amount. Look at the number once more.")
        if not decimals:
            return _("%(currency)s has no decimals. Write a whole number.") % {"currency": self.currency}
        return _("%(currency)s has %(decimals)s decimals. Write no more of them.") % {
            "currency": self.currency,
            "decimals": decimals,
        }

    def prepare_value(self, value: Any) -> Any:
        return plain_amount(value, self.currency) if isinstance(value, int) else value


class QuantityField(_NumberField):
    """A quantity above zero with at most three decimals, such as 2 or 0,750."""

    LARGEST = Decimal(1_000_000)

    def clean(self, value: Any) -> Decimal | None:
        found = self._number(value)
        if found is None:
            return None
        if found <= 0 and (self.required or found < 0):
            raise ValidationError(_("Write a quantity above zero."), code="not_above_zero")
        if found > self.LARGEST:
            raise ValidationError(_("This is too many. Look at the number once more."), code="too_many")
        if found != round(found, 3):
            raise ValidationError(_("Write a quantity with at most three decimals."), code="too_precise")
        return found

    def prepare_value(self, value: Any) -> Any:
        return number(value, grouped=False) if isinstance(value, Decimal | int) else value


class PercentField(_NumberField):
    """A share between 0 and 100 %, as basis points: 12,5 is 1,250."""

    def clean(self, value: Any) -> int | None:
        found = self._number(value)
        if found is None:
            return None
        if not 0 <= found <= 100:
            raise ValidationError(_("Write a share between 0 and 100."), code="no_share")
        if found * 100 != int(found * 100):
            raise ValidationError(_("Write a share with at most two decimals."), code="too_precise")
        return int(found * 100)

    def prepare_value(self, value: Any) -> Any:
        return number(Decimal(value) / 100, grouped=False) if isinstance(value, int) else value
