"""A receipt number as bars (Code 128, set B), drawn as SVG: what the till prints, its scanner reads again.

Every sign is three bars and three gaps, eleven modules wide; a check sign and the stop follow. ISO/IEC 15417.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTHS = [
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
]
_START_B, _STOP = 104, "2331112"
_QUIET = 10
HEIGHT = 40


def signs_of(text: str) -> list[int]:
    """Return the values of the signs, the check sign last; the text must be printable ASCII."""
    values = [_START_B, *(ord(letter) - 32 for letter in text)]
    if any(not 0 <= value < 95 for value in values[1:]):
        raise ValueError(f"“{text}” cannot be written in Code 128 B.")
    return [*values, sum(max(place, 1) * value for place, value in enumerate(values)) % 103]


def bars(text: str) -> SafeString:
    """Draw the text; nothing where there is none, or where it holds a letter that bars do not know."""
    if not text:
        return SafeString("")
    try:
        widths = "".join(_WIDTHS[sign] for sign in signs_of(text)) + _STOP
    except ValueError:
        return SafeString("")
    at, drawn = _QUIET, []
    for place, width in enumerate(int(digit) for digit in widths):
        if place % 2 == 0:
            drawn.append((at, width, HEIGHT))
        at += width
    rects = format_html_join("", '<rect x="{}" width="{}" height="{}"/>', drawn)
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">{}</svg>',
        at + _QUIET, HEIGHT, text, rects,
    )  # fmt: skip
