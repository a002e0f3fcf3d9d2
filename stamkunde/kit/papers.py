"""Papers: our own texts in Markdown, as safe HTML.

Only what the guide uses is understood: headings, paragraphs, lists, tables, blocks of commands, bold, italic, code,
links and pictures. Whatever else stands there is shown as it is written. Everything is escaped, and where a link or a
picture may lead is the caller's to say, so that no paper can bring in more than text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Lead = Callable[[str], str]
"""Returns the address behind a link or a picture of a paper; nothing where it leads nowhere a reader could go."""

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|!\[(?P<alt>[^\]]*)\]\((?P<picture>[^)\s]+)\)"
    r"|\[(?P<words>[^\]]+)\]\((?P<link>[^)\s]+)\)"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|(?<!\w)\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*(?!\w)"
)
_ITEM = re.compile(r"(?:-|(?P<number>\d+)\.)\s+(?P<text>.*)")
_NOTHING = SafeString("")


@dataclass(frozen=True)
class Paper:
    """A title, and the rest as HTML."""

    title: str
    html: SafeString


def paper(text: str, *, lead: Lead) -> Paper:
    """Read a paper; its first heading is the title."""
    title, parts = "", []
    for block in _blocks(text.splitlines()):
        if not title and block[0].startswith("# "):
            title = block[0][2:].strip()
        else:
            parts.append(_block(block, lead))
    return Paper(title, _joined(parts))


def sentence(text: str) -> SafeString:
    """Read a sentence by itself; it leads nowhere."""
    return _inline(text, lambda _target: "")


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield what stands together: everything between two empty lines, and commands from fence to fence."""
    held: list[str] = []
    is_fenced = False
    for line in lines:
        if line.startswith("```"):
            if held and not is_fenced:
                yield held
                held = []
            held.append(line)
            if is_fenced:
                yield held
                held = []
            is_fenced = not is_fenced
        elif is_fenced or (line.strip() and not line.startswith("#")):
            held.append(line)
        else:
            if held:
                yield held
                held = []
            if line.strip():
                yield [line]
    if held:
        yield held


def _block(lines: list[str], lead: Lead) -> SafeString:
    first = lines[0]
    if first.startswith("```"):
        return format_html(
            '<pre tabindex="0"><code>{}</code></pre>', "\n".join(line for line in lines if not line.startswith("```"))
        )
    if first.startswith("#"):
        # The page has its own first heading.
        level = "h3" if first.startswith("###") else "h2"
        return format_html("<{}>{}</{}>", level, _inline(first.lstrip("# "), lead), level)
    if first.startswith("|"):
        return _table(lines, lead)
    if _ITEM.match(first):
        return _list(lines, lead)
    return format_html("<p>{}</p>", _inline(" ".join(line.strip() for line in lines), lead))


def _list(lines: list[str], lead: Lead) -> SafeString:
    items: list[str] = []
    is_numbered = False
    for line in lines:
        item = _ITEM.match(line)
        if item:
            is_numbered = item["number"] is not None
            items.append(item["text"])
        else:
            items[-1] += " " + line.strip()
    written = format_html_join("", "<li>{}</li>", ((_inline(item, lead),) for item in items))
    return format_html("<ol>{}</ol>" if is_numbered else "<ul>{}</ul>", written)


def _table(lines: list[str], lead: Lead) -> SafeString:
    head, _rule, *rows = [
        [_inline(cell.strip(), lead) for cell in line.strip().strip("|").split("|")] for line in lines
    ]
    return format_html(
        '<div class="table-wrap" tabindex="0"><table class="table">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        format_html_join("", '<th scope="col">{}</th>', ((cell,) for cell in head)),
        format_html_join(
            "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
        ),
    )


def _inline(text: str, lead: Lead) -> SafeString:
    parts: list[SafeString] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts += [format_html("{}", text[end : found.start()]), _piece(found, lead)]
        end = found.end()
    return _joined([*parts, format_html("{}", text[end:])])


def _piece(found: re.Match[str], lead: Lead) -> SafeString:
    if found["code"]:
        return format_html("<code>{}</code>", found["code"])
    if found["picture"]:
        address = lead(found["picture"])
        return format_html('<img src="{}" alt="{}" loading="lazy">', address, found["alt"]) if address else _NOTHING
    if found["link"]:
        words, address = _inline(found["words"], lead), lead(found["link"])
        return format_html('<a href="{}">{}</a>', address, words) if address else words
    if found["bold"]:
        return format_html("<strong>{}</strong>", _inline(found["bold"], lead))
    return format_html("<em>{}</em>", _inline(found["italic"], lead))


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
