"""Tills killed in the middle of selling, again and again: nothing promised is lost, nothing is there twice."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.proofs.till import kept

PROJECT = Path(__file__).resolve().parents[2]
TILLS, ROUNDS = 4, 8
SHOP = """
from tests.world import make_customer, make_store
print("made", make_store().pk, make_customer().pk)
"""
KEYS = """
from stamkunde.sales.models import Order
print("keys", *Order.objects.values_list("idempotency_key", flat=True))
"""


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def told(environment: dict[str, str], word: str, script: str) -> list[str]:
    (line,) = [line for line in manage(environment, "shell", "-c", script).splitlines() if line.startswith(word)]
    return line.split()[1:]


@pytest.mark.proof
def test_no_promised_sale_is_lost_and_none_is_there_twice(tmp_path):
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    chance = random.Random(seed)
    environment = os.environ | {"STAMKUNDE_HOME": str(tmp_path)}
    manage(environment, "prepare")
    store, customer = told(environment, "made", SHOP)
    journals = [tmp_path / f"till-{number}" for number in range(TILLS)]

    for _ in range(ROUNDS):
        before = [len(kept(journal)[1]) for journal in journals]
        tills = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.proofs.till", str(journal), store, customer], cwd=PROJECT, env=environment
            )
            for journal in journals
        ]
        deadline = time.monotonic() + 60
        while any(len(kept(journal)[1]) <= count for journal, count in zip(journals, before, strict=True)):
            assert time.monotonic() < deadline, "a till sells nothing"
            assert all(till.poll() is None for till in tills), "a till broke down"
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        for till in tills:
            till.kill()
        for till in tills:
            till.wait()

    there = told(environment, "keys", KEYS)
    asked = {key for journal in journals for key in kept(journal)[0]}
    promised = {key for journal in journals for key in kept(journal)[1]}
    assert len(there) == len(set(there))
    assert promised <= set(there) <= asked
    assert len(promised) > ROUNDS * TILLS
    unwell = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--strict"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    only_the_tests_own_server = environment.get("DATABASE_URL", "") and unwell.stdout.count("✗") == 1
    assert unwell.returncode == 0 or (only_the_tests_own_server and "fsync is “off”" in unwell.stdout), unwell.stdout
    sys.stdout.write(f"{len(promised)} sales promised in {ROUNDS} rounds, {len(there)} there, none lost, none twice.\n")
