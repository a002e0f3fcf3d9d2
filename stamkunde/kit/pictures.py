"""Pictures of more than one row of numbers: bars side by side, and bands from what was to what is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

TONES = ("green", "blue", "gold", "amber", "plain")
"""Names of colours in the style sheet of pictures, in the order in which they are taken."""

_GROUP, _BAR, _TOP, _FLOOR = 46, 12, 4, 84


@dataclass(frozen=True)
class Series:
    """What all bars of one colour are: its name, and a number for each group; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class _Part:
    tone: str
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class GroupedBars:
    """For each label bars of every series side by side; the description is what a screen reader says.

    The numbers stand in a table beside it: a picture says only how they compare.
    """

    title: str
    description: str
    labels: Sequence[str]
    years: Sequence[str]
    series: Sequence[Series]

    @property
    def view_box(self) -> str:
        return f"0 0 {max(len(self.labels), 1) * _GROUP} 112"

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Return each series with its colour, for the legend."""
        return [(own.name, TONES[place % len(TONES)]) for place, own in enumerate(self.series)]

    @cached_property
    def marks(self) -> list[tuple[str, str, str]]:
        return [
            (f"{place * _GROUP + _GROUP / 2:.0f}", label, year)
            for place, (label, year) in enumerate(zip(self.labels, self.years, strict=True))
        ]

    @cached_property
    def parts(self) -> list[_Part]:
        largest = max((value for own in self.series for value in own.values if value), default=0) or 1
        margin = (_GROUP - _BAR * len(self.series)) / 2
        found = []
        for place, own in enumerate(self.series):
            for group, value in enumerate(own.values):
                if value is not None:
                    height = max(1.5, (_FLOOR - _TOP) * max(value, 0) / largest)
                    left = group * _GROUP + margin + place * _BAR
                    found.append(
                        _Part(TONES[place % len(TONES)], f"{left:.1f}", f"{_FLOOR - height:.1f}", f"{height:.1f}")
                    )
        return found


@dataclass(frozen=True)
class Band:
    """So many that were one thing and are another; the places count from the top of each side."""

    source: int
    target: int
    count: int
    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class _Node:
    y: str
    height: str
    middle: str
    name: str


@dataclass(frozen=True)
class _Drawn:
    path: str
    tone: str
    text: str


_WIDTH, _NODE, _HIGH, _GAP, _SIDE = 640, 8, 240, 14, 150


@dataclass(frozen=True)
class Flow:
    """What was on the left is on the right now: bands as broad as there are many."""

    title: str
    description: str
    before: Sequence[str]
    after: Sequence[str]
    bands: Sequence[Band]

    @property
    def view_box(self) -> str:
        return f"0 0 {_WIDTH} {_HIGH}"

    @cached_property
    def left(self) -> list[_Node]:
        return self._nodes(self.before, [band.source for band in self.bands])

    @cached_property
    def right(self) -> list[_Node]:
        return self._nodes(self.after, [band.target for band in self.bands])

    @cached_property
    def drawn(self) -> list[_Drawn]:
        """Return the bands, each beginning where the one before it ended on both sides."""
        left, right = [float(one.y) for one in self.left], [float(one.y) for one in self.right]
        found = []
        for band in sorted(self.bands, key=lambda one: (one.source, one.target)):
            height = self._height(band.count)
            top, bottom = left[band.source], right[band.target]
            left[band.source] += height
            right[band.target] += height
            begin, end = _SIDE + _NODE, _WIDTH - _SIDE - _NODE
            middle = (begin + end) / 2
            path = (
                f"M{begin} {top:.1f}C{middle:.0f} {top:.1f} {middle:.0f} {bottom:.1f} {end} {bottom:.1f}"
                f"v{height:.1f}C{middle:.0f} {bottom + height:.1f} {middle:.0f} {top + height:.1f}"
                f" {begin} {top + height:.1f}z"
            )
            found.append(_Drawn(path, band.tone, band.text))
        return found

    def _height(self, count: int) -> float:
        whole = sum(band.count for band in self.bands) or 1
        room = _HIGH - _GAP * (max(len(self.before), len(self.after)) - 1) - 12
        return room * count / whole

    def _nodes(self, names: Sequence[str], places: Sequence[int]) -> list[_Node]:
        found, y = [], 6.0
        for place, name in enumerate(names):
            count = sum(band.count for band, own in zip(self.bands, places, strict=True) if own == place)
            height = self._height(count)
            found.append(_Node(f"{y:.1f}", f"{max(height, 1):.1f}", f"{y + height / 2 + 4:.1f}", name))
            y += height + _GAP
        return found
