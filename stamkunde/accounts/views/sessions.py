"""Where a member is signed in, the buttons that end it, and the warning before it ends by itself."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.sign_ins import end_sign_in, end_sign_ins, notice_sign_ins
from stamkunde.accounts.models import SignIn
from stamkunde.accounts.own_pages import own_page
from stamkunde.accounts.presence import SIGN_IN
from stamkunde.accounts.presence import time_left as time_left_of
from stamkunde.accounts.queries import sign_ins_shown
from stamkunde.kit.policy import also_at_till, staff_only


@staff_only
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    here = request.session.get(SIGN_IN)
    return render(request, "accounts/sessions.html", sign_ins_shown(signed_in(request), here=here))


@staff_only
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    sign_in = get_object_or_404(SignIn.objects.select_related("user").filter(user=user), pk=pk)
    end_sign_in(sign_in, by=user.actor)
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:sessions")


@staff_only
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    user = signed_in(request)
    end_sign_ins(user, except_number=request.session.get(SIGN_IN))
    messages.success(request, _("All other devices are signed out."))
    return redirect("accounts:sessions")


@staff_only
@require_POST
def sessions_notice(request: HttpRequest) -> HttpResponse:
    """Keep that the person knows of a sign-in on a new device."""
    user = signed_in(request)
    notice_sign_ins(user, by=user.actor)
    return redirect(own_page(request, request.POST.get("next", "")))


@also_at_till
@staff_only
@require_http_methods(["GET", "POST"])
def time_left(request: HttpRequest) -> HttpResponse:
    """Answer a page that asks whether it is time to warn; to send this is work, and so the session lasts longer."""
    left = time_left_of(request)
    response = render(request, "accounts/parts/session_watch.html", {"seconds": left.until_asked_again})
    if left.is_short and left.can_grow:
        response["HX-Trigger"] = "session-ends"
    elif left.is_short:
        said = _("In a few minutes you will have been here for as long as one may. Save, and then sign in anew.")
        response["HX-Trigger"] = json.dumps({"toast": {"text": said, "tone": "amber"}})
    return response
