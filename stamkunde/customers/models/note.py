"""What staff write down about a customer, and the files kept with her."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class Note(models.Model):
    """A remark on the timeline; a pinned one stands at its top."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=10_000)
    is_pinned = models.BooleanField(default=False)
    written_by = models.CharField(max_length=120)
    written_by_id = models.BigIntegerField(null=True)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-written_at"], name="customers_notes_newest")]

    def __str__(self) -> str:
        return self.text[:60]


class StoredFile(models.Model):
    """A file kept with a customer: stored under its digest, served only as a download under a safe name."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    trashed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where it lies below the files' root."""
        return f"customers/{self.digest[:2]}/{self.digest}"
