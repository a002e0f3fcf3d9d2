"""Where somebody is signed in, or has been."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models.device import TillDevice


class SignInMethod(models.TextChoices):
    PASSWORD = "password", _("Password")
    PASSKEY = "passkey", _("Passkey")
    ELSEWHERE = "elsewhere", _("The company's sign-in")
    PIN = "pin", _("PIN at the till")


class SignIn(models.Model):
    """One sign-in: on what, from where, and until when; what ends it is the end of the session it names."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, db_index=True)
    method = models.CharField(max_length=10, choices=SignInMethod)
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=60, blank=True)
    till_device = models.ForeignKey(TillDevice, on_delete=models.SET_NULL, null=True, related_name="sign_ins")
    is_new_device = models.BooleanField(default=False)
    # Set when the person has said that it was she.
    noticed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["user", "-started_at"], name="accounts_sign_ins_open", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.get_method_display()
