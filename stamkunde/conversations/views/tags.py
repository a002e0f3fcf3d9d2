"""Tags: the words by which conversations are sorted."""

from http import HTTPStatus

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import CURATE
from stamkunde.conversations.actions import add_tag, change_tag
from stamkunde.conversations.models import Tag
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit.policy import requires


@requires(CURATE.name)
@require_http_methods(["GET", "POST"])
def tags(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            add_tag(request.POST.get("name", "").replace("\0", ""), by=signed_in(request).actor)
        except ConversationRefused as refusal:
            return _page(request, refused=refusal.sentence)
        return redirect("conversations:tags")
    return _page(request)


@requires(CURATE.name)
@require_POST
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a tag otherwise, put it away, or take it into use again."""
    known = get_object_or_404(Tag, pk=pk)
    name = request.POST.get("name", known.name).replace("\0", "")
    is_used = {"away": False, "back": True}.get(request.POST.get("act", ""), known.is_used)
    try:
        change_tag(known, name, is_used=is_used, by=signed_in(request).actor)
    except ConversationRefused as refusal:
        return _page(request, refused=refusal.sentence)
    return redirect("conversations:tags")


def _page(request: HttpRequest, refused: str = "") -> HttpResponse:
    rows = Tag.objects.annotate(number=Count("taggings")).order_by("-is_used", "name")
    context = {"tags": rows, "refused": refused, "typed": request.POST.get("name", "")}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "conversations/tags.html", context, status=status)
