"""The basket while it is worked out: what is left of each line, which units still are nobody's, and what took what off.

Every line is carried twice: in whole minor units, which is what counts, and exactly, as it would be if minor units
could be parted. What is shared out follows the exact amounts by largest remainder, ties to the lowest line, and never
takes more than the line has; so a line stays within one minor unit of its exact amount however many things are shared.
"""

from collections.abc import Iterable, Mapping, Sequence

from stamkunde.pricing.evaluator.benefit import ONE, PRECISION, Part, Saving, seen, value_of
from stamkunde.pricing.evaluator.conditions import Entry
from stamkunde.pricing.evaluator.quote import Allocation, Outcome, Reason, Step
from stamkunde.pricing.evaluator.values import BasketLine, Layer

BY_HAND = "by_hand"
POINTS_USED = "points"
# Less than this is noise of the last binary places.
_NOTHING = ONE >> 41


class Reckoning:
    """One way of working the basket out; alternatives are worked out on copies."""

    def __init__(self, lines: Sequence[BasketLine], priced: Sequence[int], closed: frozenset[int]) -> None:
        """`priced` is what each line comes to by its unit price; `closed` are those no offer of the line changes."""
        self.lines = lines
        self.amount = list(priced)
        self.worth = [amount << PRECISION for amount in priced]
        self.closed = closed
        self.counted = [int(line.quantity) if line.quantity == int(line.quantity) else 0 for line in lines]
        self.keys = [
            (line.product or 0, line.sku, line.name, line.quantity, amount, line.vat_basis_points, line.own_price or 0)
            for line, amount in zip(lines, priced, strict=True)
        ]
        # What no offer that wants units for itself has taken yet.
        self.free_quantity = [line.quantity for line in lines]
        self.free_units = list(self.counted)
        self.free_amount = list(priced)
        self.free_worth = list(self.worth)
        self.taken_by: dict[int, str] = {}
        self.allocations: list[list[Allocation]] = [[] for _line in lines]
        self.steps: list[Step] = []
        # In the order in which they took something off.
        self.sources: dict[str, None] = {}
        self.codes_used = 0
        self.is_trial = False

    def trial(self) -> "Reckoning":
        """Return a copy that notes down no steps: only its total is asked for."""
        other = self.copy()
        other.is_trial = True
        return other

    def copy(self) -> "Reckoning":
        other = Reckoning.__new__(Reckoning)
        other.lines, other.closed, other.counted, other.keys = self.lines, self.closed, self.counted, self.keys
        other.amount, other.worth = self.amount[:], self.worth[:]
        other.free_quantity, other.free_units = self.free_quantity[:], self.free_units[:]
        other.free_amount, other.free_worth = self.free_amount[:], self.free_worth[:]
        other.taken_by = dict(self.taken_by)
        other.allocations = [own[:] for own in self.allocations]
        other.steps, other.sources = self.steps[:], dict(self.sources)
        other.codes_used, other.is_trial = self.codes_used, self.is_trial
        return other

    @property
    def total(self) -> int:
        return sum(self.amount)

    def whole_parts(self, places: Iterable[int]) -> list[Part]:
        """Return what is left of the lines."""
        lines = self.lines
        return [
            Part(
                place,
                lines[place].product,
                lines[place].categories,
                lines[place].quantity,
                self.counted[place],
                self.amount[place],
                self.worth[place],
                self.keys[place],
            )
            for place in places
            if self.worth[place] > _NOTHING
        ]

    def free_parts(self, places: Iterable[int]) -> list[Part]:
        """Return the units of the lines that no offer has taken for itself."""
        lines = self.lines
        return [
            Part(
                place,
                lines[place].product,
                lines[place].categories,
                self.free_quantity[place],
                self.free_units[place],
                self.free_amount[place],
                self.free_worth[place],
                self.keys[place],
            )
            for place in places
            if self.free_amount[place] > 0
        ]

    def apply(self, entry: Entry, layer: Layer, saving: Saving, *, most: int | None = None) -> int:
        """Take off what an offer saves, at most so much, and return what it came to."""
        offer = entry.offer
        total = saving.total if most is None else min(saving.total, most)
        if total < saving.total:
            weights = saving.weights or {place: own << PRECISION for place, own in (saving.by_line or {}).items()}
            taken = self.share(total, weights)
            self._note(
                Step(
                    0, layer, Outcome.NOTED, entry.source, entry.name, amount=saving.total - total, reason=Reason.CAPPED
                )
            )
        elif saving.by_line is not None:
            taken = self.take(saving.by_line)
        else:
            taken = self.share(total, saving.weights)
        self.book(
            entry.source,
            entry.name,
            layer,
            taken,
            audience=offer.audience.kind,
            minimum=offer.minimum,
            units=saving.units or offer.minimum_units,
            times=saving.times,
        )
        if entry.code is not None and entry.code.is_single_use and taken:
            self.codes_used += 1
        return sum(taken.values())

    def give_units(self, entry: Entry, saving: Saving) -> None:
        """Let the units that an offer took belong to it; another that wants them for itself finds them gone."""
        used = saving.used
        places = used or saving.by_line or saving.weights
        for place in places:
            units = self.free_units[place]
            some = used[place] if used is not None else units
            self.taken_by[place] = entry.name
            if used is None or some == units:
                self.free_quantity[place] -= self.free_quantity[place]
                self.free_units[place] = self.free_amount[place] = self.free_worth[place] = 0
            else:
                self.free_amount[place] -= value_of(self.free_amount[place], units, some)
                self.free_worth[place] -= self.free_worth[place] * some // units
                self.free_units[place] -= some
                self.free_quantity[place] -= some

    def take(self, by_line: Mapping[int, int]) -> dict[int, int]:
        """Take an amount of its own off each line."""
        taken = {}
        for place in sorted(by_line):
            own = min(by_line[place], self.amount[place])
            if own > 0:
                self.amount[place] -= own
                self.worth[place] -= own << PRECISION
                taken[place] = own
        return taken

    def share(self, total: int, weights: Mapping[int, int]) -> dict[int, int]:
        """Take a total off the lines by weight."""
        whole = sum(weights.values())
        if not total or not whole:
            return {}
        wanted: list[tuple[int, int, int]] = []
        taken: dict[int, int] = {}
        given = 0
        for place in sorted(weights):
            self.worth[place] -= (total << PRECISION) * weights[place] // whole
            due = seen((self.amount[place] << PRECISION) - self.worth[place])
            own = min(max(due >> 40, 0), self.amount[place])
            wanted.append((-(due - (own << 40)), place, own))
            taken[place] = own
            given += own
        wanted.sort()
        self._even_out(total - given, wanted, taken)
        for place, own in taken.items():
            self.amount[place] -= own
        return {place: own for place, own in taken.items() if own}

    def _even_out(self, missing: int, wanted: Sequence[tuple[int, int, int]], taken: dict[int, int]) -> None:
        """Give the odd minor units to whom most is due, or take them from whom least is."""
        while missing:
            before = missing
            for _due, place, _own in wanted if missing > 0 else reversed(wanted):
                if missing > 0 and taken[place] < self.amount[place]:
                    taken[place] += 1
                    missing -= 1
                elif missing < 0 and taken[place] > 0:
                    taken[place] -= 1
                    missing += 1
                if not missing:
                    return
            if missing == before:
                return

    def book(
        self,
        source: str,
        name: str,
        layer: Layer,
        taken: Mapping[int, int],
        *,
        audience: str = "",
        minimum: int = 0,
        units: int = 0,
        times: int = 0,
    ) -> None:
        for place, own in taken.items():
            self.allocations[place].append(Allocation(source, layer, own, minimum, units, times))
        self.sources[source] = None
        if self.is_trial:
            return
        lines = self.lines
        self.steps += [
            Step(lines[place].number, layer, Outcome.APPLIED, source, name, audience, own)
            for place, own in taken.items()
        ]

    def reject(
        self, entry: Entry, layer: Layer, reason: Reason, *, missing: int = 0, missing_units: int = 0, other: str = ""
    ) -> None:
        if self.is_trial:
            return
        self._note(
            Step(
                0,
                layer,
                Outcome.REJECTED,
                entry.source,
                entry.name,
                audience=entry.offer.audience.kind,
                reason=reason,
                missing=missing,
                missing_units=missing_units,
                other=other,
            )
        )

    def give_back(self, place: int, source: str, amount: int) -> None:
        """Undo so much of what a source took off a line: a guard stands before it."""
        own = self.allocations[place]
        for at, allocation in enumerate(own):
            if allocation.source == source:
                left = allocation.amount - amount
                own[at : at + 1] = [allocation._replace(amount=left)] if left else []
                break
        self.amount[place] += amount
        self.worth[place] += amount * ONE
        number = self.lines[place].number
        for at, step in enumerate(self.steps):
            if (step.line, step.source, step.outcome) == (number, source, Outcome.APPLIED):
                if step.amount > amount:
                    self.steps[at] = step._replace(amount=step.amount - amount)
                    self._note(
                        step._replace(layer=Layer.GUARD, outcome=Outcome.NOTED, amount=amount, reason=Reason.CAPPED)
                    )
                else:
                    self.steps[at] = step._replace(outcome=Outcome.REJECTED, amount=0, reason=Reason.CAPPED)
                return

    def _note(self, step: Step) -> None:
        self.steps.append(step)
