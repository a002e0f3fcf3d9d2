"""How quickly points are told and ended: `./run bench points [--lots N]`.

So many lots of a tenth as many members, each with its transaction and postings as purchases enter them; a few in a
hundred of the lots are due this night. Balance and statement of members drawn at random are timed, and then the night.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

LOTS = 1_000_000
LOOKS = 300
LOOK_SECONDS, NIGHT_SECONDS = 0.020, 600.0
NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)
PER_MEMBER = 10
# Of a hundred lots, so many end their hold or their life on an ordinary night.
DUE_HOLDS, DUE_ENDS = 2, 1
_AT_ONCE = 50_000


def fill(count: int, seed: int) -> list[int]:
    """Write the ledger in bulk; return the numbers of the memberships."""
    from django.db import connection

    from stamkunde.customers.models import Customer
    from stamkunde.kit.bulk_insert import adapted, insert_rows
    from stamkunde.loyalty.models import (
        OF_MEMBERS,
        OF_PROGRAMMES,
        Lot,
        Membership,
        PointsAccount,
        PointsTransaction,
        Posting,
        Programme,
    )

    chance = random.Random(seed)
    programme = Programme.objects.create(
        name="Bench", state="open", currency="NOK", zone="Europe/Oslo", point_worth=100, created_at=NOW
    )
    own = {str(kind): PointsAccount.objects.create(programme=programme, kind=kind).pk for kind in OF_PROGRAMMES}
    issued = own["issued"]
    members = count // PER_MEMBER
    base = Customer.objects.create(given_name="Bench", created_at=NOW).pk
    insert_rows(
        Membership,
        ("id", "programme", "customer", "number", "state", "joined_at", "terms_version", "source", "unconfirmed",
         "version"),
        ((pk, programme.pk, base if pk == 1 else None, f"M{pk:010}", "active", adapted(NOW), "", "till", "", 1)
         for pk in range(1, members + 1)),
    )  # fmt: skip
    places = {str(kind): place for place, kind in enumerate(OF_MEMBERS)}
    first = PointsAccount.objects.latest("pk").pk + 1

    def account(member: int, kind: str) -> int:
        return first + (member - 1) * len(OF_MEMBERS) + places[kind]

    lots = list(_lots(count, chance))
    sums = {True: [0] * (members + 1), False: [0] * (members + 1)}
    for member, points, is_held, _held, _ends, _at in lots:
        sums[is_held][member] += points
    insert_rows(
        PointsAccount,
        ("id", "programme", "membership", "kind", "balance"),
        (
            (account(member, kind), programme.pk, member, str(kind),
             sums[kind == "pending"][member] if kind in ("available", "pending") else 0)
            for member in range(1, members + 1)
            for kind in OF_MEMBERS
        ),
    )  # fmt: skip
    for start in range(0, count, _AT_ONCE):
        some = list(enumerate(lots[start : start + _AT_ONCE], start=start + 1))
        insert_rows(
            PointsTransaction,
            ("id", "membership", "kind", "points", "occurred_at", "recorded_at", "source", "source_id", "reason",
             "recorded_by", "body_digest"),
            ((pk, own[0], "earned", own[1], adapted(own[5]), adapted(own[5]), "sale", pk, "", "Bench", "")
             for pk, own in some),
        )  # fmt: skip
        insert_rows(
            Posting,
            ("transaction", "account", "amount"),
            (
                row
                for pk, own in some
                for row in (
                    (pk, issued, -own[1]),
                    (pk, account(own[0], "pending" if own[2] else "available"), own[1]),
                )
            ),
        )
        insert_rows(
            Lot,
            ("membership", "transaction", "granted", "remaining", "is_held", "held_until", "expires_at", "rate_points",
             "rate_per", "currency", "exchange_to", "exchange_from", "rule_version"),
            (
                (own[0], pk, own[1], own[1], own[2], adapted(own[3]), adapted(own[4]), 1, 1000, "NOK", 1, 1, 1)
                for pk, own in some
            ),
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(range(1, members + 1))


def _lots(count: int, chance: random.Random) -> Iterator[tuple[int, int, bool, datetime, datetime, datetime]]:
    """Yield for each lot its member, its points, whether it is held, until when, when it ends and when it came."""
    members = count // PER_MEMBER
    for place in range(count):
        kind = place % 100
        at = NOW - timedelta(days=31 if kind < DUE_HOLDS else chance.randint(32, 300), minutes=place % 600)
        is_held = kind < DUE_HOLDS
        ends = NOW - timedelta(hours=2) if DUE_HOLDS <= kind < DUE_HOLDS + DUE_ENDS else NOW + timedelta(days=300)
        yield place % members + 1, chance.randint(1, 200), is_held, at + timedelta(days=30), ends, at


def timed(name: str, look: Any, members: list[int], chance: random.Random) -> bool:
    seconds = []
    for _look in range(LOOKS):
        member = chance.choice(members)
        begun = time.perf_counter()
        look(member)
        seconds.append(time.perf_counter() - begun)
    slow = statistics.quantiles(seconds, n=20)[-1]
    print(f"{name}: median {statistics.median(seconds) * 1000:.1f} ms, p95 {slow * 1000:.1f} ms (limit 20 ms)")
    return slow < LOOK_SECONDS


def night() -> bool:
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.loyalty.actions.points import settle_members
    from stamkunde.loyalty.jobs import PORTION
    from stamkunde.loyalty.queries.points import members_due

    begun, done = time.perf_counter(), 0
    while members := members_due(NOW, PORTION):
        done += settle_members(members, NOW, by=SYSTEM)
    seconds = time.perf_counter() - begun
    print(
        f"the night: {done:,} transactions in {seconds:.0f} s ({done / max(seconds, 0.001):,.0f} a second; limit 600 s)"
    )
    return seconds < NIGHT_SECONDS


def run(count: int, seed: int) -> bool:
    from django.db import transaction

    from stamkunde.kit.paging import Order, page
    from stamkunde.loyalty.models import Membership, PointsTransaction
    from stamkunde.loyalty.points_invariants import POINTS_INVARIANTS
    from stamkunde.loyalty.queries.points import balance_of

    begun = time.perf_counter()
    # As one transaction: each of these rows by itself would wait for the disk.
    with transaction.atomic():
        members = fill(count, seed)
    print(f"{count:,} lots of {len(members):,} members, written in {time.perf_counter() - begun:.0f} s")
    chance = random.Random(seed)

    def balance(member: int) -> None:
        balance_of(Membership.objects.select_related("programme").get(pk=member), NOW)

    def statement(member: int) -> None:
        list(page(PointsTransaction.objects.filter(membership=member), Order("occurred_at"), size=30).rows)

    sound = [timed("balance", balance, members, chance), timed("statement", statement, members, chance), night()]
    found = [said for invariant in POINTS_INVARIANTS for said in invariant.check()]
    print("the ledger adds up" if not found else f"{len(found)} findings, such as {found[0]}")
    return all(sound) and not found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure balance, statement and night of points.")
    parser.add_argument("--lots", type=int, default=LOTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="an empty database; else an SQLite file")
    wanted = parser.parse_args()
    from contextlib import nullcontext

    from benchmarks.stock.database import sqlite

    with nullcontext(wanted.database) if wanted.database else sqlite() as url:
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return 0 if run(wanted.lots, wanted.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
