"""Texts that are read by a short way come out as by the long one, however odd they are."""

import re
import unicodedata

import pytest

from stamkunde.customers.written import line
from stamkunde.kit.folding import LONGEST_WORD, MOST_WORDS, fold, folded_words, plain_letters

ODD = (
    "", " ", "Kari", "  Kari   Nordmann ", "Åse-Marie Ødegård", "A\u030ase", "Bērziņš", "Be\u0304rzin\u0327s\u030c",
    "Kari\u00a0Nordmann", "Kari\u2009Nordmann", "Kari\tNordmann", "Kari\nNordmann", "Kari\u0085Nordmann", "\u202eKari",
    "Ka\u200bri", "\u200b\u200b", "Ka\u00adri", "O’Brien d'Arc", "Łukasz Żółć", "Þór Æðelstan", "Straße 12B", "Ⅻ. vei",
    "ﬁeld ǅungla", "Ωmega", "\u2126mega", "Юлия Йорк", "李 小龙", "नेहा शर्मा", "สมชาย", "محمد", "שלום", "Aaase Oooe",
    "Anne--Lise", "Hans/Grete & Co. A/S", "12 345", "LV-1010", "413 84", "x" * 90, " ".join(["ord"] * 70), "\x1cKari",
    "e\u0301", "\u0301e", " \u0301", "Ka\u0301 \u0301ri", "🎂 Kake", "İstanbul ıI", "ΣΊΣΥΦΟΣ",
)  # fmt: skip


def line_the_long_way(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    kept = (" " if unicodedata.category(mark) == "Cc" else mark for mark in composed if mark not in turning)
    joined = " ".join("".join(kept).split())
    return joined if any(mark.isprintable() and not mark.isspace() for mark in joined) else ""


@pytest.mark.parametrize("text", ODD)
def test_a_line_is_kept_as_by_the_long_way(text: str) -> None:
    assert line(text, 500) == line_the_long_way(text)


def fold_the_long_way(text: str) -> str:
    """Fold a text whole instead of part by part."""
    plain = plain_letters(text)
    for letter, others in (("a", "ae"), ("o", "oe"), ("u", "ue")):
        plain = re.sub(f"{letter}[{others}]+", letter, plain)
    return re.sub(r"([^\W\d_])\1+", r"\1", plain)


@pytest.mark.parametrize("text", [*ODD, *(f"{one} {other}" for one in ODD for other in ("Åse", "e\u0301", "\u0301x"))])
def test_a_text_folded_part_by_part_is_folded_as_a_whole(text: str) -> None:
    whole = fold_the_long_way(text)
    assert fold(text) == whole
    assert folded_words(text) == [word[:LONGEST_WORD] for word in whole.split()[:MOST_WORDS]]
