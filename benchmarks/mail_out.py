"""How quickly mails that wait go out, and what is left of them: `./run bench mail_out [--mails 100000]`.

Each database gets an empty place of its own: first SQLite and, where PostgreSQL is installed, then that. One worker
hands all of them over to a mail server on this machine, in a process of its own, that takes whatever it is given and
keeps the numbers of what it took: each has to come once. Half of the mails are signed.
"""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from datetime import timedelta

from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

PARAGRAPH = "Hei på deg, stolen som du kjøpte forrige uke er kommet, og kan hentes hos oss fra i morgen.\n\n"
AT_ONCE = 5_000


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, taken: dict[bytes, int]) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            writer.write(b"250-sink\r\n250 SIZE 50000000\r\n")
        elif word == b"DATA":
            writer.write(b"354 go on\r\n")
            content = await reader.readuntil(b"\r\n.\r\n")
            number = content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
            taken[number] = taken.get(number, 0) + 1
            writer.write(b"250 2.0.0 taken as %d\r\n" % len(taken))
        elif word == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


def sink() -> None:
    """Take mails until a line comes in from whoever started it, and tell then what was taken."""
    taken: dict[bytes, int] = {}

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: take(r, w, taken), "127.0.0.1", 0, limit=60_000_000)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.readline)

    asyncio.run(serve())
    print(len(taken), sum(taken.values()), flush=True)


def measure(mails: int) -> None:
    import django

    django.setup()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from django.core.management import call_command
    from django.db import connection
    from django.test import override_settings

    call_command("migrate", verbosity=0)
    from stamkunde.conversations.credentials import DKIM_KEY
    from stamkunde.conversations.models import Conversation, Dispatch, Mailbox, Message, Recipient
    from stamkunde.conversations.outgoing import message_id
    from stamkunde.conversations.sending import MailTurn
    from stamkunde.kit.clock import now
    from stamkunde.kit.sealing import seal
    from tests.receiver import LOOPBACK

    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_out", "--sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None and server.stdin is not None  # noqa: S101
    port = int(server.stdout.readline())
    key = generate_private_key(65_537, 2_048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "sign_in": "none"}
    boxes = [
        Mailbox.objects.create(name="Plain", address="post@butikk.example", **given),
        Mailbox.objects.create(
            name="Signed", address="post@signert.example", dkim_selector="shop",
            dkim_key=seal(key.decode(), purpose=DKIM_KEY), **given,
        ),
    ]  # fmt: skip
    at = now() - timedelta(minutes=1)
    for box in boxes:
        talk = Conversation.objects.create(
            channel="email", subject="Stolen", mailbox=box, first_contact_at=at, last_message_at=at
        )
        for first in range(0, mails // 2, AT_ONCE):
            some = Message.objects.bulk_create(
                Message(
                    conversation=talk, direction="out", channel="email", from_address=box.address,
                    subject="Stolen din er kommet", text=PARAGRAPH * 6, said_at=at, recorded_at=at,
                )
                for _ in range(min(AT_ONCE, mails // 2 - first))
            )  # fmt: skip
            for one in some:
                one.message_id = message_id(one, box.address)
            Message.objects.bulk_update(some, ["message_id"], batch_size=500)
            Recipient.objects.bulk_create(
                Recipient(message=one, address=f"kunde{one.pk}@example.no", name="Kari Blåbær") for one in some
            )
            Dispatch.objects.bulk_create(Dispatch(message=one, mailbox=box, due_at=at) for one in some)
    print(f"\n{connection.vendor}, {mails:,} mails that wait, {os.cpu_count()} cores, {platform.machine()}")
    with override_settings(INNER_NETWORKS=LOOPBACK, MAIL_PORTS={port}):
        for box, what in zip(boxes, ("without a signature", "signed with RSA of 2048 bits"), strict=True):
            began, worked = time.perf_counter(), time.process_time()
            while Dispatch.objects.filter(mailbox=box, state="queued").exists():
                MailTurn(box, owner="bench", fence=lambda: None, should_stop=lambda: False).run(3_600)
            took, spent = time.perf_counter() - began, time.process_time() - worked
            each = Dispatch.objects.filter(mailbox=box).order_by("pk").values_list("size", flat=True)[0]
            sent = Dispatch.objects.filter(mailbox=box, state="sent").count()
            print(
                f"  {what:30} {each / 1_000:4.1f} kB each {sent / took:7,.0f} a second, "
                f"{spent / sent * 1_000:5.2f} ms of one core each; sent {sent:,} of {mails // 2:,}"
            )
    server.stdin.write("enough\n")
    server.stdin.flush()
    different, all_of_them = map(int, server.stdout.readline().split())
    server.wait()
    print(f"  the server took {all_of_them:,}, of which {all_of_them - different:,} came twice")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how quickly mail goes out.")
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--database", help="URL of an empty database; without it both engines get one of their own")
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    os.environ.setdefault("STAMKUNDE_LOG_LEVEL", "ERROR")
    if wanted.sink:
        sink()
        return 0
    if wanted.database:
        with tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            os.environ |= {"DATABASE_URL": wanted.database, "STAMKUNDE_HOME": home}
            measure(wanted.mails)
        return 0
    for engine in (sqlite, postgresql if postgresql_binaries() else nullcontext):
        with engine() as url:
            if url is None:
                print("\nPostgreSQL is not installed here and was not measured; on Debian: apt-get install postgresql")
                continue
            command = [sys.executable, "-m", "benchmarks.mail_out", "--database", url, "--mails", str(wanted.mails)]
            subprocess.run(command, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
