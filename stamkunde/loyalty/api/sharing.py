"""Friends whom members bring, and households that share points, as machines read and keep them."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Flag, Given, Id, Limit, Line, Mark, Minor, PathId, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.clock import now
from stamkunde.loyalty.access import (
    ENROL,
    MANAGE,
    SEE,
    asker_of,
    membership_for,
    programme_for,
    visible_referrals,
)
from stamkunde.loyalty.actions.households import leave_household, share_points
from stamkunde.loyalty.actions.referrals import invite_friend
from stamkunde.loyalty.actions.sharing import ReferralValues, set_household_rules, set_referral_rules
from stamkunde.loyalty.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.loyalty.models import (
    HouseholdRules,
    Membership,
    Programme,
    Referral,
    ReferralReason,
    ReferralRules,
    ReferralState,
)
from stamkunde.loyalty.queries.households import household_of, shared_points, sharing_with
from stamkunde.loyalty.queries.points import balance_of
from stamkunde.loyalty.queries.referrals import listed, referrals_of, state_at, touch_of

routes = Routes("Friends and households", "Whom members bring, and with whom they share their points.")
Points = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class ReferralRulesSent(Sent):
    """How friends are to be thanked for."""

    is_on: Flag
    for_referrer: Points = Field(0, description="Points for whoever brings a friend.", examples=[200])
    for_referee: Points = Field(0, description="Points for the friend.", examples=[100])
    minimum: Minor = Field(0, description="The smallest purchase that brings it, in minor units.", examples=[20_000])
    within_days: Annotated[int, Field(strict=True, ge=1, le=366)] = 90
    most_a_month: Annotated[int, Field(strict=True, ge=0, le=1_000)] = Field(
        5, description="For so many friends a month a member is thanked; nought means no limit."
    )
    waits: Flag = Field(True, description="Whether the points are on hold until nothing can be returned.")


class ReferralRulesGiven(Given):
    """How friends are thanked for; the version is the programme's own."""

    is_on: bool
    for_referrer: int
    for_referee: int
    minimum: int
    within_days: int
    most_a_month: int
    waits: bool
    version: int


class HouseholdRulesSent(Sent):
    """Whether households are to share their points."""

    is_on: Flag
    most_members: Annotated[int, Field(strict=True, ge=2, le=12)] = 6


class HouseholdRulesGiven(Given):
    """Whether households share their points; the version is the programme's own."""

    is_on: bool
    most_members: int
    version: int


class ReferralGiven(Given):
    """That a member brought a friend, and what came of it."""

    id: int
    programme_id: int
    code: str | None = Field(description="Of an invitation: the code with which one friend can come.")
    referrer_id: int = Field(description="The membership of whoever brings.")
    referee_id: int | None = Field(description="The membership of the friend.")
    state: ReferralState
    reasons: list[str] = Field(description=f"Of {', '.join(ReferralReason.values)}.")
    made_at: datetime
    joined_at: datetime | None
    decided_at: datetime | None
    until: datetime | None = Field(description="The first instant at which a purchase no longer brings the reward.")
    for_referrer: int = Field(description="What was promised to whoever brings.")
    for_referee: int = Field(description="What was promised to the friend.")
    paid_referrer: int = Field(description="What whoever brings got.")
    paid_referee: int = Field(description="What the friend got.")
    usable_at: datetime | None = Field(description="Until then the points are on hold.")


class FriendCodeGiven(Given):
    """What a member gives to friends."""

    membership_id: int
    code: str = Field(examples=["7KQ4MWX2RT"])


class FriendCodeSent(Sent):
    """A code, card or membership number that a friend is said to have given."""

    programme_id: Id
    code: Annotated[Line, Field(min_length=1, max_length=60)] = Field(examples=["7KQ4M-WX2RT"])


class FriendCodeHolds(Given):
    """Whether somebody can join with it; whose it is is not told."""

    holds: bool
    for_referee: int = Field(description="What the friend would get.")


class PartnerGiven(Given):
    """One of a household."""

    membership_id: int
    is_head: bool
    joined_at: datetime
    agreement: str
    recorded_by: str


class HouseholdGiven(Given):
    """With whom a member shares points; without a household the list is empty."""

    household_id: int | None
    members: list[PartnerGiven]
    own: int = Field(description="What of the points is this member's own and can be used now.")
    together: int = Field(description="What this member can use now, the others' points included.")


class PartnerSent(Sent):
    """Who is to share points from now on."""

    membership_id: Id
    agreement: Annotated[Line, Field(max_length=200)] = Field(
        "", description="How this member said yes; not needed for those whose profiles say that they live together."
    )


@routes.get("/programmes/{programme_id}/friends", SEE, ReferralRulesGiven)
def get_referral_rules(request: HttpRequest, programme_id: PathId) -> ReferralRulesGiven:
    """Read how a programme thanks for friends."""
    return _referral_rules(request, programme_for(bearer(request), programme_id))


@routes.put("/programmes/{programme_id}/friends", MANAGE, ReferralRulesGiven)
def set_referral_rules_(request: HttpRequest, programme_id: PathId, sent: ReferralRulesSent) -> ReferralRulesGiven:
    """Say how friends are thanked for from now on; who has joined already gets what was promised then."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    version = seen_version(request, programme.version)
    values = ReferralValues(**sent.model_dump())
    return _referral_rules(request, set_referral_rules(programme, values, version=version, by=user.actor))


@routes.get("/programmes/{programme_id}/household", SEE, HouseholdRulesGiven)
def get_household_rules(request: HttpRequest, programme_id: PathId) -> HouseholdRulesGiven:
    """Read whether households share their points in a programme."""
    return _household_rules(request, programme_for(bearer(request), programme_id))


@routes.put("/programmes/{programme_id}/household", MANAGE, HouseholdRulesGiven)
def set_household_rules_(request: HttpRequest, programme_id: PathId, sent: HouseholdRulesSent) -> HouseholdRulesGiven:
    """Say whether households share their points."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    version = seen_version(request, programme.version)
    changed = set_household_rules(programme, **sent.model_dump(), version=version, by=user.actor)
    return _household_rules(request, changed)


@routes.get("/referrals", SEE, Listed[ReferralGiven])
def list_referrals(
    request: HttpRequest,
    programme_id: PathId | None = query(None, description="Only of this programme."),
    membership_id: PathId | None = query(None, description="Only those whom this member brings."),
    state: ReferralState | None = query(None, description="Only those in this state."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[ReferralGiven]:
    """List who brought whom and what came of it, the newest first."""
    user = bearer(request)
    among = visible_referrals(user)
    if membership_id is not None:
        among = among.filter(pk__in=referrals_of(membership_for(user, membership_id)).values("pk"))
    rows = listed(among, state=state or "", programme_id=programme_id, mark=mark, size=limit)
    return Listed[ReferralGiven](items=[_referral(row) for row in rows.rows], **marks_of(rows))


@routes.get("/memberships/{membership_id}/friend-code", SEE, FriendCodeGiven)
def get_friend_code(request: HttpRequest, membership_id: PathId) -> FriendCodeGiven:
    """Read the code that a member gives to friends."""
    membership = membership_for(bearer(request), membership_id)
    return FriendCodeGiven(membership_id=membership.pk, code=membership.friend_code)


@routes.post("/memberships/{membership_id}/referrals", ENROL, ReferralGiven)
def invite_friend_(request: HttpRequest, membership_id: PathId) -> ReferralGiven:
    """Draw a code for one friend, who can join with it within ninety days."""
    user = bearer(request)
    return _referral(invite_friend(membership_for(user, membership_id), by=user.actor))


@routes.post("/friend-codes/lookups", ENROL, FriendCodeHolds, 200, writes=False)
def look_up_friend_code(request: HttpRequest, sent: FriendCodeSent) -> FriendCodeHolds:
    """Say whether somebody can join with a code; after ten wrong ones in a minute, none is looked up for a while."""
    user = bearer(request)
    touch = touch_of(sent.code, programme_for(user, sent.programme_id), now(), asker=asker_of(user))
    return FriendCodeHolds(holds=True, for_referee=touch.rules.for_referee)


@routes.get("/memberships/{membership_id}/household", SEE, HouseholdGiven)
def get_household(request: HttpRequest, membership_id: PathId) -> HouseholdGiven:
    """Read with whom a member shares points, and how many there are."""
    return _household(membership_for(bearer(request), membership_id))


@routes.post("/memberships/{membership_id}/household/members", ENROL, HouseholdGiven)
def add_to_household(request: HttpRequest, membership_id: PathId, sent: PartnerSent) -> HouseholdGiven:
    """Let another member share points with this one, and with those who do already."""
    user = bearer(request)
    membership = membership_for(user, membership_id)
    other = membership_for(user, sent.membership_id)
    share_points(membership, other, agreement=sent.agreement, by=user.actor)
    return _household(membership)


@routes.remove("/memberships/{membership_id}/household", ENROL)
def leave_household_(request: HttpRequest, membership_id: PathId) -> None:
    """Let a member part from the household; everybody keeps the points that are their own."""
    user = bearer(request)
    leave_household(membership_for(user, membership_id), by=user.actor)


def _referral_rules(request: HttpRequest, programme: Programme) -> ReferralRulesGiven:
    versioned(request, programme.version)
    known = ReferralRules.objects.filter(programme=programme).first() or ReferralRules()
    columns = {name: getattr(known, name) for name in ReferralRulesGiven.model_fields if name != "version"}
    return ReferralRulesGiven(**columns, version=programme.version)


def _household_rules(request: HttpRequest, programme: Programme) -> HouseholdRulesGiven:
    versioned(request, programme.version)
    known = HouseholdRules.objects.filter(programme=programme).first() or HouseholdRules()
    return HouseholdRulesGiven(is_on=known.is_on, most_members=known.most_members, version=programme.version)


def _referral(row: Referral) -> ReferralGiven:
    columns = {name: getattr(row, name) for name in ReferralGiven.model_fields if name != "state"}
    return ReferralGiven(**columns, state=state_at(row, now()))


def _household(membership: Membership) -> HouseholdGiven:
    found, at = household_of(membership), now()
    own = balance_of(membership, at).available
    return HouseholdGiven(
        household_id=found.id if found is not None else None,
        members=[
            PartnerGiven(
                membership_id=one.membership_id,
                is_head=one.membership_id == found.head_id,
                joined_at=one.joined_at,
                agreement=one.agreement,
                recorded_by=one.recorded_by,
            )
            for one in found.members
        ]
        if found is not None
        else [],
        own=own,
        together=own + shared_points(sharing_with(membership), at),
    )
