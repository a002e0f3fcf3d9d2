"""Of so many in one basket the cheapest for nothing, or for less; once, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.kit.money import percent_of
from stamkunde.pricing.evaluator.benefit import NO_BETTER, NOTHING_FITS, Benefit, Lacking, Part, Saving, Share, Units
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Layer
from stamkunde.pricing.offers.units import dearest_first, take, units_in, value, weights_of


@dataclass(frozen=True, kw_only=True)
class CheapestFree(Benefit):
    """From `of` units on, the cheapest one for less by a share in basis points; all of it unless said otherwise."""

    of: Units
    basis_points: Share = 10_000

    kind: ClassVar = "cheapest_free"

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        runs = dearest_first(parts)
        units = units_in(runs)
        if not units:
            return NOTHING_FITS
        if units < self.of:
            return Lacking(Reason.BELOW_MINIMUM, missing_units=self.of - units)
        cheapest = take(runs[::-1], 1, {})
        total = percent_of(value(runs, cheapest), self.basis_points)
        if not total:
            return NO_BETTER
        # The cheapest and the dearest make up the group, so that all the rest stays free for other offers.
        used = take(runs[::-1], 1, {})
        others = take(runs, self.of - 1, used)
        for index, some in others.items():
            used[index] = used.get(index, 0) + some
        return Saving(total, weights=weights_of(runs, used), used=used, units=self.of, times=1)

    def says(self, currency: str) -> str:
        if self.basis_points == 10_000:
            return _("The cheapest of %(of)s for nothing") % {"of": self.of}
        return _("The cheapest of %(of)s for %(share)s less") % {
            "of": self.of,
            "share": shown.percent(self.basis_points),
        }
