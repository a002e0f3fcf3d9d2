"""The moments of a timeline, written straight: a page holds fifty of them, and they are most of its cost."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.desk.story import Day, Told
from stamkunde.kit.templatetags.look import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def told_days(context: template.Context, days: Iterable[Day]) -> SafeString:
    """Draw the days of a timeline, each with its moments."""
    pieces = []
    for day in days:
        pieces.append(f'<li class="timeline-day"><h3>{escape(day.label)}</h3></li>')
        pieces.append(told_moments(context, day.told))
    # Everything that people wrote is escaped where it is put in.
    return mark_safe("".join(pieces))  # noqa: S308


@register.simple_tag(takes_context=True)
def told_moments(context: template.Context, told: Iterable[Told]) -> SafeString:
    """Draw moments: notes and several changes by their part, all others here."""
    own_url, link = context["own_url"], escape(_("A link to this moment"))
    return mark_safe(  # noqa: S308
        "".join(_plain(one, own_url, link) if one.is_plain else _by_part(context, one) for one in told)
    )


def _by_part(context: template.Context, told: Told) -> str:
    assert context.template is not None  # noqa: S101
    part = context.template.engine.get_template("desk/parts/told.html")
    with context.push(told=told):
        return part.render(context)


def _plain(told: Told, own_url: str, link: str) -> str:
    moment = told.moment
    title = escape(told.title)
    if moment.url and moment.url != own_url:
        title = f'<a href="{escape(moment.url)}">{title}</a>'
    pieces = [
        f'<li class="moment {told.tone}{" theirs" if moment.is_by_customer else ""}" id="{told.anchor}">'
        f'<span class="moment-mark">{icon(moment.icon)}</span><div class="moment-text"><div class="moment-head">'
        f'<h3 class="moment-title">{title}</h3>'
        f'<a class="moment-link" href="{own_url}?moment={moment.id}" aria-label="{link} {told.when}">'
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
    return "".join([*pieces, "</div></li>"])
