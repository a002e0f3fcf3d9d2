# ruff: noqa: E501 — what arrives in a mail is written as it arrives
"""HTML of strangers: nothing runs, covers the page or tells anybody that it is read."""

import json
import re

import pytest

from stamkunde.conversations.mail.html import Clean, MisleadingLink, harmless, text_from_html

from .mails import COLLECTED

HOSTILE_FILE = COLLECTED / "hostile-html.json"
HOSTILE = {
    "script": "<p>a</p><script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)><p onclick=alert(1)>a</p><body onload=alert(1)>",
    "javascript": '<a href="javascript:alert(1)">x</a>',
    "javascript in entities": '<a href="&#106;avascript:alert(1)">x</a>',
    "javascript with a tab": '<a href="java\tscript:alert(1)">x</a><a href=" javascript:alert(1)">x</a>',
    "vbscript": '<a href="vbscript:msgbox(1)">x</a>',
    "data link": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "svg link": '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "svg picture": '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">',
    "math mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "noscript mutation": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "title mutation": '<title><p title="</title><img src=x onerror=alert(1)>">',
    "iframe": '<iframe src="https://evil.example"></iframe><iframe srcdoc="<script>alert(1)</script>">',
    "object": '<object data="x.swf"></object><embed src="x.swf"><applet code=x></applet>',
    "form": '<form action="https://evil.example"><input name=p type=password><button>ok</button></form>',
    "base": '<base href="https://evil.example/"><a href="/x">x</a>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "template": "<template><script>alert(1)</script></template>",
    "style": "<style>body{background:url(https://t.example/p)}*{display:none}</style><p>hi</p>",
    "style url": '<div style="background-image:url(https://t.example/p.gif);color:red">x</div>',
    "style url in a kept property": '<div style="background-color:url(https://t.example/p.gif);list-style-type:url(//t.example)">x</div>',
    "style escaped": r'<div style="color:u\72l(https://t.example/p.gif)">x</div>',
    "style expression": '<div style="width:expression(alert(1))">x</div>',
    "style import": '<div style="font-family:@import url(//t.example)">x</div>',
    "overlay": '<div style="position:fixed;top:0;left:0;z-index:9;width:100%;height:100%">x</div>',
    "link": '<link rel=stylesheet href="https://evil.example/x.css"><p>a</p>',
    "target": '<a href="https://x.example" target=_top onclick=x>y</a>',
    "srcset": '<img srcset="https://t.example/1.gif 1x" src="cid:a">',
    "background": '<table background="https://t.example/x"><tr><td background="//t.example/x">a</td></tr></table>',
    "media": '<video poster="https://t.example/x" src="https://t.example/y"></video><audio src="https://t.example/z">',
    "comment": "<!--[if mso]><script>x</script><![endif]--><![CDATA[<script>alert(1)</script>]]>",
    "null byte": "<scr\x00ipt>alert(1)</scr\x00ipt><img src=x on\x00error=alert(1)>",
}
TAGS = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>')


def seen(html: str, *, images: bool = False) -> Clean:
    return harmless(html, cid_address=lambda identifier: f"/pictures/{identifier}", are_images_let_in=images)


def is_inert(clean: str) -> bool:
    """Return whether nothing but harmless tags with harmless attributes is left, read by rules of its own."""
    assert "<" not in TAGS.sub("", clean)
    for _, tag, attributes in TAGS.findall(clean):
        assert tag in {"p", "a", "img", "div", "table", "tbody", "tr", "td", "b"}
        for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', attributes):
            assert name in {"href", "src", "alt", "style", "title", "rel", "target", "width", "height", "colspan"}
            assert name != "style" or not re.search(r"url|expression|position|import|\\", value)
            if name == "href":
                assert value.startswith(("https://", "http://", "mailto:", "tel:"))
            if name == "src":
                assert value.startswith(("/pictures/", "data:image/png;base64,"))
            if name == "target":
                assert value == "_blank"
    return True


@pytest.mark.parametrize("name", HOSTILE)
def test_e74_e75_f8_hostile_html_is_inert(name: str) -> None:
    assert is_inert(seen(HOSTILE[name]).html)


@pytest.mark.skipif(not HOSTILE_FILE.exists(), reason="The collected HTML does not lie beside the project.")
def test_e74_collected_hostile_html_is_inert() -> None:
    collected = json.loads(HOSTILE_FILE.read_text())

    assert collected
    assert all(is_inert(seen(html).html) for html in collected.values())


def test_what_people_format_stays() -> None:
    html = '<p style="color:red">Hei <b>du</b></p><ul><li>en</li></ul><table><tbody><tr><td>1</td></tr></tbody></table>'

    assert seen(html).html == html


def test_e75_what_covers_the_page_is_removed_and_the_rest_of_the_style_stays() -> None:
    assert (
        seen('<div style="position:fixed;color:red;background:url(x)">x</div>').html == '<div style="color:red">x</div>'
    )


def test_e77_pictures_that_came_along_are_shown_from_our_copy() -> None:
    assert seen('<img src="cid:bilde@x" alt="Bilde">').html == '<img src="/pictures/bilde@x" alt="Bilde">'


def test_e77_a_picture_that_did_not_come_along_is_left_out() -> None:
    assert harmless('<img src="cid:bilde">', cid_address=lambda identifier: None).html == "<img>"


@pytest.mark.parametrize("source", ["https://t.example/a.gif", "http://t.example/a.gif", "//t.example/a.gif"])
def test_f8_pictures_from_elsewhere_are_held_back_and_counted(source: str) -> None:
    found = seen(f'<img src="{source}"><img src="{source}">')

    assert (found.html, found.remote_images) == ("<img><img>", 2)


def test_f8_pictures_from_elsewhere_are_let_in_when_somebody_asks() -> None:
    assert seen('<img src="https://t.example/a.gif">', images=True).html == '<img src="https://t.example/a.gif">'


@pytest.mark.parametrize(
    ("href", "words", "target"),
    [
        ("https://evil.example/x", "https://bank.no/login", "evil.example"),
        ("https://bank.no.evil.example", "bank.no", "bank.no.evil.example"),
        ("https://evil.example", "Logg inn på www.bank.no nå", "evil.example"),
        ("https://user:bank.no@evil.example/", "bank.no", "evil.example"),
        ("https://evil.example\\@bank.no/", "bank.no", "evil.example"),
        ("mailto:kari@evil.example", "kari@bank.no", "evil.example"),
        ("https://bаnk.no", "bank.no", "xn--bnk-7cd.no"),
    ],
)
def test_e78_a_link_that_shows_another_place_is_followed_by_its_own(href: str, words: str, target: str) -> None:
    found = seen(f'<a href="{href}">{words}</a>')

    assert [link.shown for link in found.misleading_links] == [words]
    assert f"({found.misleading_links[0].target})</b>" in found.html
    assert found.misleading_links[0].target in {target, "bаnk.no"}


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("https://www.bank.no/x", "bank.no"),
        ("https://login.bank.no", "https://www.bank.no"),
        ("https://xn--blbr-roah.no", "blåbær.no"),
        ("https://evil.example", "Logg inn"),
        ("https://x.no/f", "faktura.pdf"),
        ("mailto:kari@x.no", "kari@x.no"),
    ],
)
def test_e78_an_honest_link_stays_as_it_is(href: str, words: str) -> None:
    assert seen(f'<a href="{href}">{words}</a>').misleading_links == ()


def test_e78_the_place_that_is_shown_runs_nothing() -> None:
    found = seen('<a href="https://x.no/&quot;><script>alert(1)</script>">https://bank.no</a>')

    assert found.misleading_links == (MisleadingLink("https://bank.no", "x.no"),)
    assert is_inert(found.html)


@pytest.mark.parametrize("depth", [1_000, 20_000])
def test_e80_what_lies_deeper_than_anybody_writes_is_made_flat(depth: int) -> None:
    found = seen("<div>" * depth + "innerst" + "</div>" * depth)

    assert "innerst" in found.html
    assert found.html.count("<div>") == found.html.count("</div>") == 200


def test_a_page_of_many_tags_that_is_not_deep_stays() -> None:
    html = "<div><b>x</b></div>" * 5_000

    assert seen(html).html == html


def test_html_without_end_is_cut_and_says_so() -> None:
    assert seen("a" * 1_000_001).is_cut
    assert not seen("a" * 1_000_000).is_cut


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hei</p><p>du</p>", "Hei\n\ndu"),
        ("<div>en<br>to</div><div>tre</div>", "en\nto\ntre"),
        ("Hei &lt;du&gt; &amp;amp; jeg", "Hei <du> &amp; jeg"),
        ("<ul><li>en<li>to</ul>", "- en\n- to"),
        ("<p>Ny</p><blockquote><div>gammel</div></blockquote>", "Ny\n\n> gammel"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("<style>x</style><script>y</script><p>z", "z"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert text_from_html(html) == text
