"""What people fill in for a kind of offer, and how it becomes the data of its benefit and back again."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.catalogue.scopes import ScopeField, read_scope, say_scope
from stamkunde.kit.number_fields import AmountField, PercentField

_UNITS = re.compile(r"\s*(\d{1,3})\s*[x×*:]\s*(.+)")
MOST_PARTS = 10


class PartsField(forms.CharField):
    """The parts of a bundle, one a line: ``2 x 4711, 4712``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**options)

    def clean(self, value: Any) -> list[list[Any]]:
        parts = []
        for line in super().clean(value).splitlines():
            if line.strip():
                found = _UNITS.fullmatch(line)
                units, said = (int(found[1]), found[2]) if found else (1, line)
                parts.append([read_scope(said), units])
        if not 1 <= len(parts) <= MOST_PARTS:
            raise ValidationError(_("Write one to ten parts, each on a line of its own."))
        return parts

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{units} x {say_scope(scope)}" for scope, units in value)


@dataclass(frozen=True)
class Box:
    """A value of a benefit: its name there, what it is called, and how it is written."""

    name: str
    label: Any
    kind: str
    required: bool = True
    help_text: Any = ""
    initial: Any = None

    def field(self, currency: str) -> forms.Field:
        options: dict[str, Any] = {
            "label": self.label, "required": self.required, "help_text": self.help_text, "initial": self.initial,
        }  # fmt: skip
        if self.kind == "percent":
            return PercentField(**options)
        if self.kind == "amount":
            return AmountField(currency=currency, **options)
        if self.kind == "count":
            return forms.IntegerField(min_value=1, max_value=1_000, **options)
        if self.kind == "times":
            # Kept in basis points, as shares are; people write 2 for double.
            return forms.TypedChoiceField(
                choices=[(times * 10_000, f"{times} ×") for times in range(2, 11)], coerce=int, **options
            )
        if self.kind == "flag":
            return forms.BooleanField(**options)
        if self.kind == "parts":
            return PartsField(**options)
        return ScopeField(**{name: value for name, value in options.items() if value or name != "help_text"})


_MOST_TIMES = Box("most_times", gettext_lazy("At most so often in a basket"), "count", required=False)
_SHARE = Box("basis_points", gettext_lazy("Off it, in per cent"), "percent", initial=10_000)

BOXES: dict[str, tuple[Box, ...]] = {
    "percent": (
        Box("basis_points", gettext_lazy("Off, in per cent"), "percent"),
        Box("most", gettext_lazy("At most this amount"), "amount", required=False),
    ),
    "amount": (
        Box("minor", gettext_lazy("Amount off"), "amount"),
        Box("each", gettext_lazy("Off each of them"), "flag", required=False),
    ),
    "fixed_price": (Box("price", gettext_lazy("Price of each"), "amount"),),
    "n_for_m": (
        Box("take", gettext_lazy("Take"), "count", initial=3),
        Box("pay", gettext_lazy("Pay for"), "count", initial=2),
        _MOST_TIMES,
    ),
    "bundle": (
        Box(
            "parts",
            gettext_lazy("What belongs together"),
            "parts",
            help_text=gettext_lazy("One part a line: how many, an x, and product numbers or categories."),
        ),
        Box("price", gettext_lazy("Price together"), "amount"),
        _MOST_TIMES,
    ),
    "cheapest_free": (Box("of", gettext_lazy("From so many on"), "count", initial=3), _SHARE),
    "free_item": (
        Box("bought", gettext_lazy("What is bought"), "scope"),
        Box("buy", gettext_lazy("How many of it"), "count", initial=1),
        Box("gift", gettext_lazy("What comes with it"), "scope"),
        Box("free", gettext_lazy("How many of that"), "count", initial=1),
        _SHARE,
        _MOST_TIMES,
    ),
    "points_multiplier": (Box("basis_points", gettext_lazy("How many times the points"), "times", initial=20_000),),
}

KIND_NAMES: dict[str, Any] = {
    "percent": gettext_lazy("So many per cent off"),
    "amount": gettext_lazy("An amount off"),
    "fixed_price": gettext_lazy("A fixed price"),
    "n_for_m": gettext_lazy("Take so many, pay for fewer"),
    "bundle": gettext_lazy("A price for things together"),
    "cheapest_free": gettext_lazy("The cheapest one for nothing"),
    "free_item": gettext_lazy("Something along with what is bought"),
    "points_multiplier": gettext_lazy("More points"),
}
