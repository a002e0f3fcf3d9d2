"""WhatsApp's day: for 24 hours after somebody wrote they are answered freely, later by an approved template only."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from stamkunde.conversations.models import (
    Conversation,
    Direction,
    Message,
    MessageKind,
    TextLine,
    TextProviderName,
    TextTemplate,
)
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit.clock import now

LASTS = timedelta(hours=24)
GAP = re.compile(r"\{\{(\d{1,2})\}\}")
MOST_GAPS = 10
LONGEST_FIELD = 300


def open_until(talk: Conversation) -> datetime | None:
    """Return until when somebody may be answered freely; None where they may not be now."""
    said = Message.objects.filter(conversation=talk, direction=Direction.IN, kind=MessageKind.HUMAN)
    last = said.order_by("-said_at").values_list("said_at", flat=True).first()
    until = last + LASTS if last is not None else None
    return until if until is not None and until > now() else None


def needs_template(line: TextLine | None, talk: Conversation | None) -> bool:
    """Say whether only an approved template goes out."""
    if line is None or line.provider != TextProviderName.WHATSAPP:
        return False
    return talk is None or open_until(talk) is None


def gaps_of(text: str) -> int:
    """Return how many gaps a template has: the highest number that stands in one."""
    return max((int(one) for one in GAP.findall(text)), default=0)


def filled(template: TextTemplate, fields: Sequence[str]) -> tuple[str, list[str]]:
    """Return a template's text with its gaps filled, and what fills them; raises ConversationRefused for a gap."""
    needed = gaps_of(template.text)
    given = [" ".join(str(one).replace("\0", "").split())[:LONGEST_FIELD] for one in fields][:needed]
    if len(given) < needed or not all(given):
        raise ConversationRefused(
            _("Fill in every gap of the template; it has %(number)s.") % {"number": needed}, "fields"
        )
    return GAP.sub(lambda found: given[int(found[1]) - 1], template.text), given
