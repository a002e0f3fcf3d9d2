"""Who looked at whom, when and why: what the customer may ask to see."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer
from stamkunde.kit.actor import ActorKind


class LookUpPurpose(models.TextChoices):
    PROFILE = "profile", pgettext_lazy("look-up", "Opened the profile")
    PEEK = "peek", pgettext_lazy("look-up", "Looked at the profile beside a list")
    SEARCH = "search", pgettext_lazy("look-up", "Picked from a search")
    SALE = "sale", pgettext_lazy("look-up", "Registered a purchase or a return")
    EXPORT = "export", pgettext_lazy("look-up", "Exported")
    ACCESS = "access", pgettext_lazy("look-up", "Gave the customer their data")


class LookUp(models.Model):
    """One look at one customer's data."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="lookups")
    purpose = models.CharField(max_length=10, choices=LookUpPurpose)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    role = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at", "-id"], name="customers_lookups_newest"),
            models.Index(
                fields=["actor_id", "-at"], name="customers_lookups_by_staff", condition=Q(actor_kind="staff")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.purpose}"
