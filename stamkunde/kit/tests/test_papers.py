"""Our own texts as HTML: what the guide uses, and nothing that could do harm."""

import pytest

from stamkunde.kit.papers import paper


def html(text: str) -> str:
    return str(paper(text, lead=lambda target: f"/to/{target}" if target.endswith((".md", ".png")) else "").html)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("One line\nand the next.", "<p>One line and the next.</p>"),
        ("## A part\nText.", "<h2>A part</h2><p>Text.</p>"),
        ("- **One**\n  goes on.\n- Two", "<ul><li><strong>One</strong> goes on.</li><li>Two</li></ul>"),
        ("1. First\n2. Second", "<ol><li>First</li><li>Second</li></ol>"),
        ("Press `C` or *Enter*.", "<p>Press <code>C</code> or <em>Enter</em>.</p>"),
        ("`**not bold**`", "<p><code>**not bold**</code></p>"),
        ("[The first day](first-day.md)", '<p><a href="/to/first-day.md">The first day</a></p>'),
        ("![At the till](till.png)", '<p><img src="/to/till.png" alt="At the till" loading="lazy"></p>'),
        ("```\n./run <now>\n\n# twice\n```", '<pre tabindex="0"><code>./run &lt;now&gt;\n\n# twice</code></pre>'),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
    ],
)
def test_what_the_guide_uses_is_shown_as_it_is_meant(written: str, expected: str) -> None:
    assert html(written) == expected


def test_a_table_has_a_head_and_can_be_scrolled_by_keyboard() -> None:
    shown = html("| key | does |\n|---|---|\n| `C` | new |")

    assert '<div class="table-wrap" tabindex="0">' in shown
    assert '<th scope="col">key</th>' in shown
    assert "<td><code>C</code></td><td>new</td>" in shown


def test_the_first_heading_is_the_title_and_not_said_twice() -> None:
    read = paper("# The title\n\nText.", lead=str)

    assert (read.title, str(read.html)) == ("The title", "<p>Text.</p>")


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "[here](javascript:alert(1))",
        "![x](javascript:alert)",
        '![" onerror="alert(1)](x.png)',
        '[**<b onclick="x">**](first.md)',
        "| <img src=x onerror=alert(1)> |\n|---|\n| <b> |",
        "`<script>`",
        "# <script>\n## <script>",
    ],
)
def test_no_paper_brings_in_more_than_text(written: str) -> None:
    shown = html(written)

    for harm in ("<script", "<b", 'javascript:alert(1)"', 'onerror="', "<img src=x"):
        assert harm not in shown
