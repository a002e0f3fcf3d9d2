"""What a quote for a customer says and comes to: plain data as it was sent, and the sums of what is chosen of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.sales.sums import Pricing, Sums, reckon


@dataclass(frozen=True, kw_only=True)
class OfferedLine:
    """A line as it was sent; `number` is by which the customer chooses it."""

    number: int
    product_id: int | None
    description: str
    quantity: Decimal
    unit_price: int
    discount_basis_points: int
    vat_class: str
    vat_basis_points: int
    is_optional: bool
    is_chosen: bool

    @property
    def pricing(self) -> Pricing:
        return Pricing(
            quantity=self.quantity,
            unit_price=self.unit_price,
            discount_basis_points=self.discount_basis_points,
            vat_basis_points=self.vat_basis_points,
        )


@dataclass(frozen=True, kw_only=True)
class Content:
    """A quote as it was sent."""

    title: str
    words: str
    language: str
    currency: str
    valid_until: date
    discount_basis_points: int
    lines: tuple[OfferedLine, ...]

    def as_dict(self) -> dict[str, Any]:
        lines = [vars(line) | {"quantity": f"{line.quantity.normalize():f}"} for line in self.lines]
        return vars(self) | {"valid_until": self.valid_until.isoformat(), "lines": lines}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Content":
        lines = tuple(OfferedLine(**line | {"quantity": Decimal(line["quantity"])}) for line in kept["lines"])
        return cls(**kept | {"valid_until": date.fromisoformat(kept["valid_until"]), "lines": lines})

    @property
    def has_options(self) -> bool:
        return any(line.is_optional for line in self.lines)

    @property
    def usual(self) -> frozenset[int]:
        """What is chosen as long as the customer changes nothing."""
        return frozenset(line.number for line in self.lines if line.is_chosen)

    def chosen(self, options: Collection[int]) -> tuple[OfferedLine, ...]:
        """Return the lines that are bought when these options are: what is no option always is."""
        return tuple(line for line in self.lines if not line.is_optional or line.number in options)

    def sums(self, options: Collection[int]) -> Sums:
        lines = self.chosen(options)
        return reckon([line.pricing for line in lines], discount_basis_points=self.discount_basis_points)

    def text(self, options: Collection[int]) -> str:
        """Return in words what is accepted with these options, in the language that is active."""
        lines, sums = self.chosen(options), self.sums(options)
        write = shown.amounts(self.currency)
        said = [self.title, *([self.words] if self.words else [])]
        said += [
            f"{shown.number(line.quantity)} × {line.description}: {write(own.amount)}"
            for line, own in zip(lines, sums.lines, strict=True)
        ]
        total = _("Total %(total)s, of which VAT %(vat)s") % {"total": write(sums.total), "vat": write(sums.vat)}
        return "\n".join([*said, total])
