"""Referrals and households as people read them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now
from stamkunde.loyalty.models import HouseholdRules, Membership, Programme, Referral, ReferralRules, ReferralState
from stamkunde.loyalty.queries.households import household_of, sharing_with
from stamkunde.loyalty.queries.points import balance_of
from stamkunde.loyalty.queries.referrals import referrals_of, state_at
from stamkunde.loyalty.referral_words import grouped, reasons_said
from stamkunde.loyalty.sharing_forms import HouseholdRulesForm, ReferralRulesForm
from stamkunde.loyalty.shown_points import said_points

MOST_SHOWN = 20
_TONES = {
    ReferralState.INVITED: "",
    ReferralState.JOINED: "blue",
    ReferralState.QUALIFIED: "amber",
    ReferralState.REWARDED: "green",
    ReferralState.REJECTED: "red",
    ReferralState.REVERSED: "red",
}


@dataclass(frozen=True)
class ShownReferral:
    """Who brought whom, and what came of it; a name is empty where nobody came yet, or who came has been erased."""

    id: int
    referrer: str
    referrer_id: int
    referee: str
    referee_id: int | None
    code: str
    when: str
    state_label: str
    tone: str
    reasons: list[str]
    points: str


def shown_referral(row: Referral, at: datetime) -> ShownReferral:
    state = state_at(row, at)
    paid = row.paid_referrer if state in (ReferralState.QUALIFIED, ReferralState.REWARDED) else 0
    return ShownReferral(
        id=row.pk,
        referrer=_name(row.referrer),
        referrer_id=row.referrer_id,
        referee=_name(row.referee) if row.referee is not None else "",
        referee_id=row.referee_id if row.referee is not None and row.referee.customer_id else None,
        code=grouped(row.code or "") if state == ReferralState.INVITED else "",
        when=shown.day(business_day(row.joined_at or row.made_at, row.programme.zone)),
        state_label=str(state.label),
        tone=_TONES[state],
        reasons=reasons_said(row.reasons),
        points=said_points(paid) if paid else "",
    )


def _name(membership: Membership) -> str:
    customer = membership.customer
    return customer.name if customer is not None and customer.trashed_at is None else ""


@dataclass(frozen=True)
class ShownFriends:
    """A member's code, and whom she brought with it."""

    code: str
    rows: list[ShownReferral]


def friends_of(membership: Membership) -> ShownFriends | None:
    """Return a member's code and whom she brought; None where the programme never thanked for friends. Two queries."""
    rules = ReferralRules.objects.filter(programme=membership.programme_id).first()
    if rules is None:
        return None
    rows = referrals_of(membership).select_related("referrer__customer", "referee__customer", "programme")
    found = [shown_referral(row, now()) for row in rows[:MOST_SHOWN]]
    if not rules.is_on and not found:
        return None
    return ShownFriends(grouped(membership.friend_code) if rules.is_on else "", found)


@dataclass(frozen=True)
class ShownPartner:
    """One of a household: her name, her own points, and whether she heads it."""

    membership_id: int
    name: str
    number: str
    points: str
    is_head: bool
    since: str
    agreement: str


@dataclass(frozen=True)
class ShownHousehold:
    """With whom a member shares points; without members she shares with nobody yet."""

    members: list[ShownPartner]
    together: str
    mine: str


def shown_household(membership: Membership) -> ShownHousehold | None:
    """Return it; None where the programme shares no points. A few queries, and two for each of the members."""
    if not HouseholdRules.objects.filter(programme=membership.programme_id, is_on=True).exists():
        return None
    found, at = household_of(membership), now()
    if found is None:
        return ShownHousehold([], "", "")
    own = balance_of(membership, at).available
    lending = {one.pk: balance_of(one, at).available for one in sharing_with(membership)} | {membership.pk: own}
    return ShownHousehold(
        [
            ShownPartner(
                membership_id=one.membership_id,
                name=_name(one.membership),
                number=one.membership.number,
                points=said_points(lending[one.membership_id]) if one.membership_id in lending else "",
                is_head=one.membership_id == found.head_id,
                since=shown.day(business_day(one.joined_at, membership.programme.zone)),
                agreement=one.agreement,
            )
            for one in found.members
        ],
        said_points(sum(lending.values())),
        said_points(own),
    )


class SharingShown:
    """Both parts of a programme's page with their forms; a form that was refused is shown as it was sent."""

    def __init__(
        self,
        programme: Programme,
        *,
        friends: ReferralRulesForm | None = None,
        household: HouseholdRulesForm | None = None,
    ) -> None:
        self.friends = friends or ReferralRulesForm(programme)
        self.household = household or HouseholdRulesForm(programme)
        self.is_refused = (friends is not None, household is not None)


def sharing_rules_said(programme: Programme) -> list[str]:
    """Return what members have from bringing friends and from sharing, one sentence for each rule; two queries."""
    said = []
    rules = ReferralRules.objects.filter(programme=programme, is_on=True).first()
    if rules is not None:
        said.append(_friends(rules, programme))
    households = HouseholdRules.objects.filter(programme=programme, is_on=True).first()
    if households is not None:
        said.append(
            _("Members of a household use each other's points, %(number)s members at most.")
            % {"number": households.most_members}
        )
    return said


def _friends(rules: ReferralRules, programme: Programme) -> str:
    values = {
        "referrer": said_points(rules.for_referrer),
        "referee": said_points(rules.for_referee),
        "amount": shown.amount(max(rules.minimum, 1), programme.currency),
        "days": rules.within_days,
    }
    return (
        ngettext(
            "Whoever brings a friend gets %(referrer)s, and the friend %(referee)s, once the friend has bought for at "
            "least %(amount)s within %(days)s day.",
            "Whoever brings a friend gets %(referrer)s, and the friend %(referee)s, once the friend has bought for at "
            "least %(amount)s within %(days)s days.",
            rules.within_days,
        )
        % values
    )
