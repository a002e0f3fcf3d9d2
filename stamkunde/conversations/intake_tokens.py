"""What a program knows that hands mail in by HTTP: drawn here, shown once, kept as a digest."""

import hashlib
import hmac
import secrets

from stamkunde.conversations.models import Mailbox

PREFIX = "mail_"


def drawn() -> tuple[str, str]:
    """Draw a token; return it and the digest to keep."""
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    return token, digest_of(token)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def mailbox_of(token: str) -> Mailbox | None:
    """Return the mailbox in use whose token it is. All are looked at, so that time tells nothing of how near it was."""
    digest = digest_of(token)
    found = None
    for mailbox in Mailbox.objects.filter(is_used=True).exclude(intake_digest="").order_by("pk"):
        if hmac.compare_digest(mailbox.intake_digest, digest):
            found = mailbox
    return found
