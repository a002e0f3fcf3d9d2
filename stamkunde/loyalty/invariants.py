"""What must always hold of memberships and cards."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.catalogue.barcodes import is_misread
from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty.models import CardState, MemberCard, Membership, MembershipState, Symbology
from stamkunde.loyalty.points_invariants import POINTS_INVARIANTS


def cards_of_nobody() -> Iterator[str]:
    """Yield the cards that work though their membership has ended."""
    ended = Q(membership__state=MembershipState.CLOSED) | Q(membership__customer=None)
    for pk in MemberCard.objects.filter(ended, state=CardState.ACTIVE).order_by("pk").values_list("pk", flat=True):
        yield _("Card %(number)s works, though its membership has ended.") % {"number": pk}


def cards_nobody_can_read() -> Iterator[str]:
    for pk, token in MemberCard.objects.filter(symbology=Symbology.EAN13).order_by("pk").values_list("pk", "token"):
        if len(token) != 13 or is_misread(token):
            yield _("Card %(number)s says what no scanner reads as an EAN-13.") % {"number": pk}


def joined_to_another_customers() -> Iterator[str]:
    joined = Membership.objects.filter(joined_to__isnull=False)
    odd = joined.filter(
        ~Q(customer=F("joined_to__customer")) | ~Q(programme=F("joined_to__programme")) | Q(joined_to=F("pk"))
    )
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        yield _("Membership %(number)s lives on in one of somebody else, or of another programme.") % {"number": pk}


INVARIANTS = (
    *POINTS_INVARIANTS,
    Invariant("cards-of-members", gettext_lazy("Only cards of members work."), cards_of_nobody),
    Invariant("cards-readable", gettext_lazy("Every card can be read by a scanner."), cards_nobody_can_read),
    Invariant(
        "memberships-joined",
        gettext_lazy("Memberships that became one are of one customer and one programme."),
        joined_to_another_customers,
    ),
)
