"""Answers kept for requests that may be sent again."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Replay(models.Model):
    """The answer to a request with a key, written in the transaction of what it did: both are there, or neither is.

    It says whom it tells of, so that it goes when they are forgotten.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    customer_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="exchange_replays", condition=Q(customer_id__isnull=False))
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="exchange_one_replay_per_key")]

    def __str__(self) -> str:
        return self.key
