"""How a purchase is paid and a return paid out: the parts make up the whole, and what is paid in coins is rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.models import Store
from stamkunde.kit import shown
from stamkunde.kit.money import nearest
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.refunding import InCash
from stamkunde.sales.models import PaymentMethod
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import PaymentValues, RefundValues

# Django puts the choices together anew, with their names, whenever it is asked.
_METHODS = frozenset(PaymentMethod.values) - {PaymentMethod.EXCHANGE}
_NO_CASH_YET = InCash()


P = TypeVar("P", PaymentValues, RefundValues)


@dataclass(frozen=True)
class Paid:
    """The parts as method, amount and reference; `rounding` is how much more they are than the total, or less."""

    parts: list[tuple[str, int, str]]
    rounding: int = 0


def paid(
    parts: Sequence[PaymentValues] | Sequence[RefundValues],
    total: int,
    field: str,
    *,
    store: Store,
    currency: str,
    before: InCash = _NO_CASH_YET,
) -> Paid:
    """Return the payments or refunds with their amounts; together they must be the whole, unless none is given.

    What other ways than cash leave open is rounded where it is paid in cash. An amount of cash that was written down
    is kept as it is or refused: what lies in the drawer is not worked out anew. `before` is what was given back in cash
    for the same purchase: all of it together is rounded, so that many small parts are not each rounded up.
    """
    if not parts:
        return Paid([])
    if len(parts) > 20 or sum(part.amount is None for part in parts) > 1:
        raise SaleRefused(_("Write an amount for every payment but one."), field)
    said = sum(checks.amount(part.amount, field) for part in parts if part.amount is not None)
    if any(part.method not in _METHODS for part in parts):
        raise SaleRefused(_("Choose one of the ways to pay."), field)
    rounding = _rounding(parts, total, field, store, currency, before)
    found = []
    for part in parts:
        own = total + rounding - said if part.amount is None else part.amount
        if own < 0:
            raise SaleRefused(_("The payments are more than the total."), field)
        found.append((part.method, own, checks.plain(part.reference, field, 120)))
    if sum(own for _method, own, _reference in found) != total + rounding:
        raise SaleRefused(
            _("The payments do not add up to the total. Write them anew, or leave one amount open."), field
        )
    return Paid(found, rounding)


def beside_exchange(parts: Sequence[P], rest: int, exchanged: int) -> Sequence[P]:
    """Return the parts as they are, or none where what came back is all, and nobody wrote down an amount besides."""
    return () if exchanged and not rest and all(part.amount is None for part in parts) else parts


def _rounding(
    parts: Sequence[PaymentValues] | Sequence[RefundValues],
    total: int,
    field: str,
    store: Store,
    currency: str,
    before: InCash,
) -> int:
    """Return what cash adds to the total or takes off it; refuse cash that cannot be paid in coins."""
    in_cash = [part for part in parts if part.method == PaymentMethod.CASH]
    step = cash_step(store, currency) if in_cash else 0
    if not step:
        return 0
    cash = sum(part.amount or 0 for part in in_cash)
    open_part = next((part for part in parts if part.amount is None), None)
    if open_part is not None and open_part.method != PaymentMethod.CASH:
        # The other way pays the rest to the øre, so the cash beside it needs no rounding and must be whole coins.
        if cash % step:
            raise SaleRefused(
                _("%(amount)s cannot be paid in cash here. Write an amount that is a multiple of %(step)s.")
                % {"amount": shown.amount(cash, currency), "step": shown.amount(step, currency)},
                field,
            )
        return 0
    owed = total - sum(part.amount or 0 for part in parts if part.method != PaymentMethod.CASH)
    if owed < 0:
        raise SaleRefused(_("The payments are more than the total."), field)
    rounded = max(0, nearest(before.owed + owed, step) - before.given)
    if open_part is None and cash != rounded and abs(cash - owed) < step:
        raise SaleRefused(
            _(
                "In cash it comes to %(right)s and not to %(amount)s: cash is rounded to the nearest %(step)s here. "
                "Write %(right)s, or leave the amount open."
            )
            % {
                "right": shown.amount(rounded, currency),
                "amount": shown.amount(cash, currency),
                "step": shown.amount(step, currency),
            },
            field,
        )
    return rounded - owed
