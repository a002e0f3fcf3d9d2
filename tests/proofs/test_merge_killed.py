"""Merging killed in the middle, again and again: two customers are both as they were, or one with everything."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.proofs.test_tills_killed import PROJECT, manage, told

ROUNDS, PURCHASES = 25, 150
SHOP = f"""
from stamkunde.customers.actions import write_note
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import make_customer, make_store
store, pair = make_store(), [make_customer("Kari", name, phone="+4791234567") for name in ("Nordmann", "Nordmand")]
for customer in pair:
    for number in range({PURCHASES}):
        line = LineValues(description="Mittens", unit_price=100 + number)
        register_order(OrderValues(store_id=store.pk, customer_id=customer.pk, lines=(line,)), by=SYSTEM)
        write_note(customer.pk, f"Note {{number}}", by=SYSTEM)
print("made", *[customer.pk for customer in pair])
"""
STATE = """
from stamkunde.customers.models import Customer, Merge, Note
from stamkunde.events.models import Happening
from stamkunde.sales.models import Order
merges = Merge.objects.filter(undone_at=None).count()
counts = []
for pk in ({survivor}, {merged}):
    told = Happening.objects.filter(customer_id=pk, name__in=("sales.order_placed", "customers.note_written"))
    counts += [Order.objects.filter(customer=pk).count(), Note.objects.filter(customer=pk).count(), told.count()]
visits = Customer.objects.order_by("pk").values_list("visits", flat=True)
print("state", merges, *counts, Customer.objects.present().count(), *visits)
"""
APART = [0, *[PURCHASES, PURCHASES, 2 * PURCHASES] * 2, 2, 1, 1]
ONE = [1, 2 * PURCHASES, 2 * PURCHASES, 4 * PURCHASES, 0, 0, 0, 1, 1, 0]


@pytest.mark.proof
def test_a6_a_merge_that_is_killed_is_whole_or_never_was(tmp_path: Path) -> None:
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    chance = random.Random(seed)
    environment = os.environ | {"STAMKUNDE_HOME": str(tmp_path)}
    manage(environment, "prepare")
    survivor, merged = told(environment, "made", SHOP)
    seen = set()
    for _ in range(ROUNDS):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.merger", survivor, merged],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline(), "the merger broke down"
        time.sleep(chance.uniform(0, 0.4))
        worker.kill()
        worker.wait()
        state = [int(word) for word in told(environment, "state", STATE.format(survivor=survivor, merged=merged))]
        assert state in (APART, ONE), f"half merged: {state}"
        seen.add(state[0])
    unwell = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--strict"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    only_the_tests_own_server = environment.get("DATABASE_URL", "") and unwell.stdout.count("✗") == 1
    assert unwell.returncode == 0 or (only_the_tests_own_server and "fsync is “off”" in unwell.stdout), unwell.stdout
    sys.stdout.write(f"{ROUNDS} kills, each found both apart or one whole (seen: {sorted(seen)}).\n")
