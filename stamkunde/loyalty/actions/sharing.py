"""How a programme thanks for friends, and whether households share their points in it."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.money import LARGEST_MINOR
from stamkunde.loyalty.actions.earning import changed, held_as_seen
from stamkunde.loyalty.actions.programmes import MOST_POINTS
from stamkunde.loyalty.events import HouseholdRulesChanged, ReferralRulesChanged
from stamkunde.loyalty.models import HouseholdRules, Programme, ReferralRules
from stamkunde.loyalty.refusals import LoyaltyRefused

LONGEST_TIME = 366
MOST_A_MONTH = 1_000
FEWEST_IN_A_HOUSEHOLD, MOST_IN_A_HOUSEHOLD = 2, 12


@dataclass(frozen=True, kw_only=True)
class ReferralValues:
    """The rules as they are to be; the model says what each means."""

    is_on: bool
    for_referrer: int = 0
    for_referee: int = 0
    minimum: int = 0
    within_days: int = 90
    most_a_month: int = 5
    waits: bool = True


@action
def set_referral_rules(programme: Programme, values: ReferralValues, *, version: int, by: Actor) -> Programme:
    """Say how friends are thanked for from now on; who has joined already gets what was promised then."""
    _check(values)
    held = held_as_seen(programme, version)
    known = ReferralRules.objects.filter(programme=held).first() or ReferralRules(programme=held)
    wanted = asdict(values)
    if known.pk and all(getattr(known, name) == value for name, value in wanted.items()):
        return held
    for name, value in wanted.items():
        setattr(known, name, value)
    known.save()
    changed(held)
    publish(ReferralRulesChanged(programme_id=held.pk, programme_name=held.name), by=by)
    return held


def _check(values: ReferralValues) -> None:
    for field in ("for_referrer", "for_referee"):
        if not 0 <= getattr(values, field) <= MOST_POINTS:
            raise LoyaltyRefused(_("Write between nought and a million points."), field)
    if values.is_on and not values.for_referrer and not values.for_referee:
        raise LoyaltyRefused(_("Write how many points at least one of the two gets."), "for_referrer")
    if not 0 <= values.minimum <= LARGEST_MINOR:
        raise LoyaltyRefused(_("Write the smallest purchase, or nought."), "minimum")
    if not 1 <= values.within_days <= LONGEST_TIME:
        raise LoyaltyRefused(_("Write within how many days of joining, a year at most."), "within_days")
    if not 0 <= values.most_a_month <= MOST_A_MONTH:
        raise LoyaltyRefused(
            _("Write how many friends a month are thanked for, or nought for no limit."), "most_a_month"
        )


@action
def set_household_rules(programme: Programme, *, is_on: bool, most_members: int, version: int, by: Actor) -> Programme:
    """Say whether households share their points; those that there are stay, and share again when it is on again."""
    if not FEWEST_IN_A_HOUSEHOLD <= most_members <= MOST_IN_A_HOUSEHOLD:
        raise LoyaltyRefused(
            _("A household has between %(fewest)s and %(most)s members. Write a number between these.")
            % {"fewest": FEWEST_IN_A_HOUSEHOLD, "most": MOST_IN_A_HOUSEHOLD},
            "most_members",
        )
    held = held_as_seen(programme, version)
    known = HouseholdRules.objects.filter(programme=held).first() or HouseholdRules(programme=held)
    if known.pk and (known.is_on, known.most_members) == (is_on, most_members):
        return held
    known.is_on, known.most_members = is_on, most_members
    known.save()
    changed(held)
    publish(HouseholdRulesChanged(programme_id=held.pk, programme_name=held.name), by=by)
    return held
