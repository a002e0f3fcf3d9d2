"""The power goes while tills sell over HTTP, again and again: what was acknowledged is there when it comes back.

`PROOF_POWER_CUTS` says how often; `./run prove --cuts 20` too. `power.py` says what a cut is here.
"""

import os
import random
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.proofs.machine import database
from tests.proofs.power import Disk, library
from tests.proofs.selling import Selling

CUTS = int(os.environ.get("PROOF_POWER_CUTS", "4"))


@pytest.mark.proof
def test_no_acknowledged_purchase_is_lost_when_the_power_goes(tmp_path):
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    with database() as machine:
        selling = Selling(tmp_path / "home", machine, random.Random(seed))
        selling.prepare()
        machine.kill()
        own = library(machine.data.parent)

        def switched_on() -> Disk:
            disk = Disk(machine.data, machine.data.parent / "written")
            watched = disk.watched(own)
            machine.start({} if machine.server_writes else watched)
            selling.open(watched if machine.server_writes else {})
            return disk

        disk = switched_on()

        def cut() -> None:
            nonlocal disk
            selling.kill()
            machine.kill()
            disk.cut(selling.chance)
            disk = switched_on()

        try:
            with selling.sold():
                for _ in range(CUTS):
                    selling.interrupt(cut, each_after=(0.0, 1.5))
        finally:
            selling.kill()
        said = selling.compare()
        sys.stdout.write(f"The power went {CUTS} times: {said}.\n")


WRITER = """
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1], isolation_level=None)
rows.execute(f"PRAGMA synchronous={sys.argv[2]}")
with open(sys.argv[3], "w", buffering=1) as told:
    while True:
        told.write(f"{rows.execute('INSERT INTO kept VALUES (randomblob(300))').lastrowid}\\n")
"""


@pytest.mark.proof
@pytest.mark.parametrize(
    ("synchronous", "lies", "is_lost"), [("FULL", False, False), ("NORMAL", False, True), ("FULL", True, True)]
)
def test_a_cut_takes_what_was_not_made_durable(tmp_path, synchronous, lies, is_lost):
    """Otherwise it would prove nothing: a database that synchronises too seldom loses, and so does a disk that lies."""
    data, told = tmp_path / "data", tmp_path / "told"
    data.mkdir()
    kept = sqlite3.connect(data / "kept")
    kept.execute("PRAGMA journal_mode=WAL")
    kept.execute("CREATE TABLE kept (row)")
    kept.close()
    own, lost = library(tmp_path), 0
    for number in range(6):
        disk = Disk(data, tmp_path / "written")
        command = [sys.executable, "-c", WRITER, str(data / "kept"), synchronous, str(told)]
        writer = subprocess.Popen(command, env=os.environ | disk.watched(own))
        time.sleep(0.4 + number / 10)
        writer.kill()
        writer.wait()
        disk.cut(random.Random(number), lies=lies)
        rows = sqlite3.connect(data / "kept")
        ((there,),) = rows.execute("SELECT COUNT(*) FROM kept")
        rows.close()
        lost += max(0, int(told.read_text().split()[-1]) - there)
    assert (lost > 0) == is_lost
