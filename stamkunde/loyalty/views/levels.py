"""Levels: those of a programme on a page of their own, and the one given to a member by hand."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import MANAGE, SEE, level_for, membership_for, programme_for
from stamkunde.loyalty.actions.levels import change_level, end_given_level, give_level, remove_level, write_level
from stamkunde.loyalty.forms import GivenLevelForm, LevelForm
from stamkunde.loyalty.models import Programme, ProgrammeState, Tier
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.shown_levels import level_said

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(SEE.name)
@require_safe
def levels(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, programme_for(signed_in(request), pk))


@requires(MANAGE.name)
@require_POST
def level_new(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    programme = programme_for(user, pk)
    form = LevelForm(request.POST, currency=programme.currency)
    if form.is_valid():
        try:
            tier = write_level(programme, form.values, by=user.actor)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The level %(level)s is written.") % {"level": tier.name})
            return redirect("loyalty:levels", pk)
    return _page(request, programme, new=form, status=REFUSED)


@requires(MANAGE.name)
@require_POST
def level_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how a level is reached, or take it away."""
    user = signed_in(request)
    tier = level_for(user, pk)
    programme = tier.programme
    form = LevelForm(request.POST, currency=programme.currency, tier=tier)
    is_removed = request.POST.get("act") == "remove"
    if is_removed or form.is_valid():
        try:
            if is_removed:
                remove_level(tier, by=user.actor)
            else:
                change_level(tier, form.values, by=user.actor)
        except LoyaltyRefused as refusal:
            form.is_valid()
            form.refuse(refusal)
        else:
            said = _("The level %(level)s is taken away.") if is_removed else _("The level %(level)s is saved.")
            messages.success(request, said % {"level": tier.name})
            return redirect("loyalty:levels", programme.pk)
    return _page(request, programme, changed=(tier, form), status=REFUSED)


@requires(MANAGE.name)
@require_POST
def member_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member a level by hand, or let what was reached hold again."""
    user = signed_in(request)
    membership = membership_for(user, pk)
    tiers = list(Tier.objects.filter(programme=membership.programme_id).order_by("rank"))
    form = GivenLevelForm(request.POST, levels=tiers)
    try:
        if not form.is_valid():
            raise LoyaltyRefused(_("Choose a level, and the day to whose end it holds."))
        chosen = form.cleaned_data["level"]
        if chosen is None:
            end_given_level(membership, by=user.actor)
        else:
            tier = next(one for one in tiers if one.pk == chosen)
            give_level(membership, tier, until=form.cleaned_data["until"], by=user.actor)
    except LoyaltyRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("loyalty:member", pk)


def _page(
    request: HttpRequest,
    programme: Programme,
    *,
    new: LevelForm | None = None,
    changed: tuple[Tier, LevelForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    currency = programme.currency
    tiers = Tier.objects.filter(programme=programme).order_by("-rank")
    rows = []
    for tier in tiers:
        is_changed = changed is not None and changed[0].pk == tier.pk
        form = changed[1] if changed is not None and is_changed else LevelForm(currency=currency, tier=tier)
        rows.append((tier, level_said(tier, currency), form, is_changed))
    context = {
        "programme": programme,
        "rows": rows,
        "form": new or LevelForm(currency=currency, initial={"rank": len(rows) + 1}),
        "sees_moves": user.may(MANAGE.name) and bool(rows),
        "may_change": user.may(MANAGE.name) and programme.state != ProgrammeState.CLOSED,
        "crumbs": [
            (_("Loyalty"), reverse("loyalty:programmes")),
            (programme.name, reverse("loyalty:programme", args=[programme.pk])),
            (_("Levels"), ""),
        ],
    }
    return render(request, "loyalty/levels.html", context, status=status)
