"""The pages on which numbers for text messages and messengers are set up, with WhatsApp's templates."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.conversations.access import (
    MANAGE,
    QUARANTINE,
    text_line_for,
    text_template_for,
    visible_text_lines,
)
from stamkunde.conversations.actions.text_lines import (
    add_text_line,
    add_text_template,
    change_text_line,
    change_text_template,
    draw_hook_key,
)
from stamkunde.conversations.channels.text.lines import hook_of
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.models import TextProviderName, TextTemplate
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.text_line_form import TextLineForm, TextTemplateForm
from stamkunde.conversations.text_line_state import line_fares_of, try_line
from stamkunde.kit.policy import requires


@requires(MANAGE.name)
@require_safe
def text_lines(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    rows = list(visible_text_lines(user))
    fares = line_fares_of(rows)
    context = {
        "rows": [(row, fares[row.pk]) for row in rows],
        "may_see_aside": user.may(QUARANTINE.name),
        "crumbs": [(_("Settings"), "/settings/"), (_("Text messages"), "")],
    }
    return render(request, "conversations/text_lines.html", context)


@requires(MANAGE.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def text_line_new(request: HttpRequest) -> HttpResponse:
    form = TextLineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_text_line(form.values, by=signed_in(request).actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("The number is set up. Give its address below to the provider, and try it."))
            return redirect("conversations:text_line", made.pk)
    context = {"form": form, "crumbs": _crumbs(_("New number"))}
    return render(request, "conversations/text_line_form.html", context, status=_status(request))


@requires(MANAGE.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def text_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a number fares, and change it."""
    user = signed_in(request)
    found = text_line_for(user, pk)
    form = TextLineForm(request.POST or None, line=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_text_line(found, form.values, version=form.cleaned_data["version"] or 0, by=user.actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("conversations:text_line", pk)
    is_messenger = found.provider == TextProviderName.WHATSAPP
    hook = hook_of(found)
    context = {
        "row": found,
        "provider": provider_of(found.provider),
        "fares": line_fares_of([found])[found.pk],
        "form": form,
        "hook": hook,
        "verify_word": hook.rstrip("/").rpartition("/")[2] if is_messenger else "",
        "is_messenger": is_messenger,
        "templates": list(TextTemplate.objects.filter(text_line=found)) if is_messenger else [],
        "may_see_aside": user.may(QUARANTINE.name),
        "crumbs": _crumbs(found.name),
    }
    return render(request, "conversations/text_line.html", context, status=_status(request))


@requires(MANAGE.name)
@require_POST
def text_line_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider whether it lets us in, and say in a sentence what came of it."""
    tried = try_line(text_line_for(signed_in(request), pk))
    (messages.success if tried.is_well else messages.warning)(request, tried.said)
    return redirect("conversations:text_line", pk)


@requires(MANAGE.name)
@asks_again
@require_POST
def text_line_key(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    draw_hook_key(text_line_for(user, pk), by=user.actor)
    messages.success(request, _("The address is a new one. Give it to the provider; the former one leads nowhere."))
    return redirect("conversations:text_line", pk)


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def text_template_new(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    line = text_line_for(user, pk)
    form = TextTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_text_template(line, form.values, by=user.actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("conversations:text_line", line.pk)
    context = {"form": form, "line": line, "crumbs": _crumbs(_("New template"))}
    return render(request, "conversations/text_template.html", context, status=_status(request))


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def text_template(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    found = text_template_for(user, pk)
    form = TextTemplateForm(request.POST or None, template=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_text_template(found, form.values, version=form.cleaned_data["version"] or 0, by=user.actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("conversations:text_line", found.text_line_id)
    context = {"form": form, "line": found.text_line, "crumbs": _crumbs(found.name)}
    return render(request, "conversations/text_template.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), (_("Text messages"), reverse("conversations:text_lines")), (last, "")]
