"""The levels of programmes, and the one a member has, as machines read and keep them."""

from datetime import date, datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.fields import Given, Id, Line, Minor, PathId, QueryDay, Sent, query
from stamkunde.kit.api.pages import Listed
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.loyalty.access import MANAGE, SEE, level_for, membership_for, programme_for
from stamkunde.loyalty.actions import levels as actions
from stamkunde.loyalty.api import refusals  # noqa: F401 - says how this module's refusals are told
from stamkunde.loyalty.models import Membership, Tier, TierMetric, TierPeriod, TierReason
from stamkunde.loyalty.queries.level_moves import level_moves
from stamkunde.loyalty.queries.levels import LevelNow, levels_of
from stamkunde.loyalty.shown_levels import level_said
from stamkunde.loyalty.terms import programme_day
from stamkunde.loyalty.values import LevelValues

routes = Routes("Levels", "What members reach with what they buy.")


class LevelGiven(Given):
    """A level of a programme; prices and offers call it by its name."""

    id: int
    programme_id: int
    name: str = Field(examples=["Gold"])
    rank: int = Field(description="The higher, the higher the level.")
    metric: TierMetric
    threshold: int = Field(description="Minor units of the programme's currency, points or purchases.")
    period: TierPeriod
    grace_days: int = Field(description="How many days it is kept after it would end.")
    rule: str = Field(description="How it is reached, as a sentence.")


class LevelChangeSent(Sent):
    """How a level is reached."""

    rank: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(examples=[1])
    threshold: Minor = Field(examples=[1_000_000])
    metric: TierMetric = TierMetric.SPEND
    period: TierPeriod = TierPeriod.YEAR
    grace_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0


class LevelSent(LevelChangeSent):
    """A level as it is to be; its name stays."""

    name: Line = Field(examples=["Gold"])


class MembersLevelGiven(Given):
    """The level a member has at this moment, and what is missing for the next one."""

    membership_id: int
    level_id: int | None
    name: str | None
    reason: TierReason | None = Field(description="Reached, given by hand, or kept for a while.")
    since: datetime | None
    until: datetime | None = Field(description="The first instant at which it no longer holds.")
    next_level_id: int | None
    missing: int = Field(description="What is missing for it, in what counts towards it.")


class MembersLevelSent(Sent):
    """A level given by hand; without one, what was reached holds again."""

    level_id: Id | None = Field(examples=[None])
    until: date | None = Field(None, description="Its last day in the programme's zone.", examples=[None])


@routes.get("/programmes/{programme_id}/levels", SEE, Listed[LevelGiven])
def list_levels(request: HttpRequest, programme_id: PathId) -> Listed[LevelGiven]:
    """List the levels of a programme, the highest first."""
    programme = programme_for(bearer(request), programme_id)
    rows = Tier.objects.filter(programme=programme).select_related("programme").order_by("-rank")
    return Listed[LevelGiven](items=[_given(row) for row in rows], next="", previous="")


class MoveGiven(Given):
    """So many members had one level and have another; null is none."""

    before_level_id: int | None
    after_level_id: int | None
    members: int
    is_new: bool = Field(description="They were no members when the first day began.")
    has_left: bool = Field(description="They are no members any more when the last day ends.")


class MovesGiven(Given):
    """Who went up, down or stayed; who joined or left meanwhile is counted by itself."""

    up: int
    down: int
    stayed: int
    joined: int
    left: int
    moves: list[MoveGiven]


@routes.get("/programmes/{programme_id}/levels/moves", MANAGE, MovesGiven)
def get_level_moves(
    request: HttpRequest,
    programme_id: PathId,
    since: QueryDay | None = query(None, description="The first day in the programme's zone; a year ago if left out."),
    until: QueryDay | None = query(None, description="The last day; today if it is left out."),
) -> MovesGiven:
    """Read how many members moved between the levels of a programme from the beginning of a day to the end of one."""
    programme = programme_for(bearer(request), programme_id)
    last = until or programme_day(programme, now())
    first = since or last - timedelta(days=365)
    if not first <= last:
        raise invalid("The last day lies before the first.", "until")
    if not 1990 <= first.year <= last.year <= 2100:
        raise invalid("Name days that are nearer to today.", "since")
    found = level_moves(programme, first, last)
    return MovesGiven(
        up=found.up,
        down=found.down,
        stayed=found.stayed,
        joined=found.joined,
        left=found.left,
        moves=[
            MoveGiven(
                before_level_id=one.before,
                after_level_id=one.after,
                members=one.members,
                is_new=one.is_new,
                has_left=one.has_left,
            )
            for one in found.moves
        ],
    )


@routes.post("/programmes/{programme_id}/levels", MANAGE, LevelGiven)
def write_level_(request: HttpRequest, programme_id: PathId, sent: LevelSent) -> LevelGiven:
    """Write a level; purchases count towards it from the first level of the programme on."""
    user = bearer(request)
    programme = programme_for(user, programme_id)
    return _given(actions.write_level(programme, LevelValues(**sent.model_dump()), by=user.actor))


@routes.put("/levels/{level_id}", MANAGE, LevelGiven)
def change_level_(request: HttpRequest, level_id: PathId, sent: LevelChangeSent) -> LevelGiven:
    """Change how a level is reached; it holds for everybody from the coming night on."""
    user = bearer(request)
    tier = level_for(user, level_id)
    return _given(actions.change_level(tier, LevelValues(name=tier.name, **sent.model_dump()), by=user.actor))


@routes.remove("/levels/{level_id}", MANAGE)
def remove_level_(request: HttpRequest, level_id: PathId) -> None:
    """Take away a level that nobody has ever had."""
    user = bearer(request)
    actions.remove_level(level_for(user, level_id), by=user.actor)


@routes.get("/memberships/{membership_id}/level", SEE, MembersLevelGiven)
def get_membership_level(request: HttpRequest, membership_id: PathId) -> MembersLevelGiven:
    """Read which level a member has now, and what is missing for the next one."""
    return _of(membership_for(bearer(request), membership_id))


@routes.put("/memberships/{membership_id}/level", MANAGE, MembersLevelGiven)
def set_membership_level(request: HttpRequest, membership_id: PathId, sent: MembersLevelSent) -> MembersLevelGiven:
    """Give a member a level by hand, or let what was reached hold again."""
    user = bearer(request)
    membership = membership_for(user, membership_id)
    if sent.level_id is None:
        actions.end_given_level(membership, by=user.actor)
    else:
        actions.give_level(membership, level_for(user, sent.level_id), until=sent.until, by=user.actor)
    return _of(membership)


def _of(membership: Membership) -> MembersLevelGiven:
    own = levels_of([membership], now()).get(membership.pk, LevelNow())
    return MembersLevelGiven(
        membership_id=membership.pk,
        level_id=own.tier.pk if own.tier is not None else None,
        name=own.tier.name if own.tier is not None else None,
        reason=TierReason(own.reason) if own.reason else None,
        since=own.since,
        until=own.until,
        next_level_id=own.next_tier.pk if own.next_tier is not None else None,
        missing=own.missing,
    )


def _given(tier: Tier) -> LevelGiven:
    columns = {name: getattr(tier, name) for name in LevelGiven.model_fields if name != "rule"}
    return LevelGiven(**columns, rule=level_said(tier, tier.programme.currency))
