"""Who a member of staff is at the company's own sign-in."""

from typing import ClassVar

from django.db import models


class ForeignIdentity(models.Model):
    """A member of staff as an OpenID Connect provider knows her: by its name for her, never by her e-mail."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="foreign_identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_identity_subject"),
            # One person, one account there: a second one with the same e-mail is somebody else's until looked at.
            models.UniqueConstraint(fields=["issuer", "user"], name="accounts_identity_user"),
        ]

    def __str__(self) -> str:
        return self.subject
