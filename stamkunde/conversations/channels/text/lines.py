"""What a line tells its provider: the secrets unsealed, and the address at which the provider hands messages in."""

import hashlib
import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.providers.contract import Account, LineTrouble
from stamkunde.conversations.models import TextLine
from stamkunde.kit.sealing import SealBroken, unseal

SECRET, HOOK_SECRET, HOOK_KEY = "text line", "text line hook", "text line key"  # noqa: S105 purposes of seals


def account_of(line: TextLine) -> Account:
    """Return by what the provider lets us in; raises LineTrouble where a seal cannot be opened any more."""
    try:
        return Account(
            url=(line.url or provider_of(line.provider).url).rstrip("/"),
            account=line.account,
            secret=unseal(line.secret, purpose=SECRET) if line.secret else "",
            hook_secret=unseal(line.hook_secret, purpose=HOOK_SECRET) if line.hook_secret else "",
            number=line.number,
            hook=hook_of(line),
        )
    except SealBroken as error:
        raise LineTrouble(
            _("What lets us in at the provider cannot be read any more. Write it anew in the settings of the number.")
        ) from error


def hook_of(line: TextLine) -> str:
    """Return where the provider hands in what comes for this line."""
    path = reverse("conversations:text_hook", args=[unseal(line.hook_key, purpose=HOOK_KEY)])
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def drawn_key() -> str:
    return secrets.token_urlsafe(24)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def line_of(key: str) -> TextLine | None:
    """Return the line whose key stands in an address; a digest is looked for, so that time tells nothing of the key."""
    return TextLine.objects.filter(hook_digest=digest_of(key)).first()
