"""Writing: the draft that keeps itself, the answer that can be taken back, and the note among staff."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import ANSWER, conversation_for
from stamkunde.conversations.actions import (
    discard_draft,
    save_draft,
    take_back_answer,
    write_answer,
    write_internal_note,
)
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.channels.contract import Way
from stamkunde.conversations.chosen_template import chosen, typed_of
from stamkunde.conversations.models import Attachment, Draft, Message
from stamkunde.conversations.queries.composing import ready_replies, said_since
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.conversations.views.conversation import ROLES, page_of
from stamkunde.kit.policy import requires

LONGEST_LINE = 4_000


@requires(ANSWER.name)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being written; 409 when it went on in another window, whose text is answered with."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    if request.POST.get("discard"):
        discard_draft(talk, user)
        return redirect("conversations:conversation", pk)
    version = request.POST.get("version", "0")
    try:
        kept = save_draft(
            talk,
            user,
            text=request.POST.get("text", ""),
            recipients=[(role, request.POST.get(role, "")) for role in ROLES],
            is_note=request.POST.get("kind") == "note",
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
        )
    except Stale as stale:
        there = Draft.objects.filter(conversation=talk, user=user).first()
        said = {
            "sentence": stale.sentence,
            "version": there.version if there else 0,
            "text": there.text if there else "",
        }
        return JsonResponse(said, status=HTTPStatus.CONFLICT)
    return JsonResponse({"version": kept.version, "said": _("Your draft is kept.")})


@requires(ANSWER.name)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the answer. If others said something meanwhile it is shown first, and what was typed stands there still."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    typed = _typed(request)
    last = request.POST.get("last", "")
    if last.isascii() and last.isdecimal() and len(last) < 19 and not request.POST.get("anyway"):
        unseen = said_since(talk, int(last), user)
        if unseen:
            return page_of(request, talk, typed=typed, unseen=unseen, status=HTTPStatus.CONFLICT)
    files = Attachment.objects.filter(draft__conversation=talk, draft__user=user).values_list("pk", flat=True)
    try:
        template, fields = chosen(typed)
        values = AnswerValues(
            text=typed["text"],
            recipients=_recipients(way_of(talk.channel), typed),
            attachment_ids=tuple(files),
            template_id=template,
            fields=fields,
        )
        said = write_answer(
            talk, values, by=user.actor, idempotency_key=f"page:{user.pk}:{request.POST.get('key', '')}"[:255] or None
        )
    except ConversationRefused as refusal:
        return page_of(request, talk, typed=typed, refused=refusal.sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    undo = reverse("conversations:undo", args=[said.conversation_id, said.pk])
    messages.success(request, _("Your answer goes out in ten seconds."), extra_tags=f"undo:{undo}")
    return redirect("conversations:conversation", said.conversation_id)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {
        "text": request.POST.get("text", "").replace("\0", ""),
        "kind": "note" if request.POST.get("kind") == "note" else "answer",
        **{role: request.POST.get(role, "").replace("\0", "")[:LONGEST_LINE] for role in ROLES},
        **typed_of(request.POST),
    }


def _recipients(way: Way, typed: dict[str, str]) -> tuple[AddressValues, ...]:
    found = []
    for role in ROLES:
        for part in typed[role].replace(";", ",").split(","):
            address = part.strip()
            if not address:
                continue
            found.append(AddressValues(address=way.address(address), role=role))
    return tuple(found)


@requires(ANSWER.name)
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note; whoever is named with @ is called here."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    typed = _typed(request) | {"kind": "note"}
    called = [int(one) for one in request.POST.getlist("called") if one.isascii() and one.isdecimal() and len(one) < 19]
    try:
        write_internal_note(talk, typed["text"], mentioned=called, by=user.actor)
    except ConversationRefused as refusal:
        return page_of(request, talk, typed=typed, refused=refusal.sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    discard_draft(talk, user)
    messages.success(request, _("The note stands in the conversation. Only staff read it."))
    return redirect("conversations:conversation", pk)


@requires(ANSWER.name)
@require_POST
def undo(request: HttpRequest, pk: int, said_pk: int) -> HttpResponse:
    """Take an answer back that waits to be sent; its words stand in the box again."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    message = Message.objects.filter(conversation=talk, pk=said_pk).select_related("conversation").first()
    if message is None:
        raise Http404
    try:
        take_back_answer(message, by=user.actor)
    except ConversationRefused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("It was not sent. Your words stand in the box again."))
    return redirect("conversations:conversation", pk)


@requires(ANSWER.name)
@require_safe
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the saved replies that fit what was typed, with their fields filled in."""
    user = signed_in(request)
    talk = conversation_for(user, pk)
    found = ready_replies(user, talk, request.GET.get("q", "")[:80])
    return JsonResponse({"replies": [{"id": one.id, "name": one.name, "text": one.text} for one in found]})
