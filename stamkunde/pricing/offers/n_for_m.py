"""Take so many, pay for fewer: three for the price of two.

Units are grouped from the dearest down, which is what costs the customer least. What is saved lies on all units of the
groups, so that whichever of them comes back takes its part of it along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.pricing.evaluator.benefit import NO_BETTER, NOTHING_FITS, Benefit, Lacking, Part, Saving, Units, value_of
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Layer
from stamkunde.pricing.offers.units import dearest_first, units_in, weights_of


@dataclass(frozen=True, kw_only=True)
class NForM(Benefit):
    """Take `take`, pay `pay` of them, at most `most_times` in a basket."""

    take: Units
    pay: Units
    most_times: Units | None = None

    kind: ClassVar = "n_for_m"

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        runs = dearest_first(parts)
        units = units_in(runs)
        times = units // self.take
        if not units:
            return NOTHING_FITS
        if not times:
            return Lacking(Reason.BELOW_MINIMUM, missing_units=self.take - units)
        times = times if self.most_times is None else min(times, self.most_times)
        grouped = times * self.take
        used: dict[int, int] = {}
        total = place = 0
        for part in runs:
            here = min(part.units, grouped - place)
            if here <= 0:
                break
            free = self._free_before(place + here) - self._free_before(place)
            total += value_of(part.amount, part.units, here) - value_of(part.amount, part.units, here - free)
            used[part.place] = here
            place += here
        if not total:
            return NO_BETTER
        return Saving(total, weights=weights_of(runs, used), used=used, units=self.take, times=times)

    def _free_before(self, place: int) -> int:
        """Return how many of the first so many places, grouped from the dearest down, are free."""
        groups, rest = divmod(place, self.take)
        return groups * (self.take - self.pay) + max(0, rest - self.pay)

    def mistake(self) -> str:
        return _("Let fewer be paid for than are taken.") if self.pay >= self.take else ""

    def says(self, currency: str) -> str:
        return _("Take %(take)s, pay for %(pay)s") % {"take": self.take, "pay": self.pay}
