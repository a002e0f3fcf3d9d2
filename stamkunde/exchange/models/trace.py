"""What an import leaves behind: keys of the source system, the journal to undo it by, and what became of rows."""

from typing import ClassVar

from django.db import models

from stamkunde.exchange.models.import_run import ImportRun


class SourceKey(models.Model):
    """What a key of a source system became here; the number is plain because it may be of any table."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    object_id = models.BigIntegerField()
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="keys")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "kind", "key"], name="exchange_key_once")]
        indexes: ClassVar = [models.Index(fields=["kind", "object_id"], name="exchange_keys_of_object")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class ImportChange(models.Model):
    """One entry of a run's journal; `before` holds the former values of what was updated."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    was_created = models.BooleanField()
    before = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run", "-id"], name="exchange_changes_newest"),
            models.Index(fields=["kind", "object_id"], name="exchange_changes_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class ImportProblem(models.Model):
    """A row that was not taken, with what stood in it, so that it can be corrected and sent back."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    is_rehearsal = models.BooleanField()
    row = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=300)
    sentence = models.CharField(max_length=500)
    cells = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["run", "is_rehearsal", "row"], name="exchange_problems_of_run")]

    def __str__(self) -> str:
        return self.sentence


class ImportLikeness(models.Model):
    """A row of a rehearsal that is likely about somebody who is here already; both numbers are plain."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="likenesses")
    row = models.PositiveBigIntegerField()
    name = models.CharField(max_length=200)
    customer_id = models.BigIntegerField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "row"], name="exchange_likeness_once")]
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="exchange_likeness_customer")]

    def __str__(self) -> str:
        return self.name
