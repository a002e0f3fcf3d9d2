"""What did not go out, or not yet: why, in words for staff, and whether anything goes out at all."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.conversations.access import visible_conversations
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.models import Dispatch, DispatchState
from stamkunde.kit.clock import now

UNSENT = (DispatchState.FAILED, DispatchState.UNCERTAIN, DispatchState.BOUNCED)


def unsent(user: User) -> "QuerySet[Dispatch]":
    """Return the messages that failed, came back or were perhaps sent, of the conversations the person may read."""
    rows = Dispatch.objects.filter(state__in=UNSENT, message__conversation__in=visible_conversations(user))
    return rows.select_related("message__conversation__customer", "mailbox")


def said_of(dispatch: Dispatch) -> str:
    """Say how far a message is, where that needs more words than its state; empty where it does not."""
    state, answer = dispatch.state, dispatch.answer
    if state == DispatchState.UNCERTAIN:
        return _(
            "The line broke while this was being sent, so it may have arrived. Ask the customer, or send it again: "
            "then it may arrive twice."
        )
    if state == DispatchState.HELD:
        return _("It waited when a backup was made that was restored since, so it may have gone out already.")
    if state == DispatchState.FAILED:
        return _("This was not sent. %(answer)s") % {"answer": answer}
    if state == DispatchState.QUEUED:
        way = way_of(dispatch.message.channel)
        if nothing := way.why_nothing_leaves(dispatch):
            return nothing
        if dispatch.attempts and answer:
            return way.still_tried(answer)
    return ""


def waited_too_long(dispatch: Dispatch) -> str:
    days = (now() - dispatch.queued_at).days
    return _("It has waited for %(days)s days and could not be sent. Send it again if it still holds.") % {"days": days}
