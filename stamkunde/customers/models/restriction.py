"""That what is known of a customer is only to be stored: why, since when, and how it ended (GDPR art. 18)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class RestrictionGround(models.TextChoices):
    ACCURACY = "accuracy", pgettext_lazy("restriction", "They say that what is known is wrong; it is being checked")
    UNLAWFUL = "unlawful", pgettext_lazy("restriction", "It should not have been kept, but they do not want it deleted")
    CLAIMS = "claims", pgettext_lazy("restriction", "The shop needs it no longer, but they do for a claim")
    OBJECTION = "objection", pgettext_lazy("restriction", "They have objected; it is being weighed")


class Restriction(models.Model):
    """One restriction, until it is lifted; a customer has one at a time.

    Whoever is restricted counts as put away, so that nobody finds, serves or writes to them; `trashed_at` is when they
    had been put in the trash before, if they had.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="restrictions")
    ground = models.CharField(_("ground"), max_length=10, choices=RestrictionGround)
    reason = models.CharField(_("reason"), max_length=500)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=120)
    trashed_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_because = models.CharField(max_length=500, blank=True)
    told_how = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at=None), name="customers_one_restriction_at_a_time"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-began_at", "-id"], name="customers_restrictions_open", condition=Q(lifted_at=None))
        ]

    def __str__(self) -> str:
        return self.ground
