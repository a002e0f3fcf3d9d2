"""What an import leaves behind: keys of the source system, the journal to undo it by, and the rows not taken."""

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
