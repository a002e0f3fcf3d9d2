"""Which columns a list shows, in which order and how wide, as one text that an address and a saved view can hold.

``town~180,phone`` is the town, 180 pixels wide, and then the telephone as wide as it needs. The name always stands
first; ``name~240`` only says its width.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from stamkunde.kit.filtering import FilterError

MOST_COLUMNS = 12
NARROWEST, WIDEST, STEP = 64, 640, 32
NAME, NAME_WIDTH, USUAL_WIDTH = "name", 256, 160


@dataclass(frozen=True)
class Layout:
    """The columns in their order, and those whose width somebody has set."""

    names: tuple[str, ...]
    widths: tuple[tuple[str, int], ...] = ()

    @property
    def is_set(self) -> bool:
        return bool(self.widths)

    def width(self, name: str) -> int:
        """Return a column's width in a list whose widths are set: one that nobody has set gets the usual one."""
        return dict(self.widths).get(name, NAME_WIDTH if name == NAME else USUAL_WIDTH)

    def token(self, name: str) -> str:
        width = dict(self.widths).get(name)
        return f"{name}~{width}" if width else name

    @property
    def tokens(self) -> list[str]:
        first = [self.token(NAME)] if NAME in dict(self.widths) else []
        return first + [self.token(name) for name in self.names]

    def moved(self, name: str, step: int) -> "Layout":
        """Let a column change places with its neighbour; at the end of the row it stays."""
        names = list(self.names)
        at = names.index(name)
        to = min(max(at + step, 0), len(names) - 1)
        names.insert(to, names.pop(at))
        return replace(self, names=tuple(names))

    def widened(self, name: str, steps: int) -> "Layout":
        width = min(max(self.width(name) + steps * STEP, NARROWEST), WIDEST)
        return replace(self, widths=tuple(sorted({**dict(self.widths), name: width}.items())))


def read_layout(tokens: Iterable[str], known: Collection[str]) -> Layout:
    """Read the columns of an address; one that is not known is refused with a sentence."""
    names: list[str] = []
    widths: dict[str, int] = {}
    for token in tokens:
        name, _tilde, width = token.partition("~")
        if name not in known and name != NAME:
            raise FilterError(_("There is no column “%(name)s”.") % {"name": name[:60]})
        if name != NAME:
            names.append(name)
        if width:
            widths[name] = _width(width)
    shown = tuple(dict.fromkeys(names))[:MOST_COLUMNS]
    return Layout(shown, tuple(sorted((name, width) for name, width in widths.items() if name in {NAME, *shown})))


def _width(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise FilterError(_("“%(text)s” is no width of a column.") % {"text": written[:60]})
    return min(max(int(written), NARROWEST), WIDEST)


def kept_layout(tokens: Iterable[str], known: Collection[str]) -> Layout:
    """Return a kept view's columns without those that are no longer there."""
    return read_layout((token for token in tokens if token.partition("~")[0] in {NAME, *known}), known)
