"""What a mail server is told to let us in: a password, or a token that Microsoft or Google give out for an hour.

The same for the server that mail is read from and for the one it is sent by.
"""

import hashlib
import json
import threading
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from stamkunde.conversations.models import Mailbox, SignIn
from stamkunde.events.publishing import action
from stamkunde.kit import net
from stamkunde.kit.sealing import SealBroken, seal, unseal

SECRET = "mailbox"  # noqa: S105 the purpose of a seal
DKIM_KEY = "mailbox dkim"
# A token is asked for anew before it ends, so that none ends underway.
MARGIN_SECONDS = 120
SHORTEST_SECONDS = 60

_known: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


class NotLetIn(Exception):
    """We cannot say who we are; the text is a sentence for a person."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Account:
    """What a provider of accounts has given us, by which it gives out tokens again and again (RFC 6749, section 6)."""

    address: str
    client: str
    secret: str
    refresh_token: str
    scope: str = ""

    def sealed(self) -> str:
        return seal(json.dumps(asdict(self)), purpose=SECRET)


@dataclass(frozen=True)
class Credentials:
    """A user and a password, or a user and a token; both empty where nobody is asked."""

    user: str = ""
    password: str = ""
    token: str = ""


def credentials(mailbox: Mailbox) -> Credentials:
    """Return what the mailbox's servers are told; asks the provider for a token where one is needed.

    Raises `NotLetIn` with a sentence.
    """
    if mailbox.sign_in == SignIn.NONE:
        return Credentials()
    if mailbox.sign_in == SignIn.OAUTH:
        return Credentials(mailbox.user_name, token=_token(mailbox))
    return Credentials(mailbox.user_name, password=_unsealed(mailbox.secret, SECRET))


def dkim_key_of(mailbox: Mailbox) -> bytes:
    """Return the private key that signs the mailbox's mail, or nothing where there is none."""
    return _unsealed(mailbox.dkim_key, DKIM_KEY).encode() if mailbox.dkim_key else b""


def forget_token(mailbox: Mailbox) -> None:
    """Ask for another token the next time: the server did not take this one."""
    with _lock:
        _known.pop(_name_of(mailbox), None)


def _token(mailbox: Mailbox) -> str:
    name = _name_of(mailbox)
    with _lock:
        token, until = _known.get(name, ("", 0.0))
    if token and time.monotonic() < until:
        return token
    account = Account(**json.loads(_unsealed(mailbox.secret, SECRET)))
    given = _asked(account)
    token = str(given.get("access_token") or "")
    if not token:
        raise NotLetIn(_("The provider of the account gave no token. Sign the mailbox in anew."))
    renewed = str(given.get("refresh_token") or "")
    if renewed and renewed != account.refresh_token:
        _keep(mailbox, Account(account.address, account.client, account.secret, renewed, account.scope))
    lasts = given.get("expires_in")
    seconds = int(lasts) if isinstance(lasts, int | str) and str(lasts).isdigit() else SHORTEST_SECONDS
    with _lock:
        _known[_name_of(mailbox)] = (token, time.monotonic() + max(SHORTEST_SECONDS, seconds - MARGIN_SECONDS))
    return token


def _asked(account: Account) -> dict[str, object]:
    form = {
        "grant_type": "refresh_token",
        "client_id": account.client,
        "client_secret": account.secret,
        "refresh_token": account.refresh_token,
        "scope": account.scope,
    }
    try:
        answer = net.send(
            "POST",
            account.address,
            body=urlencode({name: value for name, value in form.items() if value}).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        given = json.loads(answer.body)
    except net.NotReached as error:
        raise NotLetIn(error.sentence) from error
    except ValueError as error:
        raise NotLetIn(_("The provider of the account answered something that is no token.")) from error
    if answer.status != 200 or not isinstance(given, dict):
        why = str(given.get("error") or answer.status)[:60] if isinstance(given, dict) else str(answer.status)
        raise NotLetIn(
            _("The provider of the account does not let us in any more (%(why)s). Sign the mailbox in anew.")
            % {"why": why}
        )
    return given


@action
def _keep(mailbox: Mailbox, account: Account) -> None:
    """Keep the token that replaces the former one, unless somebody has signed in anew meanwhile."""
    sealed = account.sealed()
    if Mailbox.objects.filter(pk=mailbox.pk, secret=mailbox.secret).update(secret=sealed):
        mailbox.secret = sealed


def _unsealed(sealed: str, purpose: str) -> str:
    if not sealed:
        return ""
    try:
        return unseal(sealed, purpose=purpose)
    except SealBroken as error:
        raise NotLetIn(
            _("The password of this mailbox cannot be read any more. Write it anew in the mailbox's settings.")
        ) from error


def _name_of(mailbox: Mailbox) -> str:
    return hashlib.sha256(f"{mailbox.pk}\0{mailbox.secret}".encode()).hexdigest()
