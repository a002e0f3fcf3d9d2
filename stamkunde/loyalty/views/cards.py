"""Cards: blocked, replaced, and printed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.kit.policy import requires
from stamkunde.loyalty import actions
from stamkunde.loyalty.access import ENROL, card_for
from stamkunde.loyalty.models import MemberCard
from stamkunde.loyalty.refusals import LoyaltyRefused

_ACTS: dict[str, Callable[..., MemberCard]] = {
    "block": actions.block_card,
    "unblock": actions.unblock_card,
    "replace": actions.replace_card,
    "expire": actions.expire_card,
}


@requires(ENROL.name)
@require_POST
def card_state(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    card = card_for(user, pk)
    act = _ACTS.get(request.POST.get("act", ""))
    try:
        if act is None:
            raise LoyaltyRefused(_("Choose what becomes of the card."))
        act(card, by=user.actor)
    except LoyaltyRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect(_page_of(card))


@requires(ENROL.name)
@require_safe
def card_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a card as it is printed."""
    from stamkunde.loyalty.printing import picture

    card = card_for(signed_in(request), pk)
    crumbs = [
        (_("Loyalty"), reverse("loyalty:programmes")),
        (card.membership.number, _page_of(card)),
        (_("Print the card"), ""),
    ]
    context: dict[str, Any] = {
        "card": card,
        "membership": card.membership,
        "picture": picture(card.token, card.symbology),
        "crumbs": crumbs,
    }
    return render(request, "loyalty/card_print.html", context)


@requires(ENROL.name)
@require_safe
def card_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the card as a file to be printed and cut out."""
    # What draws files takes its time to import, and no other page needs it.
    from stamkunde.loyalty.printing import PrintedCard, sheet

    card = card_for(signed_in(request), pk)
    membership = card.membership
    printed = PrintedCard(
        programme=membership.programme.name,
        shop=the_shop().name,
        number=membership.number,
        token=card.token,
        symbology=card.symbology,
    )
    answer = HttpResponse(sheet([printed], membership.number), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{membership.number}.pdf"'
    return answer


def _page_of(card: MemberCard) -> str:
    membership = card.membership
    return reverse("loyalty:member", args=[membership.joined_to_id or membership.pk])
