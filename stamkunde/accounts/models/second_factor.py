"""What somebody has besides a password: an app that shows codes, passkeys, and codes on paper for when both are lost.

Nobody can read a second factor out of these tables: the app's secret is sealed with the machine's key, a passkey's
secret never leaves its device, and of recovery codes only digests are kept.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuthenticatorApp(models.Model):
    """An app that shows a new code every half minute (RFC 6238)."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="authenticator_app")
    sealed_secret = models.TextField()
    # The half minute whose code was used last: only later ones are taken, so that nobody uses a code over a shoulder.
    last_step = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A key pair on a telephone, computer or security key (WebAuthn); the public half is here."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    # As browsers write it: base64 for addresses. At most 1,023 bytes by the specification.
    credential_id = models.CharField(max_length=1_400, unique=True)
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """One code on paper; good once."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_recovery_code")]
