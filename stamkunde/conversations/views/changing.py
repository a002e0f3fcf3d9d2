"""What is done with a conversation besides answering: who answers, when, how it is sorted, whose it is, and its end."""

from collections.abc import Callable
from datetime import datetime, time
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Team, User
from stamkunde.conversations import actions
from stamkunde.conversations.access import ANSWER, conversation_for, visible_conversations
from stamkunde.conversations.models import Conversation, Message, Tag
from stamkunde.conversations.queries.composing import possible_customers
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.views.conversation import page_of, snooze_moments
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.access import visible_customers
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit.clock import now
from stamkunde.kit.policy import requires

MOST_FOUND = 10


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _take(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.take(talk, user, by=user.actor)
    return _("You answer this now.")


def _assign(request: HttpRequest, talk: Conversation, user: User) -> str:
    chosen = User.objects.filter(pk=_number(request.POST.get("user", "")) or 0).first()
    actions.assign(talk, chosen, by=user.actor)
    return _("%(name)s answers this now.") % {"name": chosen.name} if chosen else _("Nobody answers this now.")


def _team(request: HttpRequest, talk: Conversation, user: User) -> str:
    chosen = Team.objects.filter(pk=_number(request.POST.get("team", "")) or 0).first()
    actions.give_to_team(talk, chosen, by=user.actor)
    return _("It is with the team %(name)s now.") % {"name": chosen.name} if chosen else _("It is with no team now.")


def _tag(request: HttpRequest, talk: Conversation, user: User) -> str:
    tag = Tag.objects.filter(pk=_number(request.POST.get("tag", "")) or 0).first()
    if tag is None:
        raise ConversationRefused(_("Choose a tag first."), "tag")
    actions.set_tag(talk, tag, request.POST.get("off") != "1", by=user.actor)
    return ""


def _snooze(request: HttpRequest, talk: Conversation, user: User) -> str:
    moments = {name: at for name, _label, at in snooze_moments()}
    until = moments.get(request.POST.get("until", ""))
    if until is None:
        day = parse_date(request.POST.get("day", "") or "") if request.POST.get("day") else None
        if day is None or not 1 < day.year < 9_999:
            raise ConversationRefused(_("Choose the day on which it is due again."), "until")
        until = timezone.make_aware(datetime.combine(day, time(8)))
    actions.snooze_conversation(talk, until, by=user.actor)
    return _("It is put off and comes back by itself, or when the customer writes.")


def _wake(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.unsnooze_conversation(talk, by=user.actor)
    return _("It is due again.")


def _close(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.close_conversation(talk, by=user.actor)
    return _("It is closed. A word of the customer opens it again.")


def _reopen(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.reopen_conversation(talk, by=user.actor)
    return _("It is open again.")


def _spam(request: HttpRequest, talk: Conversation, user: User) -> str:
    is_spam = request.POST.get("off") != "1"
    actions.mark_as_spam(talk, is_spam, by=user.actor)
    return _("It lies among spam now.") if is_spam else _("It is back among the others.")


def _merge(request: HttpRequest, talk: Conversation, user: User) -> str:
    number = _number(request.POST.get("into", "").strip().removeprefix("#"))
    into = visible_conversations(user).filter(pk=number or 0).first()
    if into is None:
        raise ConversationRefused(_("There is no conversation with this number. Look at the list once more."), "into")
    actions.merge_conversations(talk, into, by=user.actor)
    return _("It is part of this conversation now, and can be parted from it again.")


def _part(request: HttpRequest, talk: Conversation, user: User) -> str:
    merged = visible_conversations(user).filter(pk=_number(request.POST.get("merged", "")) or 0, merged_into=talk)
    for one in merged:
        actions.part_conversations(one, by=user.actor)
    return _("It stands for itself again.")


def _customer(request: HttpRequest, talk: Conversation, user: User) -> str:
    number = _number(request.POST.get("customer", ""))
    if number is not None and not visible_customers(user).filter(pk=number).exists():
        raise ConversationRefused(_("This customer is not here any more. Choose another one."), "customer")
    version = _number(request.POST.get("version", "")) or 0
    actions.name_customer(talk, number, version=version, by=user.actor)
    return _("It is said whose the conversation is.")


def _again(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.send_again(_message(request, talk), by=user.actor)
    return _("It is on its way again.")


def _arrived(request: HttpRequest, talk: Conversation, user: User) -> str:
    actions.say_it_arrived(_message(request, talk), by=user.actor)
    return _("It is written down that it arrived.")


def _message(request: HttpRequest, talk: Conversation) -> Message:
    row = Message.objects.filter(pk=_number(request.POST.get("message", "")) or 0, conversation=talk).first()
    if row is None:
        raise ConversationRefused(_("This message is in another conversation now. Look at it there."))
    return row


ACTS: dict[str, Callable[[HttpRequest, Conversation, User], str]] = {
    "take": _take, "assign": _assign, "team": _team, "tag": _tag, "snooze": _snooze, "wake": _wake, "close": _close,
    "reopen": _reopen, "spam": _spam, "merge": _merge, "part": _part, "customer": _customer, "again": _again,
    "arrived": _arrived,
}  # fmt: skip


@requires(ANSWER.name)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one thing with a conversation, named by `act`; a refusal shows the page with its sentence."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is None:
            raise ConversationRefused(_("Choose what is to be done with the conversation."))
        said = act(request, talk, user)
    except ConversationRefused as refusal:
        fresh = conversation_for(user, pk)
        return page_of(request, fresh, refused=refusal.sentence, status=HTTPStatus.CONFLICT)
    if said:
        messages.success(request, said)
    return redirect("conversations:conversation", pk)


@requires(ANSWER.name)
@require_safe
def whose(request: HttpRequest, pk: int) -> HttpResponse:
    """Find whose the conversation is: who has the address, or somebody looked for by name, or a new customer."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = []
    if text and user.may(SEE_CUSTOMERS.name):
        found = recognise(text, store_id=user.store_id, limit=MOST_FOUND, now=now())
    first = talk.participants.order_by("pk").first()
    context = {
        "talk": talk,
        "q": text,
        "found": found,
        "possible": possible_customers(user, talk) if user.may(SEE_CUSTOMERS.name) else [],
        "first": first,
        "may_create": user.may("customers.create"),
    }
    return render(request, "conversations/whose.html", context)


@requires(ANSWER.name)
@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the conversation that this one is part of: the customer's others, or any by its number."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    rows = visible_conversations(user).own().exclude(pk=talk.pk)
    others = list(rows.filter(customer=talk.customer_id).order_by("-last_message_at")[:20]) if talk.customer_id else []
    return render(request, "conversations/merge.html", {"talk": talk, "others": others})
