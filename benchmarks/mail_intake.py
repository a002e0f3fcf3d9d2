"""How many mails come in a second, the whole way: `./run bench mail_intake [--mails 300]`.

A mail is kept on the disk, leased, read, matched with its conversation and its customer, and written down with its
recipients and a file of 20 kB: half of them first mails of customers, half answers to those. One worker, on a database
of its own, first SQLite and, where PostgreSQL is installed, then that.
"""

import argparse
import base64
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from typing import Any

from benchmarks.stock.database import postgresql, postgresql_binaries, sqlite

WANTED = 100.0
PEOPLE = 500
PARAGRAPH = "Hei på deg, stolen som jeg kjøpte forrige uke er kommet, men ett av beina mangler.\r\n\r\n"
FILE = base64.encodebytes(b"%PDF-1.4 " + b"x" * 20_000).decode()


def mail(number: int, answers: int | None) -> bytes:
    refers = f"References: <first{answers}@example.no>\r\n" if answers is not None else ""
    name = f"answer{number}" if answers is not None else f"first{number}"
    who = (number if answers is None else answers) % PEOPLE
    text = PARAGRAPH * 6 + "tir. 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.example>:\r\n" + "> Takk\r\n" * 20
    html = f"<p>{PARAGRAPH}</p>" * 6
    return (
        f"Received: from mx.example.no by mx.butikk.example; today\r\nFrom: Kunde <kunde{who}@example.no>\r\n"
        f"To: post@butikk.example\r\nSubject: Stolen {number}\r\nMessage-ID: <{name}@example.no>\r\n{refers}"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
        "--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
        f"--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--a--\r\n"
        "--m\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename=kvittering{number}.pdf\r\n\r\n{FILE}\r\n--m--\r\n"
    ).encode()


def measure(mails: int) -> bool:
    """Let the mails come in, and say how long each half of the way took."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
    from stamkunde.conversations.models import Conversation, Mailbox, Message, RawMail
    from stamkunde.conversations.reading_mail import read_mails
    from stamkunde.customers.actions.customer import create_customer
    from stamkunde.customers.models import ContactKind
    from stamkunde.customers.values import ContactValues, CustomerValues
    from stamkunde.kit.actor import SYSTEM

    for number in range(PEOPLE):
        email = ContactValues(kind=ContactKind.EMAIL, raw=f"kunde{number}@example.no")
        create_customer(CustomerValues(given_name="Kunde", family_name=str(number), contacts=(email,)), by=SYSTEM)
    mailbox = Mailbox.objects.create(name="Butikk", address="post@butikk.example", acknowledges=True)
    half = mails // 2
    spent: dict[str, float] = {"kept": 0.0, "read": 0.0}
    for raws in ([mail(n, None) for n in range(half)], [mail(n, n) for n in range(half)]):
        begun = time.perf_counter()
        for raw in raws:
            store_raw_mail(raw, Arrival(mailbox=mailbox))
        between = time.perf_counter()
        while read_mails():
            pass
        spent["kept"] += between - begun
        spent["read"] += time.perf_counter() - between
    number = 2 * half
    read, said = RawMail.objects.filter(state="read").count(), Message.objects.filter(direction="in").count()
    if (read, said, Conversation.objects.count()) != (number, number, half):
        print(f"  Of {number} mails {read} were read, and {said} messages came of them.")
        return False
    for what, seconds in spent.items():
        print(f"  {what:5} {number / seconds:8.0f} mails a second, {seconds / number * 1_000:6.2f} ms each")
    pace = number / sum(spent.values())
    print(f"  {'whole':5} {pace:8.0f} mails a second (wanted: {WANTED:.0f})")
    return pace >= WANTED


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.here:
        return 0 if measure(chosen.mails) else 1
    engines: list[tuple[str, Any]] = [("SQLite", sqlite())]
    engines.append(("PostgreSQL", postgresql() if postgresql_binaries() else nullcontext(None)))
    codes = []
    for name, engine in engines:
        with engine as url, tempfile.TemporaryDirectory(prefix="stamkunde-bench-") as home:
            if url is None:
                print("PostgreSQL is not installed and was left out.")
                continue
            print(f"{name}:", flush=True)
            environment = os.environ | {"DATABASE_URL": url, "STAMKUNDE_HOME": home}
            command = [sys.executable, "-m", "benchmarks.mail_intake", "--here", "--mails", str(chosen.mails)]
            codes.append(subprocess.run(command, env=environment, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
