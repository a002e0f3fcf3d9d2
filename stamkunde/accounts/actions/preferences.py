"""How a member of staff likes her own screen: nobody else's business, so it is not told."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from stamkunde.accounts.keys import KEYS
from stamkunde.accounts.models import User
from stamkunde.events.publishing import action

# Browsers hand out one unit of UTF-16 for a key; rarer signs take two.
_LAST_SIGN = 0xFFFF
FIELDS = ("language", "theme", "density", "text_size", "single_keys")


@action
def keep_preferences(user: User, *, by: object) -> User:
    user.save(update_fields=list(FIELDS))
    return user


class KeysRefused(Exception):
    """Keys that cannot be used; the text says why and what to do, `usual` is the usual key of what it is about."""

    def __init__(self, sentence: str, usual: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.usual = usual


@action
def keep_keys(user: User, chosen: Mapping[str, str], *, by: object) -> User:
    """Keep which key does what, by the usual key of each; one that is left out keeps its usual key."""
    keys = {usual: (chosen.get(usual, "").strip().lower() or usual) for usual in KEYS}
    taken: dict[str, str] = {}
    for usual, own in keys.items():
        if len(own) != 1 or not own.isprintable() or ord(own) > _LAST_SIGN:
            raise KeysRefused(_("Choose one letter, digit or sign."), usual)
        if own in taken:
            raise KeysRefused(
                _("This key is for “%(what)s” already. Choose another one.") % {"what": KEYS[taken[own]]}, usual
            )
        taken[own] = usual
    user.own_keys = " ".join(usual + own for usual, own in keys.items() if usual != own)
    user.save(update_fields=["own_keys"])
    return user
