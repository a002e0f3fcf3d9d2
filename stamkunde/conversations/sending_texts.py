"""Getting out what waits at a line, one message after the other, over its provider's interface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stamkunde.conversations.channels.text.lines import account_of
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.providers.contract import Account, LineTrouble, Outbound, TextProvider
from stamkunde.conversations.models import Dispatch, TextLine
from stamkunde.conversations.outcomes import Outcome
from stamkunde.conversations.sending import Turn
from stamkunde.conversations.smtp import Trouble


@dataclass(frozen=True, kw_only=True)
class PreparedText:
    """A message as it is handed over. No bytes are kept of it: the same columns make the same message again."""

    dispatch_id: int
    outbound: Outbound
    digest: str = ""
    size: int = 0


class _Open:
    """A provider that lets us in, as long as it does."""

    is_open = True

    def __init__(self, provider: TextProvider, account: Account) -> None:
        self._provider, self._account = provider, account

    def hand_over(self, one: PreparedText) -> Outcome:
        try:
            done = self._provider.send(self._account, one.outbound)
        except LineTrouble as trouble:
            self.is_open = False
            raise Trouble(trouble.sentence) from trouble
        return Outcome(dispatch_id=one.dispatch_id, came=done.came, answer=done.answer, number=done.number)

    def close(self) -> None:
        self.is_open = False


class TextTurn(Turn[TextLine, PreparedText]):
    """One worker's turn with one line."""

    column = "text_line"
    works_once_open = False

    def may_send(self) -> bool:
        return bool(self.source.is_used)

    def opened(self) -> _Open:
        try:
            return _Open(provider_of(self.source.provider), account_of(self.source))
        except LineTrouble as trouble:
            raise Trouble(trouble.sentence) from trouble

    def made_ready(self, dispatches: Sequence[Dispatch]) -> tuple[list[PreparedText], Mapping[int, str]]:
        ready, unsendable = [], {}
        for one in dispatches:
            to = next((row.address for row in one.message.recipients.all()), "")
            if not to:
                unsendable[one.pk] = _("It does not say whom it is for. Write the message again.")
                continue
            ready.append(PreparedText(dispatch_id=one.pk, outbound=_outbound(one, to)))
        return ready, unsendable


def _outbound(dispatch: Dispatch, to: str) -> Outbound:
    template = dispatch.template or {}
    return Outbound(
        # The attempt that is about to begin: a report of one before it does not speak of this one.
        ref=f"{dispatch.pk}.{dispatch.attempts + 1}",
        to=to,
        text=dispatch.message.text,
        template=str(template.get("name", "")),
        language=str(template.get("language", "")),
        fields=[str(one) for one in template.get("fields", [])],
    )
