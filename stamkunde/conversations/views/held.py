"""The page of what is held back after a restore: it goes out, or it had gone out already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.conversations.access import MANAGE, held_messages
from stamkunde.conversations.actions.holding import let_go, say_they_went_out
from stamkunde.conversations.channels import way_of
from stamkunde.kit import shown
from stamkunde.kit.policy import requires

AT_ONCE = 200


@requires(MANAGE.name)
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest) -> HttpResponse:
    """List what is held back, the oldest first, and decide about the ones that are chosen."""
    user = signed_in(request)
    if request.method == "POST":
        asked = [int(one) for one in request.POST.getlist("message") if one.isascii() and one.isdecimal()]
        chosen = list(held_messages(user).filter(pk__in=asked[:AT_ONCE]).values_list("pk", flat=True))
        if request.POST.get("act") == "sent":
            number = say_they_went_out(chosen, by=user.actor)
            told = ngettext("%(number)s message is not sent again.", "%(number)s messages are not sent again.", number)
        else:
            number = let_go(chosen, by=user.actor)
            told = ngettext("%(number)s message goes out now.", "%(number)s messages go out now.", number)
        if number:
            messages.success(request, told % {"number": shown.number(number)})
        else:
            messages.warning(request, _("Choose the messages first. Those that were decided about are not here."))
        return redirect("conversations:held")
    rows = held_messages(user).select_related("conversation").prefetch_related("recipients")
    found = list(rows.order_by("said_at", "pk")[: AT_ONCE + 1])
    context = {
        "rows": [
            {
                "message": one,
                "icon": way_of(one.channel).icon,
                "to": ", ".join(who.address for who in one.recipients.all()[:3]),
                "when": shown.instant(one.said_at),
            }
            for one in found[:AT_ONCE]
        ],
        "are_more": len(found) > AT_ONCE,
        "crumbs": [(_("Settings"), "/settings/"), (_("Held back"), "")],
    }
    return render(request, "conversations/held.html", context)
