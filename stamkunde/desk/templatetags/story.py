"""The plain moments of a timeline, written straight: a page holds fifty of them, and they are most of its cost."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.desk.story import Told
from stamkunde.kit.templatetags.look import icon

register = template.Library()


@register.simple_tag
def plain_moment(told: Told, own_url: str) -> SafeString:
    """Draw a moment that is neither a note nor several changes; `parts/told.html` draws those."""
    moment = told.moment
    title = escape(told.title)
    if moment.url and moment.url != own_url:
        title = format_html('<a href="{}">{}</a>', moment.url, title)
    link = _("A link to this moment")
    pieces = [
        f'<li class="moment {told.tone}{" theirs" if moment.is_by_customer else ""}" id="{told.anchor}">'
        f'<span class="moment-mark">{icon(moment.icon)}</span><div class="moment-text"><div class="moment-head">'
        f'<h3 class="moment-title">{title}</h3>'
        f'<a class="moment-link" href="{own_url}?moment={moment.id}" aria-label="{escape(link)} {told.when}">'
        f'<time datetime="{told.iso}">{told.when or icon("link")}</time></a></div>',
        *(f'<p class="muted">{escape(line)}</p>' for line in told.lines),
    ]
    if told.further_lines:
        count = len(told.further_lines)
        more = escape(ngettext("%(count)s more", "%(count)s more", count) % {"count": count})
        lines = "".join(f'<p class="muted">{escape(line)}</p>' for line in told.further_lines)
        pieces.append(f'<details><summary class="muted">{more}</summary>{lines}</details>')
    if moment.actor and not moment.is_by_customer:
        pieces.append(f'<p class="muted moment-hand">{escape(moment.actor)}</p>')
    # Everything that people wrote is escaped above, piece by piece.
    return mark_safe("".join([*pieces, "</div></li>"]))  # noqa: S308
