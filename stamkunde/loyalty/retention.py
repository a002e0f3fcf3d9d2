"""How long memberships are kept, and telephone numbers that nobody confirmed."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.kit.privacy import Sensitivity
from stamkunde.kit.register import STAFF_AND_EXPORTS, Processing, register
from stamkunde.kit.retention import Ending, Ground, Keeping, Period, Rule, add_rules, keep
from stamkunde.loyalty.actions import drop_unconfirmed_numbers, forget_memberships
from stamkunde.loyalty.actions.referrals import forget_invitations
from stamkunde.loyalty.models import (
    Household,
    HouseholdMember,
    Lot,
    LotUse,
    MemberCard,
    Membership,
    PointsAccount,
    PointsRequest,
    PointsReservation,
    PointsTransaction,
    Posting,
    Referral,
    ReferralState,
    TierMetricEntry,
    TierStanding,
)

ENDED = "loyalty.ended_memberships"
UNCONFIRMED = "loyalty.unconfirmed_numbers"
INVITATIONS = "loyalty.invitations"

add_rules(
    Rule(
        name=ENDED,
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To answer what somebody who has left a programme asks about it."),
        ground=Ground.CONTRACT,
        trigger=_("the end of the membership"),
        period=Period(years=3),
        ending=Ending.PSEUDONYMISE,
        source=_("A proposal: as long as claims are usually made; GDPR art. 5(1)(e) asks for a limit."),
    ),
    Rule(
        name=UNCONFIRMED,
        sensitivity=Sensitivity.IDENTITY,
        purpose=_("To confirm a telephone number that was typed at the till when somebody joined."),
        ground=Ground.INTEREST,
        trigger=_("the day of joining"),
        period=Period(days=30),
        source=_("A proposal: a number that nobody confirmed may be a stranger's."),
    ),
    Rule(
        name=INVITATIONS,
        sensitivity=Sensitivity.BEHAVIOUR,
        purpose=_("To know who brought a friend when the friend comes with the code that was given out."),
        ground=Ground.CONTRACT,
        trigger=_("the day on which the code was given out"),
        period=Period(days=90),
        source=_("A proposal: so long such a code can be used."),
    ),
)

# Restricted data is stored, and not ended either, until the restriction is lifted (GDPR art. 18).
_NOT_RESTRICTED = Q(customer__isnull=False, customer__restricted_at=None)

keep(
    Keeping(
        rule=ENDED,
        model=Membership,
        title=_("Memberships that have ended"),
        since="closed_at",
        only=_NOT_RESTRICTED,
        let_go=forget_memberships,
    ),
    Keeping(
        rule=UNCONFIRMED,
        model=Membership,
        title=_("Telephone numbers of new members that nobody confirmed"),
        since="joined_at",
        only=_NOT_RESTRICTED & ~Q(unconfirmed=""),
        let_go=drop_unconfirmed_numbers,
    ),
    Keeping(
        rule=INVITATIONS,
        model=Referral,
        title=_("Codes for friends with which nobody came"),
        since="made_at",
        only=Q(state=ReferralState.INVITED, referrer__customer__restricted_at=None),
        let_go=forget_invitations,
    ),
)

register(
    Processing(model=Membership, ground=Ground.CONTRACT, kept=ENDED, recipients=STAFF_AND_EXPORTS),
    Processing(model=MemberCard, ground=Ground.CONTRACT, kept=ENDED),
    # They go with the person.
    Processing(model=Referral, ground=Ground.CONTRACT, kept=ENDED),
    Processing(model=Household, ground=Ground.CONTRACT, kept=ENDED),
    Processing(model=HouseholdMember, ground=Ground.CONTRACT, kept=ENDED),
    Processing(model=TierMetricEntry, ground=Ground.CONTRACT, kept=ENDED),
    Processing(model=TierStanding, ground=Ground.CONTRACT, kept=ENDED),
    # The ledger stays whole; who it was goes with the membership.
    *(
        Processing(model=model, ground=Ground.CONTRACT, kept=ENDED)
        for model in (PointsTransaction, PointsAccount, Posting, Lot, LotUse, PointsReservation, PointsRequest)
    ),
)
