"""Saved replies: the list, and one of them in all its languages."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Language, Team
from stamkunde.conversations.access import CURATE
from stamkunde.conversations.actions import add_saved_reply, change_saved_reply
from stamkunde.conversations.models import SavedReply
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit.policy import requires


@requires(CURATE.name)
@require_http_methods(["GET", "POST"])
def saved_replies(request: HttpRequest) -> HttpResponse:
    """List them, and write a new one."""
    refused = ""
    if request.method == "POST":
        try:
            reply = add_saved_reply(
                request.POST.get("name", ""), _texts(request), team=_team(request), by=signed_in(request).actor
            )
        except ConversationRefused as refusal:
            refused = refusal.sentence
        else:
            return redirect("conversations:saved_reply", reply.pk)
    rows = SavedReply.objects.select_related("team").prefetch_related("texts")
    context = {"replies": rows, "refused": refused, **_form(request, None)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "conversations/saved_replies.html", context, status=status)


@requires(CURATE.name)
@require_http_methods(["GET", "POST"])
def saved_reply(request: HttpRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(SavedReply.objects.prefetch_related("texts"), pk=pk)
    refused = ""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            change_saved_reply(
                reply,
                request.POST.get("name", ""),
                _texts(request),
                team=_team(request),
                is_used=request.POST.get("is_used") == "on",
                version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
                by=signed_in(request).actor,
            )
        except ConversationRefused as refusal:
            refused = refusal.sentence
        else:
            return redirect("conversations:saved_replies")
    context = {"reply": reply, "refused": refused, **_form(request, reply)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "conversations/saved_reply.html", context, status=status)


def _texts(request: HttpRequest) -> dict[str, str]:
    return {code: request.POST.get(f"text_{code}", "").replace("\0", "") for code in Language.values}


def _team(request: HttpRequest) -> Team | None:
    number = request.POST.get("team", "")
    asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    return Team.objects.filter(pk=asked).first()


def _form(request: HttpRequest, reply: SavedReply | None) -> dict[str, Any]:
    """Return what the form holds: what was typed, or what stands there."""
    known = {text.language: text.text for text in reply.texts.all()} if reply else {}
    typed = request.method == "POST"
    return {
        "name": request.POST.get("name", "") if typed else reply.name if reply else "",
        "team": request.POST.get("team", "") if typed else str((reply and reply.team_id) or ""),
        "is_used": request.POST.get("is_used") == "on" if typed else reply.is_used if reply else True,
        "texts": [
            (code, label, request.POST.get(f"text_{code}", "") if typed else known.get(code, ""))
            for code, label in Language.choices
        ],
        "teams": [(str(pk), name) for pk, name in Team.objects.order_by("name").values_list("pk", "name")],
    }
