"""Members: the list, one of them with the cards, and what can be done."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import customer_for
from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import LookUpPurpose
from stamkunde.kit.clock import now
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import page_before
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import (
    ENROL,
    MANAGE,
    SEE,
    asker_of,
    membership_for,
    programme_for,
    visible_memberships,
    visible_programmes,
)
from stamkunde.loyalty.forms import CardForm, GivenLevelForm, NarrowingForm
from stamkunde.loyalty.models import Membership, MembershipState
from stamkunde.loyalty.queries import lists
from stamkunde.loyalty.queries.levels import levels_of
from stamkunde.loyalty.queries.live import running_programmes
from stamkunde.loyalty.queries.members import belonging_of, cards_of, shown_membership
from stamkunde.loyalty.queries.referrals import note_guess
from stamkunde.loyalty.refusals import FriendCodeUnknown, LoyaltyRefused
from stamkunde.loyalty.sharing_forms import HouseholdMemberForm
from stamkunde.loyalty.shown_sharing import friends_of, shown_household

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(SEE.name)
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    programmes = list(visible_programmes(user).order_by("name").values_list("pk", "name"))
    form = NarrowingForm(request.GET, programmes=programmes)
    said = form.cleaned_data if form.is_valid() else {}
    narrowing = lists.Narrowing(text=said.get("q", ""), programme_id=said.get("programme"), state=said.get("state", ""))
    try:
        found = lists.members(visible_memberships(user), narrowing, mark=request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    context = {
        "rows": [(shown_membership(row), row.customer) for row in found.rows],
        "page": found,
        "form": form,
        "is_narrowed": bool(narrowing.text or narrowing.programme_id or narrowing.state),
        "crumbs": [(_("Loyalty"), reverse("loyalty:programmes")), (_("Members"), "")],
    }
    return render(request, "loyalty/members.html", context)


@requires(SEE.name)
@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    current = membership_for(user, pk)
    if current.customer is not None:
        record_lookup(current.customer, LookUpPurpose.PROFILE, by=user)
    return member_page(request, current)


def member_page(
    request: HttpRequest,
    current: Membership,
    *,
    refusal: str = "",
    household_form: HouseholdMemberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a member; what was refused is said, and a form that was refused is shown as it was sent."""
    user = signed_in(request)
    is_closed = current.state == MembershipState.CLOSED
    tiers = list(current.programme.tiers.order_by("rank")) if user.may(MANAGE.name) and not is_closed else []
    level = levels_of([current], now()).get(current.pk) if not is_closed else None
    context: dict[str, Any] = {
        "membership": current,
        "shown": shown_membership(current, level),
        "level_form": GivenLevelForm(levels=tiers) if tiers else None,
        "customer": current.customer,
        "friends": friends_of(current) if not is_closed else None,
        "household": shown_household(current) if not is_closed else None,
        "household_form": household_form or HouseholdMemberForm(),
        "household_open": household_form is not None,
        "cards": cards_of(current),
        "card_form": CardForm(),
        "refusal": refusal,
        "is_closed": is_closed,
        "may_enrol": user.may(ENROL.name),
        "may_manage": user.may(MANAGE.name),
        "crumbs": [
            (_("Loyalty"), reverse("loyalty:programmes")),
            (_("Members"), reverse("loyalty:members")),
            (current.number, ""),
        ],
    }
    return render(request, "loyalty/member.html", context, status=status)


@requires(ENROL.name)
@require_POST
def member_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a membership, or end it."""
    user = signed_in(request)
    current = membership_for(user, pk)
    try:
        if request.POST.get("state") == "closed":
            actions.close_membership(current, by=user.actor)
        else:
            actions.confirm_membership(current, evidence=request.POST.get("reason", ""), by=user.actor)
    except LoyaltyRefused as refusal:
        return member_page(request, membership_for(user, pk), refusal=refusal.sentence, status=REFUSED)
    return redirect("loyalty:member", pk)


@requires(MANAGE.name)
@require_POST
def member_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a membership rest, or hold again."""
    user = signed_in(request)
    current = membership_for(user, pk)
    try:
        if request.POST.get("state") == "active":
            actions.resume_membership(current, by=user.actor)
        else:
            actions.suspend_membership(current, reason=request.POST.get("reason", ""), by=user.actor)
    except LoyaltyRefused as refusal:
        return member_page(request, membership_for(user, pk), refusal=refusal.sentence, status=REFUSED)
    return redirect("loyalty:member", pk)


@requires(ENROL.name)
@require_POST
def member_cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member one more card."""
    user = signed_in(request)
    current = membership_for(user, pk)
    form = CardForm(request.POST)
    try:
        if not form.is_valid():
            raise LoyaltyRefused(_("Choose what the card is made of, and how it is printed."))
        actions.issue_card(current, **form.cleaned_data, by=user.actor)
    except LoyaltyRefused as refusal:
        return member_page(request, current, refusal=refusal.sentence, status=REFUSED)
    messages.success(request, _("The card is given out."))
    return redirect("loyalty:member", pk)


@requires(ENROL.name)
@require_POST
def customer_joins(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a customer a member, from the customer's page."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    written = request.POST.get("programme", "")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else 0
    programme = programme_for(user, number)
    try:
        joined = actions.join(
            customer.pk, programme, friend=request.POST.get("friend", "")[:60], asker=asker_of(user), by=user.actor
        )
    except LoyaltyRefused as refusal:
        if isinstance(refusal, FriendCodeUnknown):
            note_guess(refusal.asker)
        messages.warning(request, refusal.sentence)
        return redirect(page_before(request, customer.get_absolute_url()))
    said = _("%(name)s is now a member of %(programme)s.")
    messages.success(request, said % {"name": customer.name, "programme": programme.name})
    return redirect("loyalty:member", joined.pk)


@requires(SEE.name)
@require_safe
def customer_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a customer is a member of, beside the customer's page."""
    user = signed_in(request)
    customer = customer_for(user, pk, or_trashed=True)
    belonging = belonging_of(customer.pk)
    context = {
        "customer": customer,
        "memberships": belonging.memberships,
        "thanking": [pk for pk, programme in running_programmes().items() if programme.thanks],
        "joinable": belonging.joinable if user.may(ENROL.name) and customer.trashed_at is None else [],
    }
    return render(request, "loyalty/customer_card.html", context)
