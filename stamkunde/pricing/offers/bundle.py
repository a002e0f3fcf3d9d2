"""Things that cost a fixed price together: bread, soup and coffee for 99, or any three for 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

from annotated_types import Len
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
    Units,
)
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Layer, Scope
from stamkunde.pricing.offers.units import Taken, dearest_first, take, together, units_in, value, weights_of

MOST_TIMES = 1_000


class Wanted(NamedTuple):
    """One part of a bundle: so many units of what a scope covers."""

    scope: Scope
    units: Units


@dataclass(frozen=True, kw_only=True)
class Bundle(Benefit):
    """The parts for `price`, as often as the basket has them all and it costs less, at most `most_times`."""

    parts: Annotated[tuple[Wanted, ...], Len(1, 10)]
    price: NotNegative
    most_times: Units | None = None

    kind: ClassVar = "bundle"
    is_money: ClassVar = True

    def scopes(self) -> tuple[Scope, ...]:
        return tuple(wanted.scope for wanted in self.parts)

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        runs = dearest_first(parts)
        choices = [
            (wanted, [part for part in runs if wanted.scope.covers(part.product, part.categories)])
            for wanted in self.parts
        ]
        if not any(found for _wanted, found in choices):
            return NOTHING_FITS
        # What few things can be, such as the one product named, is chosen before what many can.
        choices.sort(key=lambda choice: len(choice[1]))
        used: Taken = {}
        total = times = 0
        most = MOST_TIMES if self.most_times is None else min(self.most_times, MOST_TIMES)
        while times < most:
            once = self._once(choices, used)
            if once is None:
                break
            saved = value(runs, once, used) - self.price
            if saved <= 0:
                return NO_BETTER if not times else self._found(runs, used, total, times)
            used = together(used, once)
            total += saved
            times += 1
        if not times:
            lacking = sum(max(0, wanted.units - units_in(found)) for wanted, found in choices)
            return Lacking(Reason.BELOW_MINIMUM, missing_units=max(1, lacking))
        return self._found(runs, used, total, times)

    def _once(self, choices: Sequence[tuple[Wanted, list[Part]]], used: Taken) -> Taken | None:
        once: Taken = {}
        for wanted, found in choices:
            here = take(found, wanted.units, together(used, once))
            if sum(here.values()) < wanted.units:
                return None
            once = together(once, here)
        return once

    def _found(self, runs: Sequence[Part], used: Taken, total: int, times: int) -> Saving:
        units = sum(wanted.units for wanted in self.parts)
        return Saving(total, weights=weights_of(runs, used), used=used, units=units, times=times)

    def says(self, currency: str) -> str:
        units = sum(wanted.units for wanted in self.parts)
        return _("%(units)s together for %(price)s") % {
            "units": shown.number(units),
            "price": shown.amount(self.price, currency),
        }
