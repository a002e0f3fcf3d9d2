"""Tokens by which machines come in, and whoever acts by one."""

from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Store, User
from stamkunde.exchange.scopes import permissions_within
from stamkunde.kit.actor import Actor, ActorKind


class Token(models.Model):
    """A machine's key: what it opens is its owner's role narrowed by scopes. Only its beginning and a digest are kept.

    256 bits drawn by chance need no slow hash: nobody guesses them, and every request has to look one up.
    """

    name = models.CharField(_("what it is for"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    store = models.ForeignKey(
        Store, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("store")
    )
    scopes = models.JSONField(_("what it may do"), default=list)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner"], name="exchange_tokens_in_use", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        # Runs of imports are machines too, with numbers of their own; below zero none meets the other.
        return Actor(ActorKind.MACHINE, -self.pk, f"{self.name} ({self.owner.name})"[:120])


class Pace(models.Model):
    """How many requests a token still has, all processes together; `left` is what there was `at` that moment."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE, primary_key=True, related_name="+")
    left = models.FloatField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.token_id}: {self.left}"


class Bearer(User):
    """The owner of a token as far as the token reaches: whatever asks a person's rights asks a machine's by it."""

    token: Token
    permissions: frozenset[str] = frozenset()

    class Meta:
        proxy = True

    @classmethod
    def of(cls, token: Token) -> "Bearer":
        bearer = token.owner
        bearer.__class__ = cls
        assert isinstance(bearer, Bearer)  # noqa: S101 - says it to the reader and to mypy
        bearer.token = token
        bearer.permissions = permissions_within(token.scopes)
        # Looked up before the token's store takes the owner's place: a token reaches no further than its owner.
        _ = bearer.own_store_ids
        if token.store_id is not None:
            bearer.store_id = token.store_id
        return bearer

    @property
    def actor(self) -> Actor:
        return replace(self.token.actor, places=self.own_store_ids)

    def may(self, permission: str) -> bool:
        return permission in self.permissions and super().may(permission)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: the store of a bearer may be the token's, which must not become the person's."""
        raise TypeError("A bearer is never saved; change the member of staff.")
