"""What the counter lets people do is what the modules under it let them do; and which baskets a till may take up."""

from stamkunde.accounts.models import User
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.kit.policy import Permission
from stamkunde.sales.access import REGISTER, counted_returns
from stamkunde.sales.models import Return

PERMISSIONS: tuple[Permission, ...] = ()


def basket_for(user: User, key: str, place: Place) -> Basket | None:
    """Return a basket of the person's store by its key; None where there is none (yet)."""
    if not key or not user.may(REGISTER.name):
        return None
    found = Basket.objects.select_related("store", "till", "customer__home_store", "order")
    return found.filter(key=key, store=place.store).first()


def return_under(user: User, key: str) -> Return | None:
    """Return what was taken back at the counter under a key before, also from somebody who is erased."""
    rows = counted_returns(user).select_related("store", "till", "customer")
    return rows.filter(idempotency_key=f"counter:{key}").first() if key else None
