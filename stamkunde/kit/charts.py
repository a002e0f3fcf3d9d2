"""Small charts drawn by the server: they print, read aloud and need no script."""

from dataclasses import dataclass
from functools import cached_property

SLOT, BAR, TOP, FLOOR, HEIGHT, LINE = 28, 20, 6, 76, 94, 11


@dataclass(frozen=True)
class Bar:
    """One column: its name under it, its size, and the size as people read it; `year` stands below the name."""

    label: str
    value: float
    text: str
    year: str = ""


@dataclass(frozen=True)
class Column:
    """A bar as drawn; numbers are text so that no language's decimal comma gets into the drawing."""

    label: str
    text: str
    x: str
    y: str
    middle: str
    height: str
    is_latest: bool
    year: str


@dataclass(frozen=True)
class BarChart:
    """Bars from left to right with the last one set off; the description is what a screen reader says."""

    title: str
    description: str
    bars: list[Bar]

    @property
    def view_box(self) -> str:
        height = HEIGHT + (LINE if any(bar.year for bar in self.bars) else 0)
        return f"0 0 {max(len(self.bars), 1) * SLOT} {height}"

    @cached_property
    def columns(self) -> list[Column]:
        largest = max((bar.value for bar in self.bars), default=0) or 1
        return [self._column(index, bar, largest) for index, bar in enumerate(self.bars)]

    def _column(self, index: int, bar: Bar, largest: float) -> Column:
        # An empty month keeps a hair of a bar, so that it is seen to be empty and not missing.
        height = max(2.0, (FLOOR - TOP) * max(bar.value, 0) / largest)
        left = index * SLOT + (SLOT - BAR) / 2
        return Column(
            label=bar.label,
            text=bar.text,
            x=f"{left:.0f}",
            y=f"{FLOOR - height:.1f}",
            middle=f"{left + BAR / 2:.0f}",
            height=f"{height:.1f}",
            is_latest=index == len(self.bars) - 1,
            year=bar.year,
        )
