"""How a purchase is told to whoever looks up a code: purchases lie above prices, so their module says it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from stamkunde.accounts.models import User


@dataclass(frozen=True)
class ToldPurchase:
    """What a purchase is called, its page, and whose it was, as far as the person may know."""

    called: str
    url: str
    customer: str = ""
    customer_url: str = ""


Teller = Callable[[Collection[int], User], dict[int, ToldPurchase]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    _tellers[:] = [teller]


def told(numbers: Collection[int], user: User) -> dict[int, ToldPurchase]:
    """Return the purchases of these numbers that the person may see."""
    return _tellers[0](numbers, user) if _tellers and numbers else {}
