"""How it is found out who buys. Memberships lie beside prices, so a module above both says how they are looked up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from stamkunde.accounts.models import User
from stamkunde.pricing.evaluator.values import Standing


@dataclass(frozen=True, kw_only=True)
class StandingSource:
    """The two ways to a standing: by the number of a customer, and by what a card says.

    `of_card` returns None where the person may not ask, or no card says that.
    """

    of_customer: Callable[[int, datetime], Standing]
    of_card: Callable[[User, str, datetime], Standing | None]


_registered: list[StandingSource] = []


def register(source: StandingSource) -> None:
    _registered[:] = [source]


def source() -> StandingSource:
    return _registered[0]
