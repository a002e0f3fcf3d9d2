"""How a member of staff likes her own screen: nobody else's business, so it is not told."""

from stamkunde.accounts.models import User
from stamkunde.events.publishing import action

FIELDS = ("language", "theme", "density", "text_size", "single_keys")


@action
def keep_preferences(user: User, *, by: object) -> User:
    user.save(update_fields=list(FIELDS))
    return user
