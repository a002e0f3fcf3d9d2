"""The devices that stand at tills, and the one-time codes by which they are registered."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models.shop import Till


class TillDevice(models.Model):
    """A tablet or computer that belongs to a till; it holds a long random token, of which only a digest is kept."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="devices", verbose_name=_("till"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    token_digest = models.CharField(max_length=64, unique=True)
    registered_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["till__store__name", "till__name", "name"]

    def __str__(self) -> str:
        return self.name


class DeviceCode(models.Model):
    """A code that makes the device on which it is typed one of a till's; good once and for minutes."""

    till = models.ForeignKey(Till, on_delete=models.CASCADE, related_name="+", verbose_name=_("till"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
