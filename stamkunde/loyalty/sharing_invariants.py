"""What must always hold of referrals and households."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.loyalty.models import (
    HouseholdMember,
    MembershipState,
    PointsKind,
    PointsSource,
    PointsTransaction,
    Referral,
    ReferralState,
)

_THANKED = (ReferralState.QUALIFIED, ReferralState.REWARDED)


def rewards_unlike_points() -> Iterator[str]:
    """Yield the referrals whose reward is not what the ledger gave for it, or took back."""
    rows = PointsTransaction.objects.filter(source=PointsSource.REFERRAL, kind=PointsKind.EARNED)
    given = dict(rows.filter(reversed_by=None).values_list("source_id").annotate(Sum("points")))
    whole = Referral.objects.filter(referrer__customer__isnull=False, referee__customer__isnull=False)
    for row in whole.order_by("pk"):
        said = row.paid_referrer + row.paid_referee if row.state in _THANKED else 0
        if said != given.get(row.pk, 0):
            yield _("Referral %(number)s says that it brought %(said)s points, and the ledger says %(given)s.") % {
                "number": row.pk,
                "said": said,
                "given": given.get(row.pk, 0),
            }


def rewarded_twice() -> Iterator[str]:
    thanked = Referral.objects.filter(state__in=_THANKED, referee__customer__isnull=False)
    often = thanked.values("programme", "referee__customer").annotate(number=Count("pk")).filter(number__gt=1)
    for row in often.order_by("referee__customer"):
        yield _("For customer %(number)s more than one member was thanked.") % {"number": row["referee__customer"]}


def odd_households() -> Iterator[str]:
    """Yield the households in which somebody is whose membership has ended, or who heads them without belonging."""
    now_in = HouseholdMember.objects.filter(left_at=None)
    odd = now_in.filter(
        Q(membership__state=MembershipState.CLOSED)
        | Q(membership__customer=None)
        | Q(membership__joined_to__isnull=False)
        | ~Q(membership__programme=F("household__programme"))
        | Q(household__ended_at__isnull=False)
    )
    found = set(odd.values_list("household", flat=True))
    for number, head in now_in.values_list("household", "household__head").distinct():
        if not now_in.filter(household=number, membership=head).exists():
            found.add(number)
    for number in sorted(found):
        yield _("Household %(number)s has members or a head who do not belong to it.") % {"number": number}


SHARING_INVARIANTS = (
    Invariant(
        "referrals-in-the-ledger",
        gettext_lazy("What a referral brought is what the ledger gave for it."),
        rewards_unlike_points,
    ),
    Invariant("referrals-once", gettext_lazy("For nobody more than one member is thanked."), rewarded_twice),
    Invariant(
        "households-of-members", gettext_lazy("Only members share points, and one of them heads."), odd_households
    ),
)
