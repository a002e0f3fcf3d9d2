"""Members who share their points: a household of a programme."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.loyalty.models.membership import Membership
from stamkunde.loyalty.models.programme import Programme


class HouseholdRules(models.Model):
    """Whether the members of a household share their points in a programme, and how many may belong to one."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="household_rules")
    is_on = models.BooleanField(_("points are shared by a household"), default=False)
    most_members = models.PositiveSmallIntegerField(_("most members"), default=6)

    def __str__(self) -> str:
        return str(self.most_members)


class Household(models.Model):
    """Members of a programme who may use each other's points. Each keeps the points that are hers."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="households")
    head = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="headed_households")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, head__isnull=False) | Q(ended_at__isnull=False, head=None),
                name="loyalty_household_has_a_head",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.made_at:%Y-%m-%d}"


class HouseholdMember(models.Model):
    """That a member belongs to a household, or did until `left_at`; `agreement` says how she agreed to share."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="households")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    agreement = models.CharField(_("how it was agreed"), max_length=200, blank=True)
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(left_at=None), name="loyalty_one_household_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.membership_id}"
