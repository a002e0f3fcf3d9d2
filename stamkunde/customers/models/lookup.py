"""Who looked at whom, when, where and why: what the customer may ask to see."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Store, Till
from stamkunde.customers.models.customer import Customer
from stamkunde.kit.actor import ActorKind


class LookUpPurpose(models.TextChoices):
    PROFILE = "profile", pgettext_lazy("look-up", "Opened the profile")
    PEEK = "peek", pgettext_lazy("look-up", "Looked at the profile beside a list")
    COUNTER = "counter", pgettext_lazy("look-up", "Served at the counter")
    SEARCH = "search", pgettext_lazy("look-up", "Picked from a search")
    SALE = "sale", pgettext_lazy("look-up", "Registered a purchase or a return")
    EXPORT = "export", pgettext_lazy("look-up", "Exported")
    ACCESS = "access", pgettext_lazy("look-up", "Gave the customer their data")


class LookUp(models.Model):
    """One look at one customer's data; with the store and the till where it was at a counter."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="lookups")
    purpose = models.CharField(max_length=10, choices=LookUpPurpose)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    role = models.CharField(max_length=20, blank=True)
    store = models.ForeignKey(Store, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at", "-id"], name="customers_lookups_newest"),
            models.Index(
                fields=["actor_id", "-at"], name="customers_lookups_by_staff", condition=Q(actor_kind="staff")
            ),
            models.Index(fields=["-at", "-id"], name="customers_lookups_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.purpose}"


class HitList(models.Model):
    """Who was on the lists that one search showed, whether or not anybody was picked, or on a list a program was given.

    `key` is the search's; at a counter, more letters add to the same row. `shown` holds the numbers of the customers
    with a blank before and after each, so that one of them can be asked for on either database. The rows are kept for
    a year; a number on them leads nowhere once the profile is gone.
    """

    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    role = models.CharField(max_length=20, blank=True)
    store = models.ForeignKey(Store, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    till = models.ForeignKey(Till, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    shown = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="customers_hit_lists_by_time")]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.at}"
