"""One file on its way in: what it is, how it is read, how far it is and what became of its rows."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.kit.tabular.layout import Layout


class RunState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("import", "To be mapped")
    REHEARSING = "rehearsing", pgettext_lazy("import", "Being rehearsed")
    REHEARSED = "rehearsed", pgettext_lazy("import", "Rehearsed")
    RUNNING = "running", pgettext_lazy("import", "Running")
    DONE = "done", pgettext_lazy("import", "Done")
    FAILED = "failed", pgettext_lazy("import", "Stopped")
    UNDOING = "undoing", pgettext_lazy("import", "Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")
    DISCARDED = "discarded", pgettext_lazy("import", "Thrown away")


class ImportRun(models.Model):
    """An import from the upload to the undo. `received` is always the sum of what its rows became.

    `taken` counts the rows of the file that are dealt with for good: it grows in the transaction of each batch, so a
    run that was killed goes on exactly where it stopped.
    """

    kind = models.CharField(_("what the rows are"), max_length=40)
    source = models.CharField(_("source"), max_length=60)
    state = models.CharField(max_length=12, choices=RunState, default=RunState.RECEIVED)
    file_name = models.CharField(max_length=255)
    file_size = models.PositiveBigIntegerField()
    file_digest = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200)
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True)

    taken = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    also = models.JSONField(default=dict)
    rehearsal = models.JSONField(default=dict)
    resumed = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    kept = models.JSONField(default=list)
    taken_back = models.PositiveBigIntegerField(default=0)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Since when it can no longer be undone: its refused rows and its journal go, some thousand at a time.
    let_go_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received=F("created") + F("updated") + F("unchanged") + F("skipped")),
                name="exchange_every_row_accounted_for",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-created_at", "-id"], name="exchange_runs_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_busy(self) -> bool:
        return self.state in (RunState.REHEARSING, RunState.RUNNING, RunState.UNDOING)

    @property
    def may_be_mapped(self) -> bool:
        """Say whether the reading may still be corrected: nothing has been written yet."""
        return not self.taken and self.state in (RunState.RECEIVED, RunState.REHEARSED, RunState.FAILED)

    @property
    def may_be_started(self) -> bool:
        return self.state in (RunState.RECEIVED, RunState.REHEARSED, RunState.FAILED)

    @property
    def may_be_undone(self) -> bool:
        may = self.state in (RunState.DONE, RunState.FAILED, RunState.UNDONE)
        return may and bool(self.taken) and self.let_go_at is None

    @property
    def reading(self) -> Layout:
        return Layout.from_json(self.layout)

    def counts(self) -> dict[str, Any]:
        return {
            name: getattr(self, name) for name in ("received", "created", "updated", "unchanged", "skipped", "also")
        }


class SavedMapping(models.Model):
    """How files of one source were read last, so that the next one need not be explained again."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "kind"], name="exchange_one_mapping")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"
