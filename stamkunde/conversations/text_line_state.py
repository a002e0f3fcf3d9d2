"""How numbers for text messages fare, in words for those who look after them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from stamkunde.conversations.channels.text.lines import account_of
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.providers.contract import LineTrouble
from stamkunde.conversations.mailbox_state import Tried
from stamkunde.conversations.models import Dispatch, DispatchState, RawMailState, RawText, TextLine
from stamkunde.kit import net, shown


@dataclass(frozen=True)
class LineFares:
    """How a line fares; numbers are of what waits or could not be read."""

    to_send: int
    set_aside: int
    state: str
    tone: str
    last: str
    trouble: str


def line_fares_of(lines: Iterable[TextLine]) -> dict[int, LineFares]:
    """Return how each line fares; two queries however many there are."""
    rows = list(lines)
    numbers = [row.pk for row in rows]
    waiting = Dispatch.objects.filter(text_line__in=numbers, state=DispatchState.QUEUED)
    to_send = dict(waiting.order_by().values_list("text_line").annotate(number=Count("pk")))
    aside = RawText.objects.filter(text_line__in=numbers, state=RawMailState.QUARANTINED)
    set_aside = dict(aside.order_by().values_list("text_line").annotate(number=Count("pk")))
    return {row.pk: _fares(row, to_send.get(row.pk, 0), set_aside.get(row.pk, 0)) for row in rows}


def _fares(line: TextLine, to_send: int, set_aside: int) -> LineFares:
    state, tone, trouble = _("in use"), "green", ""
    if not line.is_used:
        state, tone = _("not in use"), "plain"
    elif line.sending_failing_since is not None:
        state, tone = _("cannot send"), "red"
        trouble = _("Since %(when)s: %(why)s") % {
            "when": shown.instant(line.sending_failing_since),
            "why": line.sending_failure,
        }
    last = _("Nothing has come yet")
    if line.heard_at is not None:
        last = _("Heard last from the provider: %(when)s") % {"when": shown.instant(line.heard_at)}
    return LineFares(to_send, set_aside, state, tone, last, trouble)


def try_line(line: TextLine) -> Tried:
    """Ask the provider once whether it lets us in, and say what came of it; nothing is sent."""
    provider = provider_of(line.provider)
    try:
        name = provider.try_out(account_of(line))
    except (LineTrouble, net.NotReached) as error:
        return Tried(False, error.sentence)
    if not name:
        return Tried(True, _("%(provider)s lets us in.") % {"provider": provider.label})
    return Tried(True, _("%(provider)s lets us in as “%(name)s”.") % {"provider": provider.label, "name": name})
