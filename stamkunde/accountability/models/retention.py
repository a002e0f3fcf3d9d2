"""What the shop has changed of the proposals, and the proof of what the nightly runs have ended."""

from typing import ClassVar, TypeAlias

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class RuleChange(models.Model):
    """A proposal changed by somebody: the newest counts, and the earlier ones stay as its versions."""

    rule = models.CharField(max_length=80)
    years = models.PositiveSmallIntegerField(default=0)
    months = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300)
    changed_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["rule", "-id"], name="accountability_newest_change")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(years__gt=0) | Q(months__gt=0) | Q(days__gt=0), name="accountability_some_period"
            )
        ]

    def __str__(self) -> str:
        return self.rule


class RetentionRunState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("retention", "Under way")
    STOPPED = "stopped", pgettext_lazy("retention", "Stopped")
    DONE = "done", pgettext_lazy("retention", "Done")


class RetentionRun(models.Model):
    """One run over all rules. What it ends is decided by the moment it began, however long it takes."""

    State: TypeAlias = RetentionRunState

    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    at = models.DateTimeField()
    started_by = models.CharField(max_length=120)
    job_id = models.BigIntegerField(null=True, unique=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="accountability_newest_runs")]

    def __str__(self) -> str:
        return f"{self.at}"


class Deletion(models.Model):
    """The proof: how many rows of a table a run ended, by which rule, and up to which day. It names nobody."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="deletions")
    keeping = models.CharField(max_length=120)
    rule = models.CharField(max_length=80)
    rule_version = models.PositiveIntegerField()
    country = models.CharField(max_length=2)
    ending = models.CharField(max_length=14)
    newest_day = models.DateField()
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "keeping", "country"], name="accountability_one_proof")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.keeping}"
