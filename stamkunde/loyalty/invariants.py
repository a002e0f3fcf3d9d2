"""What must always hold of memberships and cards."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.catalogue.barcodes import is_misread
from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty.models import (
    CardState,
    MemberCard,
    Membership,
    MembershipState,
    Symbology,
    TierMetricEntry,
    TierReason,
    TierStanding,
)
from stamkunde.loyalty.points_invariants import POINTS_INVARIANTS
from stamkunde.loyalty.sharing_invariants import SHARING_INVARIANTS


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


def levels_twice_at_once() -> Iterator[str]:
    """Yield the members for whom two levels were reckoned for the same time, or one of another programme."""
    reckoned = TierStanding.objects.exclude(reason=TierReason.MANUAL)
    others = reckoned.filter(membership=OuterRef("membership"), pk__gt=OuterRef("pk"), since__lt=OuterRef("until"))
    overlapping = reckoned.filter(Exists(others.filter(until__gt=OuterRef("since"))))
    for pk in overlapping.order_by("pk").values_list("membership", flat=True):
        yield _("Membership %(number)s has two levels at the same time.") % {"number": pk}
    foreign = TierStanding.objects.exclude(tier__programme=F("membership__programme"))
    for pk in foreign.order_by("pk").values_list("membership", flat=True):
        yield _("Membership %(number)s has a level of another programme.") % {"number": pk}


def more_back_than_counted() -> Iterator[str]:
    sums = TierMetricEntry.objects.values("membership", "source_id", "kind").annotate(left=Sum("amount"))
    for row in sums.filter(left__lt=0).order_by("membership"):
        yield _("More came back of purchase %(sale)s than it counted for membership %(number)s.") % {
            "sale": row["source_id"],
            "number": row["membership"],
        }


INVARIANTS = (
    *POINTS_INVARIANTS,
    *SHARING_INVARIANTS,
    Invariant("cards-of-members", gettext_lazy("Only cards of members work."), cards_of_nobody),
    Invariant("cards-readable", gettext_lazy("Every card can be read by a scanner."), cards_nobody_can_read),
    Invariant(
        "memberships-joined",
        gettext_lazy("Memberships that became one are of one customer and one programme."),
        joined_to_another_customers,
    ),
    Invariant(
        "levels-one-at-a-time",
        gettext_lazy("A member has one level of their programme at a time."),
        levels_twice_at_once,
    ),
    Invariant(
        "levels-counted", gettext_lazy("No more comes back than counted towards a level."), more_back_than_counted
    ),
)
