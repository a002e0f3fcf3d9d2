"""What the smallest coin is that a store gives and takes: to it is rounded what is paid in cash, and nothing else."""

from decimal import Decimal

from stamkunde.accounts.models import CashRounding, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.kit.money import decimals_of

# Norway and Sweden have no coin below the krone, Denmark none below 50 øre.
_BY_CURRENCY = {"NOK": "1.00", "SEK": "1.00", "DKK": "0.50"}
# The euro has coins of one cent, but Finland rounds by law, and so do Estonia since 2025-01-01 and Lithuania since
# 2025-05-01; Latvia does not. A store of theirs is known by its clock.
_EURO_BY_ZONE = dict.fromkeys(("Europe/Helsinki", "Europe/Mariehamn", "Europe/Tallinn", "Europe/Vilnius"), "0.05")


def cash_step(store: Store, currency: str) -> int:
    """Return to what cash of a currency is rounded at a store, in minor units; nought where it is not rounded."""
    shop = the_shop()
    chosen = shop.cash_rounding
    # One shop may have stores in several countries; the step it chose was meant for its own money.
    if chosen == CashRounding.USUAL or (chosen != CashRounding.NONE and currency != shop.currency):
        chosen = _usual(store, currency)
    if chosen == CashRounding.NONE:
        return 0
    step = Decimal(chosen).scaleb(decimals_of(currency))
    # A currency without decimals has no half, and a step of one is none.
    return int(step) if step == step.to_integral_value() and step > 1 else 0


def _usual(store: Store, currency: str) -> str:
    if currency == "EUR":
        return _EURO_BY_ZONE.get(store.zone, CashRounding.NONE)
    return _BY_CURRENCY.get(currency, CashRounding.NONE)
