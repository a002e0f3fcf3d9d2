"""Tokens, webhooks and the description of the door, as people see them."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.exchange.access import (
    WEBHOOKS,
    message_for,
    token_for,
    visible_tokens,
    visible_webhooks,
    webhook_for,
)
from stamkunde.exchange.actions.tokens import TokenRefused, end_token, make_token
from stamkunde.exchange.actions.webhooks import (
    WebhookRefused,
    change_webhook,
    leave_out,
    make_webhook,
    remove_webhook,
    renew_secret,
    replay,
    set_webhook_active,
)
from stamkunde.exchange.api.root import the_api
from stamkunde.exchange.machines.described import subjects_of
from stamkunde.exchange.machines.forms import TokenForm
from stamkunde.exchange.machines.shown import kinds_by_topic, message_rows, token_row, webhook_row
from stamkunde.exchange.machines.webhook_forms import WebhookForm
from stamkunde.exchange.models import WebhookMessage
from stamkunde.exchange.telling import send_test
from stamkunde.kit.policy import requires, staff_only


@staff_only
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    rows = [token_row(token, user) for token in visible_tokens(user).select_related("owner", "store")]
    context = {
        "open": [row for row in rows if not row.is_over],
        "over": [row for row in rows if row.is_over][:50],
        "crumbs": [(_("Settings"), "/settings/"), (_("Tokens"), "")],
    }
    return render(request, "exchange/tokens.html", context)


@staff_only
@asks_again
@require_http_methods(["GET", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = TokenForm(request.POST or None, user=user)
    crumbs = [
        (_("Settings"), "/settings/"),
        (_("Tokens"), reverse("exchange:tokens")),
        (_("New token"), ""),
    ]
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make_token(
                name=form.cleaned_data["name"],
                owner=form.whose,
                scopes=form.scopes,
                store=form.cleaned_data["store"],
                expires_at=form.expires_at,
                by=user.actor,
            )
        except TokenRefused as refusal:
            field = {"expires_at": "expires_on"}.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, refusal.sentence)
        else:
            # Shown in this very answer and kept nowhere.
            context = {"token": token_row(token, user), "secret": secret, "crumbs": crumbs}
            return render(request, "exchange/token_secret.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/token_form.html", {"form": form, "crumbs": crumbs}, status=status)


@staff_only
@require_POST
def token_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    token = token_for(user, pk)
    end_token(token, by=user.actor)
    messages.success(request, _("The token for %(name)s opens nothing any more.") % {"name": token.name})
    return redirect("exchange:tokens")


@staff_only
@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Show all that a machine can do, by subjects."""
    crumbs = [(_("Settings"), "/settings/"), ("API", "")]
    subjects = subjects_of(the_api().description())
    return render(request, "exchange/api.html", {"subjects": subjects, "crumbs": crumbs, "base": settings.BASE_URL})


@staff_only
@require_safe
def api_subject(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a machine can do about one subject: how it is asked, and what is answered."""
    subjects = subjects_of(the_api().description())
    subject = next((one for one in subjects if one.slug == slug), None)
    if subject is None:
        raise Http404
    crumbs = [
        (_("Settings"), "/settings/"),
        ("API", reverse("exchange:api")),
        (subject.name, ""),
    ]
    return render(request, "exchange/api_subject.html", {"subject": subject, "crumbs": crumbs})


@requires(WEBHOOKS.name)
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    rows = [webhook_row(webhook) for webhook in visible_webhooks(signed_in(request))]
    crumbs = [(_("Settings"), "/settings/"), (_("Webhooks"), "")]
    return render(request, "exchange/webhooks.html", {"rows": rows, "crumbs": crumbs})


@requires(WEBHOOKS.name)
@asks_again
@require_http_methods(["GET", "POST"])
def webhook_new(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    crumbs = _webhook_crumbs(_("New webhook"))
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = make_webhook(**form.cleaned_data, by=signed_in(request).actor)
        except WebhookRefused as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
        else:
            # Shown in this very answer and kept sealed.
            context = {"webhook": webhook, "secret": secret, "crumbs": crumbs}
            return render(request, "exchange/webhook_secret.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/webhook_form.html", {"form": form, "crumbs": crumbs}, status=status)


@requires(WEBHOOKS.name)
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a webhook fares, and change it."""
    user = signed_in(request)
    found = webhook_for(user, pk)
    form = WebhookForm(request.POST or None, initial={"name": found.name, "url": found.url, "events": found.events})
    if request.method == "POST" and form.is_valid():
        try:
            change_webhook(found, **form.cleaned_data, by=user.actor)
        except WebhookRefused as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:webhook", pk)
    context = {
        "row": webhook_row(webhook_for(user, pk)),
        "form": form,
        "dead": message_rows(found, WebhookMessage.State.DEAD),
        "lately": message_rows(found),
        "crumbs": _webhook_crumbs(found.name),
    }
    return render(request, "exchange/webhook.html", context, status=422 if form.errors else 200)


@requires(WEBHOOKS.name)
@require_POST
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that means nothing, and say what came of it."""
    outcome = send_test(webhook_for(signed_in(request), pk))
    (messages.success if outcome.was_taken else messages.warning)(request, outcome.said)
    return redirect("exchange:webhook", pk)


@requires(WEBHOOKS.name)
@asks_again
@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    found = webhook_for(user, pk)
    context = {
        "webhook": found,
        "secret": renew_secret(found, by=user.actor),
        "is_new": True,
        "crumbs": _webhook_crumbs(found.name),
    }
    return render(request, "exchange/webhook_secret.html", context)


@requires(WEBHOOKS.name)
@require_POST
def webhook_active(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    is_active = request.POST.get("is_active") == "yes"
    set_webhook_active(webhook_for(user, pk), is_active=is_active, by=user.actor)
    messages.success(request, _("It is told again.") if is_active else _("It is told nothing until you let it go on."))
    return redirect("exchange:webhook", pk)


@requires(WEBHOOKS.name)
@require_POST
def webhook_removal(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    found = webhook_for(user, pk)
    remove_webhook(found, by=user.actor)
    messages.success(request, _("The webhook %(name)s is removed.") % {"name": found.name})
    return redirect("exchange:webhooks")


@requires(WEBHOOKS.name)
@require_POST
def message_replay(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    user = signed_in(request)
    replay([message_for(user, pk, message_pk)], by=user.actor)
    messages.success(request, _("It is sent again in a moment, and those behind it follow."))
    return redirect("exchange:webhook", pk)


@requires(WEBHOOKS.name)
@require_POST
def message_leaving_out(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    user = signed_in(request)
    leave_out(message_for(user, pk, message_pk), by=user.actor)
    messages.success(request, _("It is left out. Those behind it go on."))
    return redirect("exchange:webhook", pk)


@staff_only
@require_safe
def event_kinds(request: HttpRequest) -> HttpResponse:
    """Show what there is to be told of, and what each message holds."""
    crumbs = [
        (_("Settings"), "/settings/"),
        ("API", reverse("exchange:api")),
        (_("What happens"), ""),
    ]
    return render(request, "exchange/event_kinds.html", {"groups": kinds_by_topic(), "crumbs": crumbs})


def _webhook_crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), (_("Webhooks"), reverse("exchange:webhooks")), (last, "")]
