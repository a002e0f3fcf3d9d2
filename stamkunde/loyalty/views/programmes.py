"""Programmes: the list, the editor, and what can be done with one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.policy import requires
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import MANAGE, SEE, programme_for, visible_memberships, visible_programmes
from stamkunde.loyalty.forms import EndingForm, ProgrammeForm
from stamkunde.loyalty.models import Programme, ProgrammeState
from stamkunde.loyalty.queries.lists import with_counts
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.shown_earning import EarningShown
from stamkunde.loyalty.shown_levels import level_said
from stamkunde.loyalty.shown_rules import rules_said
from stamkunde.loyalty.shown_sharing import SharingShown, sharing_rules_said

MOST_SHOWN = 200
TONES = {ProgrammeState.OPEN: "green", ProgrammeState.CLOSING: "amber"}


@requires(SEE.name)
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    found = with_counts(visible_programmes(user)).order_by("name")[:MOST_SHOWN]
    rows = [(own, " ".join(rules_said(own)[:1]), TONES.get(ProgrammeState(own.state), "plain")) for own in found]
    return render(request, "loyalty/programmes.html", {"rows": rows, "may_change": user.may(MANAGE.name)})


@requires(MANAGE.name)
@require_http_methods(["GET", "POST"])
def programme_new(request: HttpRequest) -> HttpResponse:
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write_programme(form.values, by=signed_in(request).actor)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The programme is written. Open it when it is right."))
            return redirect("loyalty:programme", made.pk)
    crumbs = [(_("Loyalty"), reverse("loyalty:programmes")), (_("New programme"), "")]
    status = 422 if request.method == "POST" else 200
    return render(request, "loyalty/programme_new.html", {"form": form, "crumbs": crumbs}, status=status)


@requires(SEE.name)
@require_safe
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    current = programme_for(signed_in(request), pk)
    return programme_page(request, current)


@requires(MANAGE.name)
@require_POST
def programme_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    current = programme_for(user, pk)
    form = ProgrammeForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.change_programme(current, form.values, version=form.cleaned_data["version"] or 0, by=user.actor)
        except Stale as stale:
            status = 409
            # What was typed stays; saving it again is then a choice made in knowledge of the other version.
            again = request.POST.copy()
            again["version"] = str(programme_for(user, pk).version)
            form.data = again
            form.add_error(None, stale.sentence)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The programme is saved."))
            return redirect("loyalty:programme", pk)
    return programme_page(request, current, form=form, status=status)


@requires(MANAGE.name)
@require_POST
def programme_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a programme, or end it."""
    user = signed_in(request)
    current = programme_for(user, pk)
    ending = EndingForm(request.POST)
    sound = ending.is_valid()
    try:
        if request.POST.get("state") == ProgrammeState.OPEN:
            actions.open_programme(current, by=user.actor)
        elif sound:
            ends_on, redeem_until = ending.days
            actions.close_programme(current, ends_on=ends_on, redeem_until=redeem_until, by=user.actor)
    except LoyaltyRefused as refusal:
        ending.refuse(refusal)
        sound = False
    if not sound:
        return programme_page(request, current, ending=ending, status=422)
    return redirect("loyalty:programme", pk)


def programme_page(
    request: HttpRequest,
    current: Programme,
    *,
    form: ProgrammeForm | None = None,
    ending: EndingForm | None = None,
    earning: EarningShown | None = None,
    sharing: SharingShown | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a programme; a form that was refused is shown as it was sent."""
    user = signed_in(request)
    members = visible_memberships(user).living().filter(programme=current)
    context: dict[str, Any] = {
        "programme": current,
        "tone": TONES.get(ProgrammeState(current.state), "plain"),
        "rules": rules_said(current),
        "levels": [f"{tier.name}: {level_said(tier, current.currency)}" for tier in current.tiers.order_by("-rank")],
        "members": members.count(),
        "form": form or ProgrammeForm.of(current),
        "ending": ending or EndingForm(),
        "sharing": sharing or SharingShown(current),
        "sharing_rules": sharing_rules_said(current),
        "earning": earning or EarningShown(current),
        "may_change": user.may(MANAGE.name) and current.state != ProgrammeState.CLOSED,
        "crumbs": [(_("Loyalty"), reverse("loyalty:programmes")), (current.name, "")],
    }
    return render(request, "loyalty/programme.html", context, status=status)
