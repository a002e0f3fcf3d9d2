"""What an amount comes to in cash, for whoever is about to pay it."""

from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.models import Store
from stamkunde.kit import shown
from stamkunde.kit.money import nearest


def said_in_cash(amount: int, store: Store, currency: str) -> str:
    """Return the amount as it is paid in cash, in words; nothing where cash makes no difference."""
    rounded = nearest(amount, cash_step(store, currency))
    return shown.amount(rounded, currency) if rounded != amount else ""
