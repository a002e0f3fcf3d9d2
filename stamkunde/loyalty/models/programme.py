"""What customers can be members of, and the rules by which points are earned, held, used and lost there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import validate_currency, validate_zone


class ProgrammeState(models.TextChoices):
    """Whether one can join and earn; in a closing one, points can still be used until `redeem_until`."""

    DRAFT = "draft", pgettext_lazy("programme", "Draft")
    OPEN = "open", pgettext_lazy("programme", "Open")
    CLOSING = "closing", pgettext_lazy("programme", "Closing")
    CLOSED = "closed", pgettext_lazy("programme", "Closed")


class ExpiryKind(models.TextChoices):
    """When points expire, counted from the day of the purchase: their last day is usable to its last instant."""

    MONTHS = "months", pgettext_lazy("expiry", "So many months later, to the day")
    MONTH_END = "month_end", pgettext_lazy("expiry", "At the end of the month so many months later")
    YEAR_END = "year_end", pgettext_lazy("expiry", "At the end of the year so many years later")
    INACTIVITY = "inactivity", pgettext_lazy("expiry", "So many months after the last purchase")
    NEVER = "never", pgettext_lazy("expiry", "Never")


class Programme(models.Model):
    """A programme of loyalty. Its days begin and end in its own zone, and its points are worth money in its currency.

    Members earn `earn_points` for each `earn_per` (minor units) paid, rounded down for each receipt. Earned points are
    held for `hold_days`, until what was bought can no longer be returned. A point takes `point_worth` minor units off a
    purchase; nought means that points are not used so. `expiry_after` is months, or years where they end with a year.
    """

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    earn_points = models.PositiveIntegerField(_("points earned"), default=1)
    earn_per = models.PositiveBigIntegerField(_("for each"), default=1_000)
    hold_days = models.PositiveSmallIntegerField(_("days points are held"), default=30)
    point_worth = models.PositiveBigIntegerField(_("what a point takes off"), default=0)
    expiry = models.CharField(_("points expire"), max_length=10, choices=ExpiryKind, default=ExpiryKind.YEAR_END)
    expiry_after = models.PositiveSmallIntegerField(_("so many months or years"), default=1)
    terms_version = models.CharField(_("version of the terms"), max_length=40, blank=True)
    ends_on = models.DateField(_("last day of earning"), null=True, blank=True)
    redeem_until = models.DateField(_("last day of using points"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(earn_per__gt=0), name="loyalty_earns_for_something"),
        ]

    def __str__(self) -> str:
        return self.name
