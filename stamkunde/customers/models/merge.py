"""Two profiles that were one person: what was merged, what moved, and pairs that may yet be the same."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer
from stamkunde.kit.actor import ActorKind


class Merge(models.Model):
    """One customer became part of another, until that is taken apart.

    The merged one keeps her row and her number, which leads to the survivor; she counts as put away, so that nobody
    finds or serves her by herself. She is part of one other at most, which the database itself sees to.
    """

    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merged_away")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    entry_count = models.PositiveIntegerField(default=0)
    moved_count = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="customers_merged_into_one"),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="customers_merged_with_another"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["survivor", "-at", "-id"], name="customers_merges_of"),
            models.Index(fields=["-undone_at"], name="customers_unmerged_last", condition=Q(undone_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"


class MergeEntry(models.Model):
    """One line of a merge's journal; `numbers` are those of the rows, runs written as their ends."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    follower = models.CharField(max_length=120)
    step = models.CharField(max_length=8)
    row_count = models.PositiveIntegerField()
    numbers = models.TextField()
    rows = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "merge entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merge", "position"], name="customers_merge_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.merge_id}.{self.position} {self.follower} {self.step}"


class PairState(models.TextChoices):
    OPEN = "open", pgettext_lazy("likely pair", "Waits for a look")
    LATER = "later", pgettext_lazy("likely pair", "Put off")
    DISTINCT = "distinct", pgettext_lazy("likely pair", "Not the same person")


class LikelyPair(models.Model):
    """Two customers who may be one person, and what somebody said to that.

    `first` is the one with the lower number; `likelihood` is in millionths. `reasons` are codes, put into words when
    shown; those of a pair that was said to be two people are what was known then, and only another reason asks again.
    """

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=PairState, default=PairState.OPEN)
    likelihood = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()
    until = models.DateField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="customers_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customers_pair_in_order"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-likelihood", "-id"], name="customers_pairs_likeliest"),
            models.Index(fields=["second"], name="customers_pairs_of_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class DuplicateScan(models.Model):
    """One look through the customers for pairs: when, at how many, and up to which number they were known."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    is_whole = models.BooleanField()
    people = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    highest_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.people} people, {self.pairs} pairs"
