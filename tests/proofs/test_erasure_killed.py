"""A-7: erasures killed in the middle, again and again: each finishes by itself, and of nobody anything is left."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.proofs.test_tills_killed import PROJECT, manage, told

ROUNDS, PURCHASES = 16, 60
SHOP = """
from stamkunde.customers.actions import write_note
from stamkunde.kit.actor import SYSTEM
from stamkunde.privacy.actions.asking import ask_for_erasure
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import make_customer, make_store
number, purchases = {number}, {purchases}
store = make_store()
her = make_customer(
    "Torbjørg", "Kanarifugl%s" % number, phone="+479123%04d" % number, email="kanari%s@example.no" % number
)
for bought in range(purchases):
    line = LineValues(description="Mittens", unit_price=100 + bought)
    register_order(OrderValues(store_id=store.pk, customer_id=her.pk, lines=(line,)), by=SYSTEM)
    write_note(her.pk, "Kanarifugl%s rang for %s. gang" % (number, bought), by=SYSTEM)
values = RequestValues(kind="erasure", asked_by="By letter", identity="document")
print("made", ask_for_erasure(receive_request(her, values, by=SYSTEM).pk, by=SYSTEM).pk)
"""
STATE = """
from stamkunde.privacy.models import Erasure
from stamkunde.sales.models import Order
states = list(Erasure.objects.order_by("pk").values_list("state", flat=True))
print("state", Order.objects.count(), sum(Order.objects.values_list("total", flat=True)), *states)
"""


@pytest.mark.proof
def test_a7_an_erasure_that_is_killed_finishes_by_itself(tmp_path: Path) -> None:
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    chance = random.Random(seed)
    environment = os.environ | {"STAMKUNDE_HOME": str(tmp_path)}
    manage(environment, "prepare")
    seen: dict[str, int] = {}
    for number in range(ROUNDS):
        told(environment, "made", SHOP.format(number=number, purchases=PURCHASES))
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.eraser"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE
        )
        assert worker.stdout is not None
        assert worker.stdout.readline(), "the eraser broke down"
        # From before the first step to after the last one.
        time.sleep(chance.uniform(0, 0.6))
        worker.kill()
        worker.wait()
        state = told(environment, "state", STATE)[-1]
        seen[state] = seen.get(state, 0) + 1

    deadline = time.monotonic() + 180
    worker = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=PROJECT, env=environment)
    try:
        while set((found := told(environment, "state", STATE))[2:]) != {"verified"}:
            assert time.monotonic() < deadline, f"not finished: {found}"
            time.sleep(1)
    finally:
        worker.kill()
        worker.wait()

    orders, total = int(found[0]), int(found[1])
    assert orders == ROUNDS * PURCHASES
    assert total == ROUNDS * sum(100 + bought for bought in range(PURCHASES))
    if not environment.get("DATABASE_URL"):
        with closing(sqlite3.connect(tmp_path / "stamkunde.sqlite3")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            dump = "\n".join(database.iterdump())
        for trace in ("Kanarifugl", "kanarifugl", "Torbj", "@example.no", "+479123"):
            assert trace not in dump, trace
    unwell = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--strict"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    only_the_tests_own_server = environment.get("DATABASE_URL", "") and unwell.stdout.count("✗") == 1
    assert unwell.returncode == 0 or (only_the_tests_own_server and "fsync is “off”" in unwell.stdout), unwell.stdout
    sys.stdout.write(f"{ROUNDS} kills (found: {seen}); all finished by themselves, nothing left.\n")
