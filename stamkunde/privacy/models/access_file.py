"""The copy of somebody's data, as a file on its way to them."""

from typing import ClassVar, TypeAlias

from django.db import models
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language
from stamkunde.privacy.models.request import DataRequest


class CopyState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("export", "Being written")
    READY = "ready", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Failed")
    EXPIRED = "expired", pgettext_lazy("export", "Expired")


class AccessFile(models.Model):
    """One copy: written by a job, fetched by whoever answers the request, gone after some days."""

    State: TypeAlias = CopyState

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(max_length=5, choices=Language)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    stored_as = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    job_id = models.BigIntegerField(null=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="privacy_files_expiring"),
            models.Index(fields=["request", "-id"], name="privacy_files_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.state}"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING
