"""A till that sells without pause and keeps a journal: `python -m tests.proofs.till JOURNAL STORE CUSTOMER`.

Each line of the journal is `asked KEY` or `promised KEY`. A till that finds a sale asked for and not promised asks for
it again first, with the same key, as a till does after a power cut.
"""

import os
import sys
import uuid
from pathlib import Path

import django


def main(journal: Path, store: int, customer: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.sales.actions import register_order
    from stamkunde.sales.values import LineValues, OrderValues, PaymentValues

    sale = OrderValues(
        store_id=store,
        customer_id=customer,
        lines=(LineValues(description="Mittens", unit_price=25_000), LineValues(description="Cap", unit_price=9_900)),
        payments=(PaymentValues(method="card"),),
    )
    with journal.open("a", buffering=1) as book:
        for key in unpromised(journal):
            register_order(sale, by=SYSTEM, idempotency_key=key)
            book.write(f"promised {key}\n")
        while True:
            key = uuid.uuid4().hex
            book.write(f"asked {key}\n")
            register_order(sale, by=SYSTEM, idempotency_key=key)
            book.write(f"promised {key}\n")


def unpromised(journal: Path) -> list[str]:
    asked, promised = kept(journal)
    return [key for key in asked if key not in promised]


def kept(journal: Path) -> tuple[list[str], set[str]]:
    lines = [line.split() for line in journal.read_text().splitlines()] if journal.exists() else []
    # The last line may have been cut off with its till.
    whole = [line for line in lines if len(line) == 2 and len(line[1]) == 32]
    return [key for word, key in whole if word == "asked"], {key for word, key in whole if word == "promised"}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
