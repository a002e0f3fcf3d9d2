"""Writing in the ledger: a member's accounts and lots held by a transaction, and what is entered about them.

Whoever writes holds the member's accounts first. PostgreSQL locks the rows; SQLite lets one transaction write at a
time. On both a row is only changed as long as it stands as it was read, so that nothing is ever counted twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import adapted, new_row
from stamkunde.kit.clock import now
from stamkunde.loyalty.models import (
    OF_MEMBERS,
    OF_PROGRAMMES,
    AccountKind,
    Lot,
    LotUse,
    Membership,
    PointsAccount,
    PointsKind,
    PointsTransaction,
    Posting,
    Programme,
)
from stamkunde.loyalty.refusals import PointsRefused
from stamkunde.loyalty.settling import Standing
from stamkunde.loyalty.terms import closing_end

_AT_ONCE = 2_000


@dataclass
class Purse:
    """What a member has, held until the end of the transaction: each account's balance, and the lots with points."""

    membership: Membership
    accounts: dict[str, PointsAccount]
    programmes_own: dict[str, PointsAccount]
    lots: dict[int, Standing] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    as_read: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.balances = {kind: own.balance or 0 for kind, own in self.accounts.items()}

    @property
    def programme(self) -> Programme:
        return self.membership.programme

    @property
    def closing(self) -> datetime | None:
        return closing_end(self.programme)

    @property
    def available(self) -> int:
        return self.balances[AccountKind.AVAILABLE]

    @property
    def debt(self) -> int:
        return -self.balances[AccountKind.DEBT]

    def know(self, lots: Iterable[Lot]) -> None:
        """Take lots in, as the table has them."""
        for lot in lots:
            if lot.pk not in self.lots:
                self.lots[lot.pk] = Standing(lot.pk, lot.remaining, lot.is_held, lot.held_until, lot.expires_at)
                self.as_read[lot.pk] = (lot.remaining, lot.is_held)


def hold(memberships: Sequence[Membership], *, with_lots: bool = True) -> dict[int, Purse]:
    """Return what these members have, held so that nobody else changes it before the transaction ends."""
    wanted = {one.pk: one for one in memberships}
    own = _held_accounts(wanted)
    programmes = _programmes_accounts({one.programme_id for one in memberships})
    purses = {pk: Purse(membership, own[pk], programmes[membership.programme_id]) for pk, membership in wanted.items()}
    if with_lots:
        for lot in Lot.objects.filter(membership__in=wanted, remaining__gt=0).order_by("pk"):
            purses[lot.membership_id].know([lot])
    return purses


def hold_one(membership: Membership, *, with_lots: bool = True) -> Purse:
    return hold([membership], with_lots=with_lots)[membership.pk]


def _held_accounts(wanted: Mapping[int, Membership]) -> dict[int, dict[str, PointsAccount]]:
    rows = PointsAccount.objects.select_for_update().filter(membership__in=wanted).order_by("pk")
    found: dict[int, dict[str, PointsAccount]] = {pk: {} for pk in wanted}
    for account in rows:
        if account.membership_id is not None:
            found[account.membership_id][account.kind] = account
    new = [one for pk, one in wanted.items() if len(found[pk]) < len(OF_MEMBERS)]
    if not new:
        return found
    PointsAccount.objects.bulk_create(
        [
            PointsAccount(programme_id=one.programme_id, membership=one, kind=kind, balance=0)
            for one in new
            for kind in OF_MEMBERS
        ],
        ignore_conflicts=True,
    )
    return found | _held_accounts({one.pk: one for one in new})


def _programmes_accounts(programmes: set[int]) -> dict[int, dict[str, PointsAccount]]:
    found: dict[int, dict[str, PointsAccount]] = {pk: {} for pk in programmes}
    for account in PointsAccount.objects.filter(programme__in=programmes, membership=None):
        found[account.programme_id][account.kind] = account
    new = {pk for pk in programmes if len(found[pk]) < len(OF_PROGRAMMES)}
    if not new:
        return found
    PointsAccount.objects.bulk_create(
        [PointsAccount(programme_id=pk, kind=kind) for pk in new for kind in OF_PROGRAMMES], ignore_conflicts=True
    )
    return found | _programmes_accounts(new)


class Book:
    """What is entered about some members in one transaction, written down all at once."""

    def __init__(self, by: Actor) -> None:
        self._by = by.label[:120]
        self._recorded_at = now()
        self._purses: dict[int, Purse] = {}
        self.transactions: list[PointsTransaction] = []
        self._postings: list[tuple[PointsTransaction, PointsAccount, int]] = []
        self._uses: list[tuple[PointsTransaction, int, int]] = []
        self._lots: list[tuple[PointsTransaction, Lot]] = []

    def enter(
        self,
        purse: Purse,
        kind: PointsKind,
        moves: Mapping[AccountKind, int],
        *,
        points: int,
        at: datetime,
        uses: Sequence[tuple[int, int]] = (),
        lots: Sequence[Lot] = (),
        **said: Any,
    ) -> PointsTransaction:
        """Enter a transaction; `moves` are what goes into each account and add up to nought.

        `uses` are what it takes out of lots, which the purse shows already; `lots` are those
        that come of it, and what one of them has no longer went at once to what the member owed.
        """
        if sum(moves.values()):
            raise AssertionError(f"The postings of {kind} do not add up to nought.")
        for name in ("reverses", "spent_by"):
            if (other := said.pop(name, None)) is not None:
                said[f"{name}_id"] = other.pk
        entered = new_row(
            PointsTransaction,
            membership_id=purse.membership.pk,
            kind=kind,
            points=points,
            occurred_at=at,
            recorded_at=self._recorded_at,
            recorded_by=self._by,
            **said,
        )
        self._purses[purse.membership.pk] = purse
        self.transactions.append(entered)
        for name, amount in moves.items():
            if not amount:
                continue
            if name in purse.accounts:
                purse.balances[name] += amount
                self._postings.append((entered, purse.accounts[name], amount))
            else:
                self._postings.append((entered, purse.programmes_own[name], amount))
        self._uses.extend((entered, number, taken) for number, taken in uses if taken)
        self.new_lots(purse, entered, lots)
        return entered

    def new_lots(self, purse: Purse, entered: PointsTransaction, lots: Sequence[Lot]) -> None:
        for lot in lots:
            lot.membership_id = purse.membership.pk
            self._lots.append((entered, lot))

    @property
    def has_new_lots(self) -> bool:
        return bool(self._lots)

    def write(self) -> None:
        """Write all of it; refuse where somebody else changed what was read."""
        PointsTransaction.objects.bulk_create(self.transactions, batch_size=_AT_ONCE)
        Posting.objects.bulk_create(
            [
                Posting(transaction=entered, account=account, amount=amount)
                for entered, account, amount in self._postings
            ],
            batch_size=_AT_ONCE,
        )
        for entered, lot in self._lots:
            lot.transaction_id = entered.pk
        Lot.objects.bulk_create([lot for _entered, lot in self._lots], batch_size=_AT_ONCE)
        paid_at_once = [
            (entered, lot.pk, lot.granted - lot.remaining) for entered, lot in self._lots if lot.remaining < lot.granted
        ]
        LotUse.objects.bulk_create(
            [
                LotUse(transaction=entered, lot_id=number, amount=amount)
                for entered, number, amount in [*self._uses, *paid_at_once]
            ],
            batch_size=_AT_ONCE,
        )
        self._change_lots()
        self._change_balances()

    def _change_lots(self) -> None:
        changed = []
        for purse in self._purses.values():
            for number, (remaining, is_held) in purse.as_read.items():
                own = purse.lots[number]
                if (own.remaining, own.is_held) != (remaining, is_held):
                    changed.append((own.remaining, own.is_held, number, remaining, is_held))
                    purse.as_read[number] = (own.remaining, own.is_held)
        _change(
            "UPDATE loyalty_lot SET remaining = %s, is_held = %s WHERE id = %s AND remaining = %s AND is_held = %s",
            changed,
        )

    def _change_balances(self) -> None:
        changed = []
        for purse in self._purses.values():
            for kind, account in purse.accounts.items():
                if account.balance != purse.balances[kind]:
                    changed.append((purse.balances[kind], account.pk, account.balance))
                    account.balance = purse.balances[kind]
        _change("UPDATE loyalty_pointsaccount SET balance = %s WHERE id = %s AND balance = %s", changed)


def _change(statement: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    # In the order of their numbers, so that two never wait for each other crosswise.
    with connection.cursor() as cursor:
        cursor.executemany(statement, [tuple(adapted(value) for value in row) for row in sorted(rows, key=_number)])
        if cursor.rowcount not in (-1, len(rows)):
            raise PointsRefused(_("Somebody changed these points at this very moment. Look at them and do it again."))


def _number(row: tuple[Any, ...]) -> int:
    return int(row[2] if len(row) > 3 else row[1])
