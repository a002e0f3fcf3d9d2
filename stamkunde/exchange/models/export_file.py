"""A file with records on its way out: made by a job, fetched by its owner only, gone after some days."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExportState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("export", "Being written")
    READY = "ready", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Failed")
    EXPIRED = "expired", pgettext_lazy("export", "Expired")


class ExportFile(models.Model):
    State = ExportState

    kind = models.CharField(_("what to export"), max_length=40)
    form = models.CharField(_("format"), max_length=10)
    reason = models.CharField(_("what it is needed for"), max_length=300)
    # Whom it is about, as a list at the desk keeps a selection; empty means everybody.
    selection = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    stored_as = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    # Taken for true until its writer has found that it tells of nobody.
    names_customers = models.BooleanField(default=True)
    digest = models.CharField(max_length=64, blank=True)
    job_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner", "-asked_at", "-id"], name="exchange_exports_newest"),
            models.Index(fields=["expires_at"], name="exchange_exports_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.form}"
