"""An erasure under way or done: its state, its plan, and what is left to prove it by."""

from typing import ClassVar, TypeAlias

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.privacy.models.request import DataRequest


class ErasureState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("erasure", "Planned")
    FROZEN = "frozen", pgettext_lazy("erasure", "Locked")
    EXECUTED = "executed", pgettext_lazy("erasure", "Erased, being checked")
    VERIFIED = "verified", pgettext_lazy("erasure", "Erased and checked")


class Erasure(models.Model):
    """One person's erasure; each state is reached in one transaction, so that a job may be killed between any two.

    The customer's number and former reference are plain: they name nobody once the erasure is done. `sealed` holds what
    must be looked for afterwards, sealed, and is empty once it has been looked for. `plan` says what went and what
    stays, `receipt` what was done; both hold counts and sentences and nothing of the person.
    """

    State: TypeAlias = ErasureState

    request = models.OneToOneField(DataRequest, on_delete=models.CASCADE, null=True, related_name="erasure")
    customer_id = models.BigIntegerField()
    ref = models.UUIDField()
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    sealed = models.TextField(blank=True)
    plan = models.JSONField(default=dict)
    receipt = models.JSONField(default=dict)
    mentions = models.JSONField(default=list)
    job_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=~Q(state="verified"), name="privacy_one_erasure_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="privacy_erasures_unfinished", condition=~Q(state="verified")),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state == self.State.VERIFIED
