"""The levels of a programme: written, changed, taken away."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.money import LARGEST_MINOR
from stamkunde.loyalty.actions.programmes import checked_text
from stamkunde.loyalty.events import LevelChanged, LevelRemoved, LevelWritten
from stamkunde.loyalty.models import Programme, ProgrammeState, Tier, TierMetric, TierPeriod
from stamkunde.loyalty.queries.live import forget_programmes
from stamkunde.loyalty.refusals import LoyaltyRefused
from stamkunde.loyalty.values import LevelValues

MOST_LEVELS = 20
LONGEST_GRACE = 366


@action
def write_level(programme: Programme, values: LevelValues, *, by: Actor) -> Tier:
    """Write a level; purchases count towards it from now on, and members have it from the next night or purchase on."""
    held = _held(programme)
    name = checked_text(values.name, "name", 60)
    if not name:
        raise LoyaltyRefused(_("Give the level a name."), "name")
    if Tier.objects.filter(programme=held).count() >= MOST_LEVELS:
        raise LoyaltyRefused(_("Twenty levels are enough for any programme. Change one of them."), "name")
    tier = Tier(programme=held, name=name)
    _fill(tier, values)
    publish(LevelWritten(programme_id=held.pk, programme_name=held.name, level=tier.name), by=by)
    return tier


@action
def change_level(tier: Tier, values: LevelValues, *, by: Actor) -> Tier:
    """Change how a level is reached; its name stays, because prices and offers call it so."""
    held = _held(tier.programme)
    own = Tier.objects.get(pk=tier.pk)
    if values.name.strip() not in ("", own.name):
        raise LoyaltyRefused(
            _("Prices and offers call this level by its name, so it stays. Write another level."), "name"
        )
    _fill(own, values)
    publish(LevelChanged(programme_id=held.pk, programme_name=held.name, level=own.name), by=by)
    return own


@action
def remove_level(tier: Tier, *, by: Actor) -> None:
    """Take a level away that nobody has ever had."""
    held = _held(tier.programme)
    name = tier.name
    try:
        with transaction.atomic():
            Tier.objects.get(pk=tier.pk).delete()
    except ProtectedError as error:
        raise LoyaltyRefused(
            _("Members have had this level, so it stays. Let it be reached with more, and nobody new gets it."),
            "level",
        ) from error
    forget_programmes()
    publish(LevelRemoved(programme_id=held.pk, programme_name=held.name, level=name), by=by)


def _held(programme: Programme) -> Programme:
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.state == ProgrammeState.CLOSED:
        raise LoyaltyRefused(_("This programme is closed, and its rules stay as they were. Write a new one."), "state")
    return held


def _fill(tier: Tier, values: LevelValues) -> None:
    if not 1 <= values.rank <= 100:
        raise LoyaltyRefused(_("Write the place as a number from 1, which is the lowest level."), "rank")
    if not 0 < values.threshold <= LARGEST_MINOR:
        raise LoyaltyRefused(_("Write with how much the level is reached."), "threshold")
    if values.metric not in TierMetric.values:
        raise LoyaltyRefused(_("Choose what counts towards the level."), "metric")
    if values.period not in TierPeriod.values:
        raise LoyaltyRefused(_("Choose over which time it is counted."), "period")
    if not 0 <= values.grace_days <= LONGEST_GRACE:
        raise LoyaltyRefused(_("A level is kept for at most a year."), "grace_days")
    tier.rank, tier.threshold, tier.grace_days = values.rank, values.threshold, values.grace_days
    tier.metric, tier.period = values.metric, values.period
    try:
        with transaction.atomic():
            tier.save()
    except IntegrityError as error:
        raise LoyaltyRefused(
            _("The programme has a level of that name or in that place already. Choose another one."), "name"
        ) from error
    forget_programmes()
