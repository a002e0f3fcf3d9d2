"""Letters as PDF: address in the window, what was written over as many pages as it takes, a code at the foot of each.

The letters are those of Source Sans, which has those of all our languages and Cyrillic and Greek ones; what it lacks
is taken from DejaVu Sans Mono. Nothing is fetched. The same letters at the same moment make the same bytes.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import segno
from fpdf import FPDF

from stamkunde.conversations.paper.windows import PLACES, Rectangle

# It tells of every table of a font that it keeps.
logging.getLogger("fontTools").setLevel(logging.WARNING)

PAGE_WIDTH = 210.0
LEFT, RIGHT = 25.0, 25.0
LARGEST_ADDRESS, SMALLEST_ADDRESS = 12.0, 10.0
"""Points. What the post reads by machine is 10 to 12, straight, neither bold nor slanted."""

_POINT = 25.4 / 72
_BODY, _SMALL = 11.0, 8.5
_LINE = 5.3
_BODY_TOP, _NEXT_TOP, _BOTTOM = 104.0, 25.0, 265.0
_CODE = 19.0
_HEAD_TOP = 14.0
_LETTERS, _MONO = "letters", "mono"


class AddressUnfit(Exception):
    """The address has more lines than the window shows, even at the smallest size that the post reads."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """Who writes: what stands at the top of the first page, and the envelope that it goes into."""

    name: str
    lines: Sequence[str] = ()
    logo: bytes = b""
    window: str
    shift_right: int = 0
    shift_down: int = 0
    has_fold_marks: bool = True

    @property
    def block(self) -> Rectangle:
        block = PLACES[self.window].block
        return Rectangle(block.left + self.shift_right, block.top + self.shift_down, block.width, block.height)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One letter, in the words that stand on it. `page` has places for ``page`` and ``pages``."""

    head: Head
    language: str
    address: Sequence[str]
    day: str
    subject: str = ""
    greeting: str = ""
    text: str
    closing: str = ""
    signature: Sequence[str] = ()
    enclosed: str = ""
    enclosures: Sequence[str] = ()
    reference: str = ""
    page: str = "%(page)s/%(pages)s"
    code: str = ""


@dataclass(frozen=True)
class _Line:
    text: str
    is_strong: bool = False
    space_before: float = 0.0


@dataclass
class _Laid:
    pages: list[list[tuple[float, _Line]]] = field(default_factory=list)


@lru_cache(maxsize=1)
def _fonts() -> tuple[Path, Path, Path]:
    ours = Path(str(files("font_source_sans_pro"))) / "files"
    mono = Path(str(files("barcode"))) / "fonts" / "DejaVuSansMono.ttf"
    return ours / "SourceSansPro-Regular.ttf", ours / "SourceSansPro-Semibold.ttf", mono


class Press:
    """Draws letters into one PDF, the one after the other."""

    def __init__(self, *, title: str, at: datetime) -> None:
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margins(0, 0, 0)
        self.pdf.c_margin = 0
        self.pdf.set_title(title)
        self.pdf.set_producer("Stamkunde")
        self.pdf.set_creation_date(at)
        plain, strong, mono = _fonts()
        self.pdf.add_font(_LETTERS, fname=plain)
        self.pdf.add_font(_LETTERS, style="B", fname=strong)
        self.pdf.add_font(_MONO, fname=mono)
        self.pdf.set_fallback_fonts([_MONO], exact_match=False)
        self._widths: dict[tuple[str, float, bool], float] = {}

    def content(self) -> bytes:
        return bytes(self.pdf.output())

    def draw(self, paper: Paper) -> int:
        """Draw a letter; return of how many pages it is. Raises AddressUnfit."""
        laid = self._laid(paper)
        size, address = self._address(paper)
        number = len(laid.pages)
        # The mask is fixed: to find the best one takes longer than all else of a letter, and scanners read any.
        code = [list(row) for row in segno.make_qr(paper.code, error="m", mask=2).matrix] if paper.code else []
        for place, lines in enumerate(laid.pages, start=1):
            self.pdf.add_page()
            if place == 1:
                self._first(paper, size, address)
            for top, line in lines:
                self._write(line.text, LEFT, top, _BODY, is_strong=line.is_strong)
            self._foot(paper, place, number, code)
        return number

    def count(self, paper: Paper) -> int:
        """Return of how many pages a letter will be. Raises AddressUnfit."""
        self._address(paper)
        return len(self._laid(paper).pages)

    def _first(self, paper: Paper, size: float, address: Sequence[str]) -> None:
        block, place = paper.head.block, PLACES[paper.head.window]
        step = size * _POINT * 1.2
        for number, line in enumerate(address):
            self._write(line, block.left, block.top + number * step, size)
        # The letterhead keeps out of the window: it stands at the other side.
        left = LEFT if place.is_right else 120.0
        top = _HEAD_TOP
        if paper.head.logo:
            top += self._logo(paper.head.logo, left, top) + 2
        for line in self._wrapped(paper.head.name, 13, 210 - left - 20, is_strong=True):
            self._write(line, left, top, 13, is_strong=True)
            top += 6
        for written in paper.head.lines:
            for line in self._wrapped(written, _SMALL + 0.5, 210 - left - 20):
                self._write(line, left, top, _SMALL + 0.5)
                top += 4.1
        self._write(paper.day, LEFT if place.is_right else 120.0, 94.0, _BODY)
        if paper.head.has_fold_marks:
            self.pdf.set_draw_color(150)
            self.pdf.set_line_width(0.2)
            for fold in place.folds:
                self.pdf.line(4, fold, 8, fold)

    def _logo(self, content: bytes, left: float, top: float) -> float:
        drawn = self.pdf.image(BytesIO(content), left, top, w=55, h=16, keep_aspect_ratio=True)
        return float(drawn.rendered_height)

    def _foot(self, paper: Paper, place: int, number: int, code: Sequence[Sequence[int]]) -> None:
        words = " · ".join(
            part
            for part in (paper.reference, paper.page % {"page": place, "pages": number} if number > 1 else "")
            if part
        )
        self.pdf.set_text_color(90)
        self._write(words, LEFT, 280, _SMALL)
        self.pdf.set_text_color(0)
        if code:
            self._code(code, PAGE_WIDTH - 18 - _CODE, 269)

    def _code(self, rows: Sequence[Sequence[int]], left: float, top: float) -> None:
        side = _CODE / len(rows)
        self.pdf.set_fill_color(0)
        for y, row in enumerate(rows):
            begun = None
            for x, is_black in enumerate([*row, 0]):
                if is_black and begun is None:
                    begun = x
                elif not is_black and begun is not None:
                    self.pdf.rect(left + begun * side, top + y * side, (x - begun) * side, side, style="F")
                    begun = None

    def _laid(self, paper: Paper) -> _Laid:
        """Share lines out over pages; the closing never stands alone on a page."""
        width = PAGE_WIDTH - LEFT - RIGHT
        lines: list[_Line] = []
        if paper.subject:
            lines += self._paragraph(paper.subject, width, is_strong=True)
        if paper.greeting:
            lines += self._paragraph(paper.greeting, width, space=_LINE if lines else 0)
        for number, paragraph in enumerate(_paragraphs(paper.text)):
            first = number == 0 and not lines
            lines += self._paragraph(paragraph, width, space=0 if first else _LINE * 0.7)
        ending: list[_Line] = []
        if paper.closing:
            ending += self._paragraph(paper.closing, width, space=_LINE)
        for number, written in enumerate(paper.signature):
            # Room for the hand between the closing and the name.
            ending += self._paragraph(written, width, space=_LINE * 2.4 if number == 0 else 0)
        if paper.enclosures:
            ending += self._paragraph(f"{paper.enclosed} {', '.join(paper.enclosures)}", width, space=_LINE)
        laid = _Laid([[]])
        top = _BODY_TOP
        for line in lines:
            top = self._place(laid, line, top, _LINE)
        needed = sum(line.space_before + _LINE for line in ending)
        for line in ending:
            top = self._place(laid, line, top, needed if line is ending[0] else _LINE)
        return laid

    def _place(self, laid: _Laid, line: _Line, top: float, needed: float) -> float:
        top += line.space_before
        if top + needed > _BOTTOM and laid.pages[-1]:
            laid.pages.append([])
            top = _NEXT_TOP
        laid.pages[-1].append((top, line))
        return top + _LINE

    def _paragraph(self, text: str, width: float, *, space: float = 0, is_strong: bool = False) -> list[_Line]:
        found = [
            _Line(line, is_strong)
            for written in text.split("\n")
            for line in (self._wrapped(written, _BODY, width, is_strong=is_strong) or [""])
        ]
        return [_Line(found[0].text, is_strong, space), *found[1:]] if found else []

    def _address(self, paper: Paper) -> tuple[float, list[str]]:
        """Return the address in the largest size that fits: smaller before a line is broken, and never below 10."""
        block = paper.head.block
        sizes = [LARGEST_ADDRESS, 11.5, 11.0, 10.5, SMALLEST_ADDRESS]
        for size in sizes:
            step = size * _POINT * 1.2
            fits = all(self._width(line, size) <= block.width for line in paper.address)
            if fits and len(paper.address) * step <= block.height:
                return size, list(paper.address)
        lines = [part for line in paper.address for part in self._wrapped(line, SMALLEST_ADDRESS, block.width)]
        if len(lines) * SMALLEST_ADDRESS * _POINT * 1.2 > block.height:
            raise AddressUnfit
        return SMALLEST_ADDRESS, lines

    def _wrapped(self, text: str, size: float, width: float, *, is_strong: bool = False) -> list[str]:
        """Return a text in lines that fit; a word longer than a line is broken where it must be."""
        lines: list[str] = []
        line, used = "", 0.0
        space = self._width(" ", size, is_strong)
        for word in text.split():
            for part in self._parts(word, size, width, is_strong):
                wide = self._width(part, size, is_strong)
                if line and used + space + wide <= width:
                    line, used = f"{line} {part}", used + space + wide
                else:
                    lines += [line] if line else []
                    line, used = part, wide
        return [*lines, line] if line else lines

    def _parts(self, word: str, size: float, width: float, is_strong: bool) -> list[str]:
        if self._width(word, size, is_strong) <= width:
            return [word]
        parts, part, used = [], "", 0.0
        for sign in word:
            wide = self._width(sign, size, is_strong)
            if part and used + wide > width:
                parts.append(part)
                part, used = "", 0.0
            part, used = part + sign, used + wide
        return [*parts, part]

    def _width(self, text: str, size: float, is_strong: bool = False) -> float:
        key = (text, size, is_strong)
        known = self._widths.get(key)
        if known is None:
            self.pdf.set_font(_LETTERS, style="B" if is_strong else "", size=size)
            known = self._widths[key] = self.pdf.get_string_width(text)
        return known

    def _write(self, text: str, left: float, top: float, size: float, *, is_strong: bool = False) -> None:
        if not text:
            return
        self.pdf.set_font(_LETTERS, style="B" if is_strong else "", size=size)
        self.pdf.set_xy(left, top)
        self.pdf.cell(0, size * _POINT * 1.2, text)


def _paragraphs(text: str) -> list[str]:
    """Return what stands between empty lines; lines that were broken by hand stay broken."""
    paragraphs = ["\n".join(line.strip() for line in part.splitlines()) for part in text.split("\n\n")]
    return [part.strip("\n") for part in paragraphs if part.strip()]


def drawn(
    papers: Sequence[Paper], *, title: str, at: datetime, told: Callable[[int], None] = lambda done: None
) -> tuple[bytes, list[int]]:
    """Return letters as one PDF and of how many pages each is; `told` hears after each how many are done."""
    press = Press(title=title, at=at)
    pages = []
    for done, paper in enumerate(papers, start=1):
        pages.append(press.draw(paper))
        told(done)
    return press.content(), pages


def pages_of(paper: Paper, at: datetime) -> int:
    """Return of how many pages a letter will be. Raises AddressUnfit."""
    return Press(title="", at=at).count(paper)


def test_sheet(head: Head, address: Sequence[str], words: Sequence[str], at: datetime) -> bytes:
    """Return a sheet to be folded into an envelope: the window as it should be, an address, and the folds.

    `words` say what to do with it, each a line.
    """
    press = Press(title=" ".join(words[:1]), at=at)
    pdf = press.pdf
    pdf.add_page()
    place, block = PLACES[head.window], head.block
    pdf.set_draw_color(120)
    pdf.set_line_width(0.2)
    window = place.window
    pdf.rect(window.left, window.top, window.width, window.height)
    pdf.set_dash_pattern(dash=1, gap=1)
    pdf.rect(block.left, block.top, block.width, block.height)
    for fold in place.folds:
        pdf.line(0, fold, PAGE_WIDTH, fold)
    pdf.set_dash_pattern()
    for millimetre in range(0, 211, 5):
        pdf.line(millimetre, 0, millimetre, 4 if millimetre % 10 == 0 else 2)
    for millimetre in range(0, 298, 5):
        pdf.line(0, millimetre, 4 if millimetre % 10 == 0 else 2, millimetre)
    step = LARGEST_ADDRESS * _POINT * 1.2
    for number, line in enumerate(address):
        press._write(line, block.left, block.top + number * step, LARGEST_ADDRESS)
    top = 160.0
    for written in words:
        for line in press._wrapped(written, _BODY, PAGE_WIDTH - LEFT - RIGHT):
            press._write(line, LEFT, top, _BODY)
            top += _LINE
        top += 1.5
    return press.content()
