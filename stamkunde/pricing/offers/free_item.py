"""Buy something and get something for nothing, or for less: a filter with every coffee machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.kit.money import percent_of
from stamkunde.pricing.evaluator.benefit import NO_BETTER, NOTHING_FITS, Benefit, Lacking, Part, Saving, Share, Units
from stamkunde.pricing.evaluator.quote import Reason
from stamkunde.pricing.evaluator.values import Layer, Scope
from stamkunde.pricing.offers.units import Taken, dearest_first, take, together, units_in, value, weights_of


@dataclass(frozen=True, kw_only=True)
class FreeItem(Benefit):
    """For every `buy` units of what is bought, `free` units of the gift for less by a share in basis points.

    The gift has to lie in the basket: only what is sold is on a receipt.
    """

    bought: Scope
    gift: Scope
    buy: Units = 1
    free: Units = 1
    basis_points: Share = 10_000
    most_times: Units | None = None

    kind: ClassVar = "free_item"

    def scopes(self) -> tuple[Scope, ...]:
        return (self.bought, self.gift)

    def saving(self, parts: Sequence[Part], layer: Layer) -> Saving | Lacking:
        runs = dearest_first(parts)
        bought = [part for part in runs if self.bought.covers(part.product, part.categories)]
        gifts = [part for part in runs if self.gift.covers(part.product, part.categories)]
        if not bought and not gifts:
            return NOTHING_FITS
        gift_places = {part.place for part in gifts}
        only_bought = [part for part in bought if part.place not in gift_places]
        either = [part for part in bought if part.place in gift_places]
        times = self._times(units_in(only_bought), units_in(either), units_in(gifts))
        if not times:
            return self._lacking(units_in(bought), units_in(gifts), units_in(either))
        # What can be either is paid for when it is dear, and given when it is cheap.
        paid = take([*only_bought, *either], times * self.buy, {})
        given = take(gifts, times * self.free, paid)
        total = percent_of(value(runs, given, paid), self.basis_points)
        if not total:
            return NO_BETTER
        used: Taken = together(paid, given)
        return Saving(total, weights=weights_of(runs, used), used=used, units=self.buy + self.free, times=times)

    def _times(self, only_bought: int, either: int, gifts: int) -> int:
        """Return how often there are enough of both, where some units could be the one or the other."""
        most = min((only_bought + either) // self.buy, gifts // self.free)
        most = most if self.most_times is None else min(most, self.most_times)
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            as_bought = max(0, middle * self.buy - only_bought)
            if as_bought <= either and gifts - as_bought >= middle * self.free:
                low = middle
            else:
                high = middle - 1
        return low

    def _lacking(self, bought: int, gifts: int, either: int) -> Lacking:
        if bought < self.buy:
            return Lacking(Reason.BELOW_MINIMUM, missing_units=self.buy - bought)
        return Lacking(Reason.BELOW_MINIMUM, missing_units=max(1, self.free - (gifts - min(either, self.buy))))

    def says(self, currency: str) -> str:
        if self.basis_points == 10_000:
            return _("Buy %(buy)s, get %(free)s along for nothing") % {"buy": self.buy, "free": self.free}
        return _("Buy %(buy)s, get %(free)s along for %(share)s less") % {
            "buy": self.buy,
            "free": self.free,
            "share": shown.percent(self.basis_points),
        }
