"""What is printed is read again, as a scanner at a till would read it."""

import re

import pytest
import zxingcpp
from fpdf import FPDF
from PIL import Image, ImageDraw

from stamkunde.loyalty import printing
from stamkunde.loyalty.drawing import card_token
from stamkunde.loyalty.models import Symbology

READ_AS = {
    Symbology.EAN13: zxingcpp.BarcodeFormat.EAN13,
    Symbology.CODE128: zxingcpp.BarcodeFormat.Code128,
    Symbology.QR: zxingcpp.BarcodeFormat.QRCode,
}
_BLACK = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f")
DOTS = 4
"""To a point of the paper: some three hundred to an inch, as the printers of offices have."""


@pytest.fixture(autouse=True)
def _readable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file be written as text, so that the black on it can be found."""
    kept = FPDF.output

    def output(paper: FPDF, *arguments, **more):
        paper.set_compression(False)
        return kept(paper, *arguments, **more)

    monkeypatch.setattr(FPDF, "output", output)


def paper_of(data: bytes) -> Image.Image:
    """Return the sheet as it comes out of a printer."""
    page = Image.new("L", (int(595 * DOTS), int(842 * DOTS)), 255)
    draw = ImageDraw.Draw(page)
    for found in _BLACK.finditer(data):
        left, top, width, height = (float(part) * DOTS for part in found.groups())
        top = page.height - top
        draw.rectangle((round(left), round(top), round(left + width) - 1, round(top + height) - 1), fill=0)
    return page


@pytest.mark.parametrize("symbology", Symbology.values)
def test_a_printed_card_says_what_it_says(symbology: str):
    """C6: a QR code is one that every reader knows, not a micro one."""
    token = card_token(symbology)
    card = printing.PrintedCard("Stamkunde", "Torget", "M1", token, symbology)

    (read,) = zxingcpp.read_barcodes(paper_of(printing.sheet([card], "M1")))

    assert (read.text, read.format) == (token, READ_AS[Symbology(symbology)])


def test_ten_cards_fit_on_a_sheet_and_each_says_its_own():
    tokens = [card_token(Symbology.EAN13) for _card in range(10)]
    cards = [printing.PrintedCard("Brīvības klubs", "Ķekavas Šūšana", "M1", one, Symbology.EAN13) for one in tokens]

    data = printing.sheet(cards, "Cards")

    assert data.count(b"/Type /Page\n") == 1
    assert {read.text for read in zxingcpp.read_barcodes(paper_of(data))} == set(tokens)


def test_an_eleventh_card_goes_on_another_sheet_and_a_long_name_is_cut():
    card = printing.PrintedCard("A programme of a very long name indeed " * 3, "Torget", "M1", "K" * 21, "code128")

    assert printing.sheet([card] * 11, "Cards").count(b"/Type /Page\n") == 2


def test_the_picture_on_the_page_is_black_on_white_and_names_what_it_says():
    drawn = printing.picture("2900000000018", Symbology.EAN13)

    assert 'aria-label="2900000000018"' in drawn
    assert 'fill="#fff"' in drawn
    assert "<script" not in printing.picture("<script>", Symbology.QR)
