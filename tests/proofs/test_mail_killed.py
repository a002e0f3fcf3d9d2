"""Workers killed while they send, again and again: no mail is lost, and none comes twice without being in doubt.

The mail server runs beside them and goes on; it is the one that knows what it was given.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.mail_server import mail_server
from tests.proofs.test_tills_killed import PROJECT, manage, told

ROUNDS, MAILS = 12, 30
SHOP = """
from stamkunde.conversations.models import Mailbox
Mailbox.objects.create(
    name="Shop", address="post@shop.example", smtp_host="127.0.0.1", smtp_port={port}, smtp_security="none",
    sign_in="none",
)
print("made", 1)
"""
WRITE = """
from datetime import timedelta
from stamkunde.conversations.actions import write_answer
from stamkunde.conversations.models import Dispatch
from stamkunde.conversations.tests.talking import KARI, said
from stamkunde.conversations.values import AnswerValues
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
talk = said().conversation
for number in range({count}):
    write_answer(talk, AnswerValues(text=f"Number {{number}}", recipients=(KARI,), undo_seconds=0), by=SYSTEM)
# A lease would keep the next worker waiting for minutes; none is alive.
Dispatch.objects.filter(state="sending").update(leased_until=now() - timedelta(seconds=1))
print("written", {count})
"""
END = """
from stamkunde.conversations.models import Dispatch
for state in ("sent", "uncertain"):
    rows = Dispatch.objects.filter(state=state).values_list("message__message_id", flat=True)
    print(state, *rows)
print("others", Dispatch.objects.exclude(state__in=["sent", "uncertain"]).count())
"""


@pytest.mark.proof
def test_no_mail_is_lost_or_comes_twice_when_workers_are_killed(tmp_path: Path) -> None:
    seed = int(os.environ.get("PROOF_SEED", random.randrange(10**6)))
    sys.stdout.write(f"PROOF_SEED={seed}\n")
    chance = random.Random(seed)
    with mail_server() as server:
        environment = os.environ | {
            "STAMKUNDE_HOME": str(tmp_path),
            "STAMKUNDE_INNER_NETWORKS": "127.0.0.0/8",
            "STAMKUNDE_MAIL_PORTS": str(server.port),
        }

        # It takes its time now and then, so that some are killed who have handed over and know nothing of it.
        def taking(content: str) -> None:
            time.sleep(chance.uniform(0, 0.03))

        server.taking = taking
        manage(environment, "prepare")
        told(environment, "made", SHOP.format(port=server.port))
        for _ in range(ROUNDS):
            told(environment, "written", WRITE.format(count=MAILS))
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.proofs.sender"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE
            )
            assert worker.stdout is not None
            assert worker.stdout.readline(), "the sender broke down"
            time.sleep(chance.uniform(0.02, 0.8))
            worker.kill()
            worker.wait()
        told(environment, "written", WRITE.format(count=1))
        # Whoever comes next sends the rest, to the end.
        subprocess.run([sys.executable, "-m", "tests.proofs.sender"], cwd=PROJECT, env=environment, check=True)
        came = Counter(str(message_from_bytes(mail.content)["Message-ID"]).strip() for mail in server.arrived)
    sent, uncertain = set(told(environment, "sent", END)), set(told(environment, "uncertain", END))
    assert told(environment, "others", END) == ["0"]
    assert len(sent | uncertain) == ROUNDS * MAILS + 1 and not sent & uncertain
    assert [number for number, times in came.items() if times > 1] == []
    assert sent <= set(came) <= sent | uncertain
    unwell = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--strict"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    only_the_tests_own_server = environment.get("DATABASE_URL", "") and unwell.stdout.count("✗") == 1
    assert unwell.returncode == 0 or (only_the_tests_own_server and "fsync is “off”" in unwell.stdout), unwell.stdout
    sys.stdout.write(
        f"{ROUNDS} kills; {len(sent)} sent, {len(uncertain)} in doubt, of which {len(uncertain & set(came))} arrived; "
        "none lost, none twice.\n"
    )
