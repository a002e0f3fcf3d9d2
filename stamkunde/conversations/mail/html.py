"""HTML of strangers: made harmless before anybody sees it, and read as text.

What comes out is shown in a frame that runs nothing and asks nobody (``sandbox``, a policy of its own); this is the
first wall, that is the second.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote, urlsplit

import idna
import nh3

from .charsets import TURNING

MAX_LETTERS = 1_000_000
MAX_DEPTH = 200


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TAGS = _set(
    "a abbr address b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span"
    " strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
# Removed with all they hold; of other unknown tags the text stays.
REMOVED = _set(
    "script style title template noscript noembed noframes iframe object embed applet svg math select"
    " option textarea button audio video canvas frameset xmp"
)
ATTRIBUTES = {
    "*": {"style", "title", "lang", "dir", "align", "valign", "bgcolor", "width", "height"},
    "a": {"href"},
    "img": {"src", "alt"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "col": {"span"},
    "ol": {"start", "type"},
    "font": {"color", "size", "face"},
}
STYLES = _set(
    "color background-color font font-family font-size font-style font-weight font-variant line-height"
    " letter-spacing text-align text-decoration text-indent text-transform vertical-align white-space"
    " word-break overflow-wrap padding padding-top padding-right padding-bottom padding-left border"
    " border-top border-right border-bottom border-left border-color border-style border-width"
    " border-collapse border-spacing border-radius width max-width min-width list-style-type"
)
# Functions that ask another machine or reach out of the rules, also written with escapes.
REACHING_STYLE = re.compile(r"url|image|expression|@|\\|/\*|var\(|attr\(|behavior|binding", re.IGNORECASE)
OWN_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)

# They end themselves, or one another, and so do not make a page deep.
FLAT = _set(
    "area base br col embed hr img input link meta param source track wbr p li dd dt td th tr tbody thead tfoot option"
)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>?")
LINK = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
HREF = re.compile(r' href="([^"]*)"')
ANY_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: [a-z-]+="[^"]*")*>')
NAME = r"((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24})(?![\w.-]*[\w@])"
# Alone, or where it is written as an address: the name of a file within a sentence is no place.
DOMAIN = re.compile(rf"(?:https?://|www\.|[\w.+-]{{1,64}}@)?{NAME}", re.IGNORECASE)
DOMAIN_WITHIN = re.compile(rf"(?:https?://|\bwww\.){NAME}", re.IGNORECASE)
FILE = re.compile(r".*\.(pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|txt|csv|html?|ics|eml)", re.IGNORECASE)
BLOCKS = _set("address blockquote dd div dl dt figure h1 h2 h3 h4 h5 h6 hr ol p pre table tr ul center")

SPACED = _set("p h1 h2 h3 table blockquote")


@dataclass(frozen=True, slots=True)
class MisleadingLink:
    """A link that shows one place and leads to another."""

    shown: str
    target: str


@dataclass(frozen=True, slots=True)
class Clean:
    """HTML fit to be shown, what was held back of it, and of what the reader should be warned."""

    html: str
    remote_images: int
    misleading_links: tuple[MisleadingLink, ...]
    is_cut: bool = False


def harmless(html: str, *, cid_address: Callable[[str], str | None], are_images_let_in: bool = False) -> Clean:
    """Return HTML in which nothing runs, covers the page or asks another machine.

    `cid_address` tells where our own copy of a picture lies that came with the mail, by its Content-ID. Pictures that
    lie elsewhere are held back and counted, since asking for one tells its owner who reads; whoever wants them calls
    again with `are_images_let_in`. A link whose words name another place than it leads to is followed by that place.
    """
    remote = 0

    def attribute(tag: str, name: str, value: str) -> str | None:
        nonlocal remote
        if name == "style":
            return "; ".join(part for part in value.split(";") if not REACHING_STYLE.search(part)) or None
        if name == "href":
            return value if value.strip().lower().startswith(("http://", "https://", "mailto:", "tel:")) else None
        if name != "src":
            return value
        value = value.strip()
        scheme = value[:8].lower()
        if scheme.startswith("cid:"):
            return cid_address(value[4:])
        if OWN_PICTURE.fullmatch(value):
            return value
        if scheme.startswith(("http:", "https:", "//")):
            remote += 1
            return value if are_images_let_in and not scheme.startswith("//") else None
        return None

    cut = html[:MAX_LETTERS].replace("\x00", "")
    clean = nh3.clean(
        _shallow(cut),
        tags=set(TAGS),
        clean_content_tags=set(REMOVED),
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=set(STYLES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    misleading: list[MisleadingLink] = []

    def marked(match: re.Match[str]) -> str:
        link = _misleading(match)
        if link is None:
            return match[0]
        misleading.append(link)
        return f"{match[0]} <b>({escape(link.target)})</b>"

    shown = LINK.sub(marked, clean)
    return Clean(shown, remote, tuple(misleading), len(html) > MAX_LETTERS)


def text_from_html(html: str) -> str:
    """Return what HTML says as plain text: a line for each block, ``> `` before what it quotes."""
    if not html.strip():
        return ""
    tags = (TAGS - {"img"}) | {"br"}
    clean = nh3.clean(
        _shallow(html[:MAX_LETTERS].replace("\x00", "")),
        tags=tags,
        clean_content_tags=set(REMOVED),
        attributes={},
        link_rel=None,
    )
    lines: list[str] = []
    line: list[str] = []
    quoted = end = preformatted = 0

    def settle(*, also_if_empty: bool = False) -> None:
        words = "".join(line)
        words = words.rstrip() if preformatted else " ".join(words.split())
        line.clear()
        if words or also_if_empty:
            lines.append(f"{'> ' * min(quoted, 20)}{words}".rstrip())

    def say(text: str) -> None:
        if not preformatted:
            line.append(re.sub(r"\s+", " ", unescape(text)))
            return
        first, *rest = unescape(text).split("\n")
        line.append(first)
        for following in rest:
            settle(also_if_empty=True)
            line.append(following)

    for match in ANY_TAG.finditer(clean):
        say(clean[end : match.start()])
        end = match.end()
        is_end, tag = match[1] == "/", match[2]
        if tag == "br":
            settle(also_if_empty=True)
        elif tag in {"td", "th"} and is_end:
            line.append(" ")
        elif tag == "li" and not is_end:
            settle()
            line.append("- ")
        elif tag in BLOCKS or tag == "li":
            settle()
            if tag == "blockquote" and is_end:
                quoted = max(0, quoted - 1)
            if tag in SPACED and lines and lines[-1].strip("> "):
                lines.append(("> " * min(quoted, 20)).rstrip())
            if tag == "blockquote" and not is_end:
                quoted += 1
            if tag == "pre":
                preformatted = max(0, preformatted + (-1 if is_end else 1))
    say(clean[end:])
    settle()
    return "\n".join(lines).strip("\n")


def _shallow(html: str) -> str:
    """Return HTML without the tags that lie deeper than anybody writes: cleaning takes the square of the depth."""
    if html.count("<") <= MAX_DEPTH:
        return html
    open_tags: dict[str, int] = {}
    depth = 0
    left_out: dict[str, int] = {}

    def kept(match: re.Match[str]) -> str:
        nonlocal depth
        tag = match[2].lower()
        if tag in FLAT:
            return match[0]
        if match[1]:
            if left_out.get(tag):
                left_out[tag] -= 1
                return ""
            if open_tags.get(tag):
                open_tags[tag] -= 1
                depth -= 1
            return match[0]
        if depth >= MAX_DEPTH:
            left_out[tag] = left_out.get(tag, 0) + 1
            return ""
        open_tags[tag] = open_tags.get(tag, 0) + 1
        depth += 1
        return match[0]

    return TAG.sub(kept, html)


def _misleading(match: re.Match[str]) -> MisleadingLink | None:
    href = HREF.search(match[1])
    if href is None:
        return None
    words = " ".join(TURNING.sub("", unescape(ANY_TAG.sub("", match[2]))).split())
    words = words[:500]
    named = DOMAIN_WITHIN.search(words) or DOMAIN.match(words)
    if named is None or FILE.fullmatch(named[0]):
        return None
    # As browsers read it, to which one stroke is as good as the other.
    address = unescape(href[1]).replace("\\", "/")
    try:
        target = (urlsplit(address).hostname or "") if "//" in address[:10] else address.rpartition("@")[2]
    except ValueError:
        target = ""
    shown = named[1].lower().removeprefix("www.")
    target = target.lower()
    plain = target.removeprefix("www.")
    if _ascii(plain) == _ascii(shown) or _ascii(plain).endswith("." + _ascii(shown)):
        return None
    return MisleadingLink(words[:200], target or quote(address[:200]))


def _ascii(domain: str) -> str:
    """Return a domain as machines write it, so that one can be compared with its other form."""
    try:
        return idna.encode(domain).decode()
    except (idna.IDNAError, UnicodeError):
        return domain
