"""Who asked to be erased and shall not come back with the next file: kept only as keyed digests."""

from typing import ClassVar

from django.db import models


class Suppression(models.Model):
    """The digest of an address, a number or a key of somebody who was erased; what it was cannot be read from it.

    `is_shared` says that others here had the same when the person was erased, as a household has one telephone.
    """

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    is_shared = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.digest[:12]
