"""Cards on paper: the signs that scanners read, as a picture for a page and as a sheet to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import barcode
import segno
from barcode.codex import Code128
from barcode.ean import EuropeanArticleNumber13
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from fpdf import FPDF

from stamkunde.loyalty.models import Symbology

QUIET = 10
"""So many narrow bars of white on either side, or a scanner takes what stands beside for a part of it."""
_FONT = Path(barcode.__file__).parent / "fonts" / "DejaVuSansMono.ttf"
# ISO/IEC 7810: what fits in a wallet. Two beside each other and five below are a sheet of A4.
CARD_WIDTH, CARD_HEIGHT = 85.6, 54.0
_COLUMNS, _ROWS = 2, 5
_LEFT, _TOP = (210 - _COLUMNS * CARD_WIDTH) / 2, (297 - _ROWS * CARD_HEIGHT) / 2
PER_SHEET = _COLUMNS * _ROWS


class Bar(NamedTuple):
    """A black piece: where, and how large, in narrow bars of the code."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Signs:
    """A code as black pieces on white, with the white around that it needs."""

    width: int
    height: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class PrintedCard:
    """What stands on a card."""

    programme: str
    shop: str
    number: str
    token: str
    symbology: str


def signs(token: str, symbology: str) -> Signs:
    """Return a token in the signs of its kind. A QR code is never a micro one, which many readers do not know."""
    if symbology == Symbology.QR:
        code = segno.make_qr(token, error="m")
        rows = [[bool(cell) for cell in row] for row in code.matrix_iter(border=4)]
        return Signs(len(rows[0]), len(rows), tuple(_runs(rows)))
    made = EuropeanArticleNumber13(token) if symbology == Symbology.EAN13 else Code128(token)
    stripes = [sign != "0" for sign in made.build()[0]]
    height = len(stripes) // 3
    line = [False] * QUIET + stripes + [False] * QUIET
    bars = tuple(Bar(bar.x, 0, bar.width, height) for bar in _runs([line]))
    return Signs(len(line), height, bars)


def _runs(rows: Sequence[Sequence[bool]]) -> list[Bar]:
    found = []
    for y, row in enumerate(rows):
        begun = None
        for x, is_black in enumerate([*row, False]):
            if is_black and begun is None:
                begun = x
            elif not is_black and begun is not None:
                found.append(Bar(begun, y, x - begun, 1))
                begun = None
    return found


def picture(token: str, symbology: str) -> SafeString:
    """Return the signs as a picture within a page; it stays black on white in the dark as well."""
    drawn = signs(token, symbology)
    bars = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"/>', drawn.bars)
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/>{}</svg>',
        drawn.width, drawn.height, min(drawn.width * 2, 260), token, bars,
    )  # fmt: skip


def sheet(cards: Sequence[PrintedCard], title: str) -> bytes:
    """Return cards as a file to be printed, ten to a sheet, each with thin lines to cut along."""
    paper = FPDF(format="A4")
    paper.set_title(title)
    paper.set_auto_page_break(False)
    paper.add_font("cards", fname=str(_FONT))
    for place, card in enumerate(cards):
        spot = place % PER_SHEET
        if spot == 0:
            paper.add_page()
        _draw(paper, card, _LEFT + spot % _COLUMNS * CARD_WIDTH, _TOP + spot // _COLUMNS * CARD_HEIGHT)
    return bytes(paper.output())


def _draw(paper: FPDF, card: PrintedCard, left: float, top: float) -> None:
    paper.set_draw_color(190)
    paper.rect(left, top, CARD_WIDTH, CARD_HEIGHT)
    paper.set_fill_color(0)
    _text(paper, card.programme, left + 6, top + 5, 13)
    if card.shop != card.programme:
        _text(paper, card.shop, left + 6, top + 11.5, 8)
    drawn = signs(card.token, card.symbology)
    # A third of a millimetre for a narrow bar is what the makers of scanners ask for; wide codes take what there is.
    size = min(0.4, (CARD_WIDTH - 8) / drawn.width, 28 / drawn.height)
    height = drawn.height * size if card.symbology == Symbology.QR else 17
    across = left + (CARD_WIDTH - drawn.width * size) / 2
    for bar in drawn.bars:
        tall = bar.height * size if card.symbology == Symbology.QR else height
        paper.rect(across + bar.x * size, top + 17 + bar.y * size, bar.width * size, tall, style="F")
    below = top + 17 + height + 1
    _text(paper, card.token, left, below, 8, width=CARD_WIDTH)
    _text(paper, card.number, left, min(below + 4, top + CARD_HEIGHT - 5), 7, width=CARD_WIDTH)


def _text(paper: FPDF, text: str, left: float, top: float, size: int, *, width: float = 0) -> None:
    paper.set_font("cards", size=size)
    room = width or CARD_WIDTH - 12
    while len(text) > 1 and paper.get_string_width(text) > room:
        text = text[:-2].rstrip() + "…"
    paper.set_xy(left, top)
    paper.cell(room, size * 0.45, text, align="C" if width else "L")
