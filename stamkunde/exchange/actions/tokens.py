"""Making a token, ending it, and noting that it was used."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, User
from stamkunde.events.publishing import action, publish
from stamkunde.exchange.events import TokenEnded, TokenMade
from stamkunde.exchange.models import Token
from stamkunde.exchange.scopes import SCOPES
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

MOST_TOKENS = 50
USED_STEP = timedelta(minutes=1)
_MARK = "sk_"


class TokenRefused(Exception):
    """A token that cannot be made; the text says why and what to do, `field` what it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@action
def make_token(
    *,
    name: str,
    owner: User,
    scopes: Iterable[str],
    store: Store | None = None,
    expires_at: datetime | None = None,
    by: Actor,
) -> tuple[Token, str]:
    """Make a token; return it and the secret, which is shown once and kept nowhere."""
    plain = " ".join(name.split())
    chosen = sorted(set(scopes))
    if not plain:
        raise TokenRefused(_("Write what the token is for, so that you know it again later."), "name")
    if not chosen or not set(chosen) <= SCOPES.keys():
        raise TokenRefused(_("Choose at least one thing the token may do."), "scopes")
    if expires_at is not None and expires_at <= now():
        raise TokenRefused(_("Choose a day that is still to come."), "expires_at")
    if not owner.is_active:
        raise TokenRefused(_("%(name)s may no longer sign in. Choose somebody else.") % {"name": owner.name}, "owner")
    if Token.objects.filter(owner=owner, ended_at=None).count() >= MOST_TOKENS:
        raise TokenRefused(_("There are %(most)s tokens already. End one first.") % {"most": MOST_TOKENS})
    secret = f"{_MARK}{secrets.token_urlsafe(32)}"
    token = Token(
        name=plain[:80],
        owner=owner,
        store=store,
        scopes=chosen,
        prefix=secret[:9],
        digest=digest_of(secret),
        made_by=by.label[:120],
        made_at=now(),
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    publish(
        TokenMade(token_id=token.pk, token_name=token.name, owner_name=owner.name, scopes=chosen),
        by=by,
    )
    return token, secret


@action
def end_token(token: Token, *, by: Actor) -> None:
    """End a token at once: the very next request with it is refused."""
    if Token.objects.filter(pk=token.pk, ended_at=None).update(ended_at=now()):
        publish(TokenEnded(token_id=token.pk, token_name=token.name, owner_name=token.owner.name), by=by)


@action
def end_tokens_of(owner_id: int, *, by: Actor) -> None:
    """End every token of somebody who may no longer sign in; coming back does not bring them back."""
    for token in Token.objects.select_related("owner").filter(owner=owner_id, ended_at=None).order_by("pk"):
        end_token(token, by=by)


@action
def note_use(token: Token, at: datetime) -> None:
    """Note that a token was used, once a minute at most: a commit for every request would cost more than it tells."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - USED_STEP)
    Token.objects.filter(stale, pk=token.pk).update(last_used_at=at)
