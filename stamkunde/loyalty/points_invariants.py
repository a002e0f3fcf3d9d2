"""What must always hold of points: every transaction adds up to nought, and whatever is kept is what was entered."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant

_UNBALANCED = """
    SELECT t.id, COALESCE(SUM(p.amount), 0) FROM loyalty_pointstransaction t
    LEFT JOIN loyalty_posting p ON p.transaction_id = t.id
    GROUP BY t.id HAVING COALESCE(SUM(p.amount), 0) <> 0 ORDER BY t.id
"""
_BALANCES = """
    SELECT a.id, a.balance, COALESCE(SUM(p.amount), 0) FROM loyalty_pointsaccount a
    LEFT JOIN loyalty_posting p ON p.account_id = a.id
    WHERE a.membership_id IS NOT NULL
    GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(p.amount), 0) ORDER BY a.id
"""
_LOTS = """
    SELECT l.id, l.remaining, l.granted - COALESCE(SUM(u.amount), 0) FROM loyalty_lot l
    LEFT JOIN loyalty_lotuse u ON u.lot_id = l.id
    GROUP BY l.id, l.remaining, l.granted HAVING l.remaining <> l.granted - COALESCE(SUM(u.amount), 0) ORDER BY l.id
"""
_WHERE_POINTS_LIE = """
    SELECT a.membership_id, a.kind, a.balance, COALESCE(SUM(l.remaining), 0) FROM loyalty_pointsaccount a
    LEFT JOIN loyalty_lot l ON l.membership_id = a.membership_id AND l.remaining > 0
        AND ((a.kind = 'pending' AND l.is_held) OR (a.kind = 'available' AND NOT l.is_held))
    WHERE a.kind IN ('pending', 'available')
    GROUP BY a.id, a.membership_id, a.kind, a.balance HAVING a.balance <> COALESCE(SUM(l.remaining), 0)
    ORDER BY a.membership_id
"""
_RESERVED = """
    SELECT a.membership_id, a.balance, COALESCE(SUM(r.points), 0) FROM loyalty_pointsaccount a
    LEFT JOIN loyalty_pointsreservation r ON r.membership_id = a.membership_id AND r.state = 'open'
    WHERE a.kind = 'reserved'
    GROUP BY a.id, a.membership_id, a.balance HAVING a.balance <> COALESCE(SUM(r.points), 0) ORDER BY a.membership_id
"""
_OWING_AND_HAVING = """
    SELECT d.membership_id, d.balance, a.balance FROM loyalty_pointsaccount d
    JOIN loyalty_pointsaccount a ON a.membership_id = d.membership_id AND a.kind = 'available'
    WHERE d.kind = 'debt' AND d.balance < 0 AND a.balance > 0 ORDER BY d.membership_id
"""
_TAKEN_BACK = """
    SELECT e.id, e.points, SUM(-t.points) FROM loyalty_pointstransaction e
    JOIN loyalty_pointstransaction t ON t.reverses_id = e.id AND t.kind = 'taken_back'
    WHERE e.kind = 'earned'
    GROUP BY e.id, e.points HAVING SUM(-t.points) > e.points ORDER BY e.id
"""


def _rows(statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[int, ...]] = cursor.fetchall()
    return found


def transactions_out_of_balance() -> Iterator[str]:
    for number, amount in _rows(_UNBALANCED):
        yield _("The postings of points transaction %(number)s add up to %(amount)s and not to nought.") % {
            "number": number,
            "amount": amount,
        }


def balances_unlike_postings() -> Iterator[str]:
    for number, kept, counted in _rows(_BALANCES):
        yield _("Points account %(number)s says %(kept)s, and its postings add up to %(counted)s.") % {
            "number": number,
            "kept": kept,
            "counted": counted,
        }


def lots_unlike_their_uses() -> Iterator[str]:
    for number, kept, counted in _rows(_LOTS):
        yield _("Lot %(number)s of points has %(kept)s left, and by its uses %(counted)s.") % {
            "number": number,
            "kept": kept,
            "counted": counted,
        }


def balances_unlike_lots() -> Iterator[str]:
    for number, kept, counted in [*((pk, own, lots) for pk, _kind, own, lots in _rows(_WHERE_POINTS_LIE))]:
        yield _("Membership %(number)s has %(kept)s points, and in its lots %(counted)s.") % {
            "number": number,
            "kept": kept,
            "counted": counted,
        }
    for number, kept, counted in _rows(_RESERVED):
        yield _("Membership %(number)s has %(kept)s points reserved, and by its reservations %(counted)s.") % {
            "number": number,
            "kept": kept,
            "counted": counted,
        }
    for number, owed, kept in _rows(_OWING_AND_HAVING):
        yield _("Membership %(number)s owes %(owed)s points though it has %(kept)s.") % {
            "number": number,
            "owed": -owed,
            "kept": kept,
        }


def more_taken_back_than_earned() -> Iterator[str]:
    for number, earned, taken in _rows(_TAKEN_BACK):
        yield _("Of the %(earned)s points of transaction %(number)s, %(taken)s were taken back.") % {
            "number": number,
            "earned": earned,
            "taken": taken,
        }


POINTS_INVARIANTS = (
    Invariant(
        "points-balanced",
        gettext_lazy("The postings of every points transaction add up to nought."),
        transactions_out_of_balance,
    ),
    Invariant(
        "points-balances",
        gettext_lazy("Every balance of points is the sum of its postings."),
        balances_unlike_postings,
    ),
    Invariant(
        "points-lots", gettext_lazy("Every lot of points has left what was not taken out."), lots_unlike_their_uses
    ),
    Invariant(
        "points-places",
        gettext_lazy("What a member has lies in lots and reservations, and nobody owes who has."),
        balances_unlike_lots,
    ),
    Invariant(
        "points-taken-back",
        gettext_lazy("No return takes back more points than were earned."),
        more_taken_back_than_earned,
    ),
)
