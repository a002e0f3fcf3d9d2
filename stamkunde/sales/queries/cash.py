"""What an amount comes to in cash, for whoever is about to pay it."""

from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.models import Store
from stamkunde.kit import shown
from stamkunde.kit.money import nearest
from stamkunde.sales.actions.refunding import InCash, given_in_cash
from stamkunde.sales.models import Order


def said_in_cash(amount: int, store: Store, currency: str, *, of: Order | None = None) -> str:
    """Return the amount as it is paid in cash, in words; nothing where cash makes no difference.

    What is given back `of` a purchase is rounded together with what was given back of it before.
    """
    step = cash_step(store, currency)
    before = given_in_cash(of) if of is not None and step and amount else InCash()
    rounded = max(0, nearest(before.owed + amount, step) - before.given)
    return shown.amount(rounded, currency) if rounded != amount else ""
