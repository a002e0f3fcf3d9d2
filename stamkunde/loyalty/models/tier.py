"""The levels of a programme, what counts towards them, and which one a member has when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.loyalty.models.membership import Membership
from stamkunde.loyalty.models.programme import Programme


class TierMetric(models.TextChoices):
    """What is counted. Using points changes none of it."""

    SPEND = "spend", pgettext_lazy("level", "What was paid")
    POINTS = "points", pgettext_lazy("level", "Points earned")
    VISITS = "visits", pgettext_lazy("level", "Purchases")


class TierPeriod(models.TextChoices):
    """Over which time it is counted, in days of the programme's zone.

    A level reached in a calendar year holds to the end of the next one.
    """

    YEAR = "year", pgettext_lazy("level", "Calendar year")
    ROLLING = "rolling", pgettext_lazy("level", "The last twelve months")


class Tier(models.Model):
    """A level of a programme; the higher its `rank`, the higher it is. Prices and offers call it by its name.

    `threshold` is minor units of the programme's currency, points or purchases. For `grace_days` after the day on which
    it would end it is kept.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="tiers", db_index=False)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    rank = models.PositiveSmallIntegerField(pgettext_lazy("level", "place"))
    metric = models.CharField(_("what counts"), max_length=6, choices=TierMetric, default=TierMetric.SPEND)
    threshold = models.PositiveBigIntegerField(_("reached with"))
    period = models.CharField(_("counted over"), max_length=7, choices=TierPeriod, default=TierPeriod.YEAR)
    grace_days = models.PositiveSmallIntegerField(_("days it is kept"), default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "name"], name="loyalty_level_named_once"),
            models.UniqueConstraint(fields=["programme", "rank"], name="loyalty_level_ranked_once"),
            models.CheckConstraint(condition=Q(threshold__gt=0), name="loyalty_level_for_something"),
        ]

    def __str__(self) -> str:
        return self.name


class TierSource(models.TextChoices):
    """What an entry follows from; `source_id` is always the number of the purchase."""

    SALE = "sale", pgettext_lazy("level", "Purchase")
    RETURN = "return", pgettext_lazy("level", "Return")


class TierMetricEntry(models.Model):
    """What counts towards levels, at the time of the purchase; never changed.

    What comes back is an entry below nought at the time of its purchase.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tier_entries", db_index=False)
    kind = models.CharField(max_length=6, choices=TierMetric)
    amount = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=6, choices=TierSource)
    source_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["membership", "occurred_at"], name="loyalty_counted_of_member"),
            models.Index(fields=["source_id"], name="loyalty_counted_of_sale"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class TierReason(models.TextChoices):
    AUTO = "auto", pgettext_lazy("level", "Reached")
    MANUAL = "manual", pgettext_lazy("level", "Given")
    GRACE = "grace", pgettext_lazy("level", "Kept for a while")


class TierStanding(models.Model):
    """That a member has a level from `since` on and before `until`, also ahead: nothing has to run for it to end.

    One given by hand goes before what was reached, and no reckoning touches it. `evaluated_at` is when it was last
    looked at.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tier_standings", db_index=False)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="standings")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=6, choices=TierReason)
    evaluated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["membership", "since"], name="loyalty_levels_of_member")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="loyalty_level_has_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.reason}"
