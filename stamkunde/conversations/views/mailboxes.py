"""The pages on which mailboxes are set up and looked after."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.conversations.access import MANAGE, QUARANTINE, mailbox_for, visible_mailboxes
from stamkunde.conversations.actions.mailboxes import (
    add_mailbox,
    change_mailbox,
    draw_intake_token,
    end_intake_token,
    make_dkim_key,
)
from stamkunde.conversations.intake.forwarding import WORDS
from stamkunde.conversations.mailbox_form import MailboxForm
from stamkunde.conversations.mailbox_state import dns_lines, fares_of, try_connection
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.kit.policy import requires


@requires(MANAGE.name)
@require_safe
def mailboxes(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    rows = list(visible_mailboxes(user))
    fares = fares_of(rows)
    context = {
        "rows": [(row, fares[row.pk]) for row in rows],
        "may_see_aside": user.may(QUARANTINE.name),
        "crumbs": [(_("Settings"), "/settings/"), (_("Mailboxes"), "")],
    }
    return render(request, "conversations/mailboxes.html", context)


@requires(MANAGE.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def mailbox_new(request: HttpRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_mailbox(form.values, by=signed_in(request).actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("The mailbox is set up. Try whether it can be read."))
            return redirect("conversations:mailbox", made.pk)
    context = {"form": form, "crumbs": _crumbs(_("New mailbox"))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/mailbox_form.html", context, status=status)


@requires(MANAGE.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a mailbox fares, and change it."""
    user = signed_in(request)
    found = mailbox_for(user, pk)
    form = MailboxForm(request.POST or None, mailbox=found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            change_mailbox(found, form.values, version=version, by=user.actor)
        except ConversationRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("conversations:mailbox", pk)
    context = {
        "row": found,
        "fares": fares_of([found])[found.pk],
        "form": form,
        "dns_lines": dns_lines(found),
        "hook": hook_address(),
        "forward_words": WORDS,
        "may_see_aside": user.may(QUARANTINE.name),
        "crumbs": _crumbs(found.name),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "conversations/mailbox.html", context, status=status)


@requires(MANAGE.name)
@require_POST
def mailbox_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Look into the mailbox's folder and sign in where it is sent by, and say what came of it."""
    tried = try_connection(mailbox_for(signed_in(request), pk))
    (messages.success if tried.is_well else messages.warning)(request, tried.said)
    return redirect("conversations:mailbox", pk)


@requires(MANAGE.name)
@asks_again
@require_POST
def mailbox_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a token for handing mail in; it is shown in this very answer and kept nowhere."""
    user = signed_in(request)
    found = mailbox_for(user, pk)
    context = {
        "mailbox": found,
        "token": draw_intake_token(found, by=user.actor),
        "hook": hook_address(),
        "crumbs": _crumbs(found.name),
    }
    return render(request, "conversations/mailbox_token.html", context)


@requires(MANAGE.name)
@require_POST
def mailbox_token_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    end_intake_token(mailbox_for(user, pk), by=user.actor)
    messages.success(request, _("The token opens nothing any more."))
    return redirect("conversations:mailbox", pk)


@requires(MANAGE.name)
@asks_again
@require_POST
def mailbox_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a key that signs the mailbox's mail."""
    user = signed_in(request)
    try:
        make_dkim_key(mailbox_for(user, pk), by=user.actor)
    except ConversationRefused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("The key is made. Publish the line below in the domain's DNS."))
    return redirect("conversations:mailbox", pk)


def hook_address() -> str:
    """Return where other programs hand mail in."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('conversations:mail_hook')}"


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), (_("Mailboxes"), reverse("conversations:mailboxes")), (last, "")]
