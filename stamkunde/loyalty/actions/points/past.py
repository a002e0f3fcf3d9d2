"""Points of another time: what many members' purchases earned and let them use, entered as if told of one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from stamkunde.events.publishing import action, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import insert_models, insert_rows, new_row, next_numbers
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points.book import Book, Purse, hold
from stamkunde.loyalty.actions.points.sales import PointsOfSale, earn, kept, use
from stamkunde.loyalty.actions.points.settled import settle_purse
from stamkunde.loyalty.events import PointsExpired
from stamkunde.loyalty.models import (
    ExpiryKind,
    Lot,
    LotUse,
    Membership,
    PointsKind,
    PointsTransaction,
    Posting,
    TierMetric,
    TierMetricEntry,
    TierSource,
)
from stamkunde.loyalty.terms import earns_at, expires_at

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class PastSale:
    """A purchase of a member: what it earned by its lines, and what it counts in the programme's minor units.

    `uses` is how many points were used just before it outside of a purchase, as far as there were so many; `for_what`
    says what for.
    """

    sale: int
    at: datetime
    points: PointsOfSale
    spend: int
    uses: int = 0
    for_what: str = ""


@action
def record_past_points(bought: Mapping[Membership, Sequence[PastSale]], *, by: Actor) -> int:
    """Enter what the purchases of members, the oldest first, did to points and count towards levels; return how many.

    Nothing of theirs may have been entered before. Holds end and points expire at their times in between, up to now.
    Levels follow when they are settled. Nobody is told but of what has expired.
    """
    entered = 0
    members = iter(bought)
    while portion := list(islice(members, _AT_ONCE)):
        entered += _enter_portion({one: bought[one] for one in portion}, by)
    return entered


def _enter_portion(bought: Mapping[Membership, Sequence[PastSale]], by: Actor) -> int:
    book = _PastBook(by, sum(len(own) for own in bought.values()))
    counted: list[TierMetricEntry] = []
    expired: list[tuple[PointsExpired, datetime]] = []
    purses = hold(list(bought))
    recorded_at = now()
    for membership, sales in bought.items():
        purse = purses[membership.pk]
        for own in sales:
            _settle(book, purse, own.at, expired)
            if points := min(own.uses, purse.available):
                use(book, purse, points, at=own.at, reason=own.for_what)
            if (
                own.points.rate is not None
                and earns_at(membership.programme, own.at)
                and any(own.points.earned.values())
            ):
                split = kept(own.points.earned, own.points.since)
                earned = sum(own.points.earned.values())
                earn(book, purse, earned, own.points.rate, at=own.at, sale=own.sale, split=split)
            if purse.programme.expiry == ExpiryKind.INACTIVITY:
                _renew(purse, own.at)
            counted += _counted(membership, own, recorded_at)
        _settle(book, purse, recorded_at, expired)
    book.write()
    insert_models(counted)
    publish_in_bulk(expired, by=by)
    return len(book.transactions)


def _settle(book: "_PastBook", purse: Purse, at: datetime, expired: list[tuple[PointsExpired, datetime]]) -> None:
    before = len(book.transactions)
    if settle_purse(book, purse, at):
        expired += [
            (
                PointsExpired(
                    customer_id=purse.membership.customer_id,
                    membership_id=purse.membership.pk,
                    points=-one.points,
                    programme_name=purse.programme.name,
                ),
                one.occurred_at,
            )
            for one in book.transactions[before:]
            if one.kind == PointsKind.EXPIRED
        ]
    book.put_away_empty(purse)


def _renew(purse: Purse, at: datetime) -> None:
    until = expires_at(purse.programme, at)
    for lot in purse.lots.values():
        if until is not None and lot.expires_at is not None and at < lot.expires_at < until:
            lot.expires_at = until


def _counted(membership: Membership, own: PastSale, recorded_at: datetime) -> Iterator[TierMetricEntry]:
    amounts = {
        TierMetric.SPEND: own.spend,
        TierMetric.POINTS: sum(own.points.earned.values()),
        TierMetric.VISITS: 1 if own.spend else 0,
    }
    for kind, amount in amounts.items():
        if amount:
            yield new_row(
                TierMetricEntry,
                membership_id=membership.pk,
                kind=kind,
                amount=amount,
                occurred_at=own.at,
                recorded_at=recorded_at,
                source=TierSource.SALE,
                source_id=own.sale,
            )


class _PastBook(Book):
    """A book of so many entries that it is written row by row: its lots have their numbers before they are written."""

    def __init__(self, by: Actor, lots: int) -> None:
        super().__init__(by)
        self._numbers = iter(next_numbers(Lot, lots))

    def new_lots(self, purse: Purse, entered: PointsTransaction, lots: Sequence[Lot]) -> None:
        super().new_lots(purse, entered, lots)
        for lot in lots:
            lot.pk = next(self._numbers)
            self._uses.append((entered, lot.pk, lot.granted - lot.remaining))
            purse.know([lot])

    def put_away_empty(self, purse: Purse) -> None:
        """Let go of a member's lots in which nothing is left, so that they are not asked again and again."""
        for number in [pk for pk, own in purse.lots.items() if not own.remaining]:
            del purse.lots[number], purse.as_read[number]

    def write(self) -> None:
        insert_models(self.transactions)
        insert_rows(
            Posting,
            ("transaction", "account", "amount"),
            [(entered.pk, account.pk, amount) for entered, account, amount in self._postings],
        )
        left = {pk: own for purse in self._purses.values() for pk, own in purse.lots.items()}
        for entered, lot in self._lots:
            own = left.get(lot.pk)
            lot.transaction_id = entered.pk
            lot.remaining, lot.is_held = (own.remaining, own.is_held) if own is not None else (0, False)
            lot.expires_at = own.expires_at if own is not None else lot.expires_at
        insert_models([lot for _entered, lot in self._lots])
        insert_rows(
            LotUse,
            ("transaction", "lot", "amount"),
            [(entered.pk, number, amount) for entered, number, amount in self._uses if amount],
        )
        self._change_balances()
