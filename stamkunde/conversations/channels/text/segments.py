"""Of how many parts a text message is made, each of which is paid for: 3GPP TS 23.038, as telephones count.

In the alphabet of GSM a part holds 160 letters, and 153 where there are several; some signs count as two. One letter
beyond it, such as a Latvian one or a picture, lets the whole message be written in UCS-2, with 70 or 67 to a part.
"""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
ONE, OF_SEVERAL = 160, 153
ONE_UCS2, OF_SEVERAL_UCS2 = 70, 67


@dataclass(frozen=True)
class Counted:
    """How long a message is: `letters` as they are counted, in so many `parts`; `left` still fit into the last one."""

    letters: int
    parts: int
    left: int
    is_gsm: bool


def counted(text: str) -> Counted:
    """Count the parts of a text message; an empty one has none."""
    is_gsm = all(one in BASIC or one in EXTENDED for one in text)
    widths = (
        [2 if one in EXTENDED else 1 for one in text] if is_gsm else [2 if ord(one) > 0xFFFF else 1 for one in text]
    )
    alone, several = (ONE, OF_SEVERAL) if is_gsm else (ONE_UCS2, OF_SEVERAL_UCS2)
    letters = sum(widths)
    if letters <= alone:
        return Counted(letters, min(letters, 1), alone - letters, is_gsm)
    parts, used = 1, 0
    for width in widths:
        # A sign that counts as two is never parted.
        if used + width > several:
            parts, used = parts + 1, 0
        used += width
    return Counted(letters, parts, several - used, is_gsm)
