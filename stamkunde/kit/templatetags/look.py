"""The pieces of the look as template tags: a page says what it wants, the piece says how it is drawn.

The live page of the desk at /style shows each of them in every state.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Field, RadioSelect, Select, Widget
from django.forms.forms import BaseForm
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stamkunde.kit.charts import BarChart
from stamkunde.kit.pictures import Flow, GroupedBars

register = template.Library()

SPRITE = Path(__file__).parent.parent / "static" / "kit" / "icons.svg"
HUES = 6
DASHES = BLANK_CHOICE_DASH[0][1]
# What fits in the circle.
INITIALS = 2


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))


@register.simple_tag
def icon(name: str, title: str = "", css: str = "") -> SafeString:
    """Draw an icon of the sprite; with a title it is read aloud, without one it is decoration."""
    return _icon(name, str(title), css)


class PlainIcon(template.Node):
    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        return _icon(self.name, "", "")


_any_icon = register.tags["icon"]


@register.tag("icon")
def _icon_tag(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Draw most icons, those whose name stands in the template and nothing else, without looking anything up."""
    plain = re.fullmatch(r'icon "([\w-]+)"', token.contents)
    return PlainIcon(plain[1]) if plain else _any_icon(parser, token)


# A page holds a hundred icons, and the same dozen of them over and over.
@lru_cache(maxsize=1_024)
def _icon(name: str, title: str, css: str) -> SafeString:
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"There is no icon “{name}” in kit/icons.svg.")
    classes = f"icon {css}".strip()
    use = format_html('<use href="{}#{}"></use>', static("kit/icons.svg"), name)
    if not title:
        return format_html('<svg class="{}" aria-hidden="true" focusable="false">{}</svg>', classes, use)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><title>{}</title>{}</svg>', classes, title, title, use
    )


class Unchanging(template.Node):
    def __init__(self, content: template.NodeList) -> None:
        self.content = content
        self._drawn: dict[str, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language() or ""
        if language not in self._drawn:
            # Nothing of the page around it is handed in, so what belongs to a reader or a customer cannot be kept.
            self._drawn[language] = self.content.render(context.new({}))
        return self._drawn[language]


@register.tag
def unchanging(parser: template.base.Parser, token: template.base.Token) -> Unchanging:
    """Draw what is the same on every page for every reader of a language only once: words, icons, keys."""
    content = parser.parse(("endunchanging",))
    parser.delete_first_token()
    return Unchanging(content)


@register.simple_tag
def chip(text: object, tone: str = "plain", icon: str = "") -> SafeString:
    return format_html('<span class="chip {}">{}{}</span>', tone, _icon_or_nothing(icon), text)


@register.simple_tag
def badge(number: object, tone: str = "plain", label: str = "") -> SafeString:
    """Show a small count; the label is said aloud after it."""
    said = format_html('<span class="visually-hidden"> {}</span>', label) if label else ""
    return format_html('<span class="badge {}">{}{}</span>', tone, number, said)


def initials(name: str) -> str:
    """Return the first letters of the first and last word, in any script; marks belong to their letter."""
    words = [word for word in re.split(r"[\s\-]+", unicodedata.normalize("NFC", name)) if word and word[0].isalnum()]
    chosen = words if len(words) < INITIALS else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()[:INITIALS] or "?"


@register.simple_tag
def avatar(name: object, tone: str = "", size: str = "") -> SafeString:
    """Draw a circle with initials; the name stands beside it, so it is not read twice."""
    text = str(name)
    ground = tone or f"hue-{zlib.crc32(text.encode('utf-8', 'replace')) % HUES + 1}"
    classes = f"avatar {ground} {size}".strip()
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(text))


@register.simple_tag
def stat(value: object, label: object, hint: object = "", tone: str = "") -> SafeString:
    aside = format_html('<span class="stat-hint">{}</span>', hint) if hint else ""
    return format_html(
        '<div class="{}"><span class="stat-value">{}</span><span class="stat-label">{}</span>{}</div>',
        f"stat {tone}".strip(), value, label, aside,
    )  # fmt: skip


@register.simple_tag
def key(*names: str) -> SafeString:
    return format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names))


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Hold the place of what is being fetched, so that nothing jumps when it comes."""
    marks = format_html_join("", '<span class="skeleton-line"></span>{}', (("",) for _line in range(lines)))
    return format_html('<div class="skeleton" aria-hidden="true">{}</div>', marks)


@register.simple_tag
def lazy(url: str, lines: int = 3) -> SafeString:
    """Fetch a part of the page when it comes into view."""
    return format_html(
        '<div class="card" hx-get="{}" hx-trigger="revealed" hx-swap="outerHTML">{}'
        '<span class="visually-hidden">{}</span></div>',
        url, skeleton(lines), _("Loading"),
    )  # fmt: skip


@register.simple_tag
def progress(value: int, maximum: int, label: str) -> SafeString:
    return format_html(
        '<label class="progress"><span>{}</span><progress max="{}" value="{}"></progress></label>',
        label, str(maximum or 1), str(value),
    )  # fmt: skip


@register.simple_block_tag
def card(content: str, title: object = "", icon: str = "", url: str = "", link: object = "", flush: bool = False,
         id: str = "", level: int = 2) -> str:  # fmt: skip
    return _part("card", content=content, title=title, icon=icon, url=url, link=link, flush=flush, id=id, level=level)


@register.simple_block_tag
def alert(content: str, tone: str = "plain", icon: str = "", title: object = "") -> str:
    shown = icon or {"amber": "alert-triangle", "red": "alert-circle", "green": "circle-check"}.get(tone, "info-circle")
    return _part("alert", content=content, tone=tone, icon=shown, title=title)


@register.simple_block_tag
def moment(content: str, icon: str, title: object, when: object = "", at: str = "", tone: str = "plain", side: str = "",
           url: str = "", id: str = "") -> str:  # fmt: skip
    """Draw one thing that happened, in an <ol class="timeline">; `side="customer"` is what the customer did or said."""
    return _part("moment", content=content, icon=icon, title=title, when=when, at=at, tone=tone,
                 is_theirs=side == "customer", url=url, id=id)  # fmt: skip


@register.inclusion_tag("kit/parts/empty.html")
def empty(icon: str, title: object, text: object = "", url: str = "", label: object = "") -> dict[str, object]:
    return {"icon": icon, "title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("kit/parts/breadcrumbs.html")
def breadcrumbs(crumbs: Iterable[tuple[object, str]]) -> dict[str, object]:
    return {"crumbs": list(crumbs)}


@register.inclusion_tag("kit/parts/tabs.html")
def tabs(items: Iterable[object], label: object) -> dict[str, object]:
    return {"items": items, "label": label}


@register.inclusion_tag("kit/parts/pager.html", takes_context=True)
def pager(
    context: template.Context, page: Any = None, newer: str = "", older: str = "", text: object = ""
) -> dict[str, object]:
    """Link to the pages beside this one: give a `Page` of kit.paging, or the two addresses."""
    if page is not None:
        newer, older = _with(context, "page", page.newer), _with(context, "page", page.older)
    return {"newer": newer, "older": older, "text": text}


@register.inclusion_tag("kit/parts/steps.html")
def steps(labels: Iterable[object], current: int) -> dict[str, object]:
    return {"steps": [(label, number < current, number == current) for number, label in enumerate(labels, start=1)]}


@register.inclusion_tag("kit/parts/bars.html")
def bars(chart: BarChart, compact: bool = False) -> dict[str, object]:
    return {"chart": chart, "compact": compact}


@register.inclusion_tag("kit/parts/grouped.html")
def grouped_bars(picture: GroupedBars) -> dict[str, object]:
    return {"picture": picture}


@register.inclusion_tag("kit/parts/flow.html")
def flow(picture: Flow) -> dict[str, object]:
    return {"picture": picture}


@register.simple_tag
def inline(url: str, label: object, value: object = "", empty: object = "", saved: bool = False) -> SafeString:
    """Show a value that is changed where it stands; `empty` is what stands there for none."""
    change, kept = escape(_("change")), escape(_("Saved"))
    tick = f"{icon('check')} {kept}" if saved else ""
    # Written straight, because a profile shows a dozen.
    drawn = (
        f'<div class="inline-field"><button type="button" class="inline-value{"" if value else " is-empty"}"'
        f' hx-get="{escape(url)}" hx-target="closest .inline-field" hx-swap="outerHTML">'
        f'<span class="visually-hidden">{escape(label)}: </span><span>{escape(value or empty)}</span> {icon("pencil")}'
        f'<span class="visually-hidden"> ({change})</span></button>'
        f'<span class="saved-tick" role="status">{tick}</span></div>'
    )
    # Everything that people wrote is escaped above, piece by piece.
    return mark_safe(drawn)  # noqa: S308


@register.inclusion_tag("kit/parts/sort_head.html", takes_context=True)
def sort_head(context: template.Context, name: str, label: object, sort: str = "", css: str = "", column: str = "",
              edit: str = "", width: int = 0) -> dict[str, object]:  # fmt: skip
    """Draw a column's head whose link sorts by it, and the other way round when it already does.

    With `column` it can be dragged and made wider; `edit` says where its values are changed in place.
    """
    falling = sort == f"-{name}"
    rising = sort == name
    url = _with(context, "sort", f"-{name}" if rising else name)
    order = "descending" if falling else "ascending" if rising else ""
    return {"label": label, "url": url, "order": order, "css": css, "column": column, "edit": edit, "width": width}


@register.inclusion_tag("kit/parts/field.html")
def field(bound: BoundField, hint: object = "", autofocus: bool = False, hide_label: bool = False, prefix: object = "",
          suffix: object = "", label: object = "", needed: bool = False) -> dict[str, object]:  # fmt: skip
    """Draw a form field with its label, help and errors, tied together for those who hear the page.

    One that is `needed` is not called optional: something else than the form's field refuses when it is missing.
    """
    widget = bound.field.widget
    _name_the_blank(bound.field)
    described = [f"{bound.id_for_label or bound.html_name}-{what}" for what, there in
                 (("help", hint or bound.help_text), ("error", bound.errors)) if there]  # fmt: skip
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described) or None, "autofocus": autofocus or None}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "bound": bound,
        "control": bound.as_widget(attrs={name: value for name, value in attributes.items() if value is not None}),
        "base": bound.id_for_label or bound.html_name,
        "label": label or bound.label,
        "help": hint or bound.help_text,
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": is_group,
        "is_optional": not (needed or bound.field.required) and not _says_that_nothing_is_chosen(widget),
        "hide_label": hide_label,
        "prefix": prefix,
        "suffix": suffix,
    }


def _name_the_blank(field: Field) -> None:
    """Give the choice of nothing a name where it has only a row of dashes."""
    label = _("Choose") if field.required else _("None in particular")
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = label  # type: ignore[attr-defined]
    elif isinstance(field.widget, Select) and (choices := list(field.widget.choices)) and choices[0] == ("", DASHES):
        field.widget.choices = [("", label), *choices[1:]]


def _says_that_nothing_is_chosen(widget: Widget) -> bool:
    """Return whether the first choice is an answer by itself, such as "None in particular", and needs no mark."""
    if not isinstance(widget, Select):
        return False
    value, label = next(iter(widget.choices), ("", ""))
    return not value and str(label).strip("-– ") not in {"", _("Choose")}


@register.inclusion_tag("kit/parts/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    return {"form": form, "wrong": [bound for bound in form.visible_fields() if bound.errors]}


@register.inclusion_tag("kit/parts/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, object]:
    return {"form": form, "wrong": [bound for bound in form.visible_fields() if bound.errors]}


@register.filter
def undo_url(message: Any) -> str:
    """Return the address that undoes what a message tells of: `extra_tags="undo:/address"`."""
    tags = str(message.extra_tags or "").split()
    return next((tag.removeprefix("undo:") for tag in tags if tag.startswith("undo:/")), "")


@register.filter
def tone(message: Any) -> str:
    return {"success": "green", "warning": "amber", "error": "red"}.get(message.level_tag, "plain")


def _icon_or_nothing(name: str) -> str:
    return icon(name) if name else ""


def _part(name: str, **context: object) -> str:
    return render_to_string(f"kit/parts/{name}.html", context)


def _with(context: template.Context, name: str, value: str) -> str:
    """Return this page's address with one thing changed; a new order begins at the first page."""
    if name == "page" and not value:
        return ""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}"
