"""Friends whom members bring, and households that share points: their pages, and the rules of both."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.loyalty.access import (
    ENROL,
    MANAGE,
    SEE,
    member_named,
    membership_for,
    programme_for,
    visible_programmes,
    visible_referrals,
)
from stamkunde.loyalty.actions.households import leave_household, share_points
from stamkunde.loyalty.actions.referrals import invite_friend
from stamkunde.loyalty.actions.sharing import set_household_rules, set_referral_rules
from stamkunde.loyalty.queries.referrals import listed
from stamkunde.loyalty.referral_words import grouped
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.sharing_forms import (
    HouseholdMemberForm,
    HouseholdRulesForm,
    NarrowReferralsForm,
    ReferralRulesForm,
)
from stamkunde.loyalty.shown_sharing import SharingShown, shown_referral
from stamkunde.loyalty.views.members import member_page
from stamkunde.loyalty.views.programmes import programme_page

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(SEE.name)
@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """List who brought whom, and what came of it."""
    user = signed_in(request)
    programmes = list(visible_programmes(user).order_by("name").values_list("pk", "name"))
    form = NarrowReferralsForm(request.GET, programmes=programmes)
    said = form.cleaned_data if form.is_valid() else {}
    state, programme_id = said.get("state", ""), said.get("programme")
    try:
        found = listed(
            visible_referrals(user), state=state, programme_id=programme_id, mark=request.GET.get("page", "")
        )
    except CursorError as error:
        raise Http404 from error
    at = now()
    context = {
        "rows": [shown_referral(row, at) for row in found.rows],
        "page": found,
        "form": form,
        "is_narrowed": bool(state or programme_id),
        "crumbs": [
            (_("Loyalty"), reverse("loyalty:programmes")),
            (_("Members"), reverse("loyalty:members")),
            (_("Friends"), ""),
        ],
    }
    return render(request, "loyalty/referrals.html", context)


@requires(MANAGE.name)
@require_POST
def programme_referrals(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how friends are thanked for."""
    user = signed_in(request)
    current = programme_for(user, pk)
    form = ReferralRulesForm(current, request.POST)
    status: int = REFUSED
    if form.is_valid():
        try:
            set_referral_rules(current, form.values, version=form.cleaned_data["version"] or 0, by=user.actor)
        except Stale as stale:
            status = HTTPStatus.CONFLICT
            _keep_typed(request, form, programme_for(user, pk).version, stale)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("It is saved how friends are thanked for."))
            return redirect("loyalty:programme", pk)
    return programme_page(request, current, sharing=SharingShown(current, friends=form), status=status)


@requires(MANAGE.name)
@require_POST
def programme_household(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether households share their points."""
    user = signed_in(request)
    current = programme_for(user, pk)
    form = HouseholdRulesForm(current, request.POST)
    status: int = REFUSED
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_household_rules(
                current,
                is_on=said["is_on"],
                most_members=said["most_members"],
                version=said["version"] or 0,
                by=user.actor,
            )
        except Stale as stale:
            status = HTTPStatus.CONFLICT
            _keep_typed(request, form, programme_for(user, pk).version, stale)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("It is saved whether households share their points."))
            return redirect("loyalty:programme", pk)
    return programme_page(request, current, sharing=SharingShown(current, household=form), status=status)


def _keep_typed(request: HttpRequest, form: ReferralRulesForm | HouseholdRulesForm, version: int, stale: Stale) -> None:
    # What was typed stays; saving it again is then a choice made in knowledge of the other version.
    again = request.POST.copy()
    again[form.add_prefix("version")] = str(version)
    form.data = again
    form.add_error(None, stale.sentence)


@requires(ENROL.name)
@require_POST
def member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a code for one friend."""
    user = signed_in(request)
    current = membership_for(user, pk)
    try:
        invited = invite_friend(current, by=user.actor)
    except LoyaltyRefused as refusal:
        return member_page(request, current, refusal=refusal.sentence, status=REFUSED)
    said = _("The friend comes with %(code)s, within ninety days.") % {"code": grouped(invited.code or "")}
    messages.success(request, said)
    return redirect("loyalty:member", pk)


@requires(ENROL.name)
@require_POST
def member_household(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another member share points with this one."""
    user = signed_in(request)
    current = membership_for(user, pk)
    form = HouseholdMemberForm(request.POST)
    if form.is_valid():
        try:
            other = member_named(user, form.cleaned_data["member"])
            share_points(current, other, agreement=form.cleaned_data["agreement"], by=user.actor)
        except LoyaltyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("They share their points from now on."))
            return redirect("loyalty:member", pk)
    return member_page(request, current, household_form=form, status=REFUSED)


@requires(ENROL.name)
@require_POST
def member_household_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member part from her household, with the points that are hers."""
    user = signed_in(request)
    current = membership_for(user, pk)
    leave_household(current, by=user.actor)
    messages.success(request, _("The points are no longer shared. Everybody keeps those that are their own."))
    return redirect("loyalty:member", pk)
