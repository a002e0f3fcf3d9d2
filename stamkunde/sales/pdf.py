"""A receipt as PDF: on a sheet of A4, or on the 80 millimetres of a till's roll.

The letters are those of DejaVu Sans Mono, which the package that draws bar codes brings along: it has the letters of
all our languages, may be given away within a document, and is read from the disk, so that nothing has to be fetched.
"""

from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF, XPos, YPos

from stamkunde.sales.queries.papers import Paper

_FONT = "dejavu"


class Form(StrEnum):
    A4 = "a4"
    ROLL = "roll"


@lru_cache(maxsize=1)
def font_path() -> Path:
    return Path(str(files("barcode"))) / "fonts" / "DejaVuSansMono.ttf"


def pdf_of(paper: Paper, form: Form) -> bytes:
    """Return the paper as a PDF; a roll is cut where its text ends."""
    if form is Form.A4:
        return bytes(_drawn(paper, form, 297).output())
    # Drawn once on a roll that is long enough, to learn where it ends.
    end = _drawn(paper, form, 3_000).get_y()
    return bytes(_drawn(paper, form, max(end + 8, 60)).output())


def _drawn(paper: Paper, form: Form, height: float) -> FPDF:
    is_roll = form is Form.ROLL
    width, margin, size = (80.0, 4.0, 7.0) if is_roll else (210.0, 20.0, 9.5)
    pdf = FPDF(format=(width, height))
    pdf.set_auto_page_break(not is_roll, margin=20)
    pdf.set_margins(margin, margin, margin)
    pdf.add_font(_FONT, fname=font_path())
    pdf.set_lang(paper.language)
    pdf.set_title(f"{paper.title} {paper.facts[0][1]}")
    pdf.add_page()
    sheet = _Sheet(pdf, size)
    for number, part in enumerate(paper.seller):
        sheet.text(part, bigger=4 if number == 0 else 0)
    sheet.gap()
    sheet.text(paper.title, bigger=3)
    if paper.buyer:
        sheet.text(paper.buyer)
    for label, value in paper.facts:
        sheet.pair(label, value)
    sheet.rule()
    for line in paper.lines:
        sheet.pair(line.what, line.amount)
        for below in (line.how_many, *line.reasons):
            if below:
                sheet.text(below, bigger=-1.5, indent=3)
    sheet.rule()
    sheet.pair(paper.total_label, paper.total, bigger=2)
    for label, value in paper.parts:
        sheet.pair(label, value)
    sheet.rule()
    sheet.row(paper.vat_heads)
    for row in paper.vat:
        sheet.row((row.rate, row.net, row.vat, row.gross))
    if paper.returns:
        sheet.rule()
        for when, amount in paper.returns:
            sheet.pair(f"{paper.returns_label} {when}", amount)
    sheet.gap()
    sheet.text(paper.foot, bigger=-1)
    return pdf


class _Sheet:
    """Writes lines of text down a page, of which the amounts stand at the right."""

    def __init__(self, pdf: FPDF, size: float) -> None:
        self._pdf, self._size = pdf, size

    def _letters(self, bigger: float = 0) -> float:
        self._pdf.set_font(_FONT, size=self._size + bigger)
        return (self._size + bigger) * 0.5

    def text(self, text: str, *, bigger: float = 0, indent: float = 0) -> None:
        high = self._letters(bigger)
        self._pdf.set_x(self._pdf.l_margin + indent)
        self._pdf.multi_cell(0, high, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def pair(self, label: str, value: str, *, bigger: float = 0) -> None:
        """Write a label at the left, over as many lines as it needs, and a value at the right of the first."""
        high = self._letters(bigger)
        pdf = self._pdf
        wide = pdf.get_string_width(value) + 2
        top = pdf.get_y()
        if pdf.will_page_break(high):
            pdf.add_page()
            top = pdf.get_y()
        pdf.set_xy(pdf.w - pdf.r_margin - wide, top)
        pdf.cell(wide, high, value, align="R")
        pdf.set_xy(pdf.l_margin, top)
        pdf.multi_cell(max(pdf.epw - wide, 10), high, label, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(self, cells: tuple[str, ...]) -> None:
        high = self._letters(-1)
        wide = self._pdf.epw / len(cells)
        for number, cell in enumerate(cells):
            is_last = number == len(cells) - 1
            self._pdf.cell(
                wide, high, cell, align="R" if number else "L", new_x=XPos.LMARGIN if is_last else XPos.RIGHT,
                new_y=YPos.NEXT if is_last else YPos.TOP,
            )  # fmt: skip

    def rule(self) -> None:
        pdf = self._pdf
        at = pdf.get_y() + 1.5
        pdf.line(pdf.l_margin, at, pdf.w - pdf.r_margin, at)
        pdf.set_y(at + 1.5)

    def gap(self) -> None:
        self._pdf.ln(3)
