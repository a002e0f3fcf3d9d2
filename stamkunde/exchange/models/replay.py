"""Answers kept for requests that may be sent again."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Replay(models.Model):
    """The answer to a request with a key, written in the transaction of what it did: both are there, or neither is."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="exchange_one_replay_per_key")]

    def __str__(self) -> str:
        return self.key
