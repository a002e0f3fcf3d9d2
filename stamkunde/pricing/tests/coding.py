"""Short ways to codes, for the tests of vouchers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from stamkunde.jobs.models import Job
from stamkunde.kit.actor import SYSTEM
from stamkunde.pricing import actions
from stamkunde.pricing.actions.asking import ask_for_batch
from stamkunde.pricing.actions.vouchers import draw_codes, end_making
from stamkunde.pricing.models import BatchKind, Offer, Voucher, VoucherBatch
from stamkunde.pricing.tests.selling import ENDS, live_offer


def coded_offer(**more: Any) -> Offer:
    conditions = ENDS | {"needs_code": True} | more.pop("conditions", {})
    return live_offer(**{"name": "Ten with a code", "layer": "order"} | more, conditions=conditions)


def generic(text: str = "SPAR10", offer: Offer | None = None, **more: Any) -> VoucherBatch:
    values: dict[str, Any] = {"name": f"Code {text}", "kind": BatchKind.GENERIC, "text": text, "limit": None} | more
    return actions.add_batch(actions.BatchValues(offer_id=(offer or coded_offer()).pk, **values), by=SYSTEM)


def unique(count: int = 3, offer: Offer | None = None, **more: Any) -> list[str]:
    """Have codes made as the job makes them, and return them."""
    values: dict[str, Any] = {"name": "A code each", "kind": BatchKind.UNIQUE, "wanted": count} | more
    batch = ask_for_batch(actions.BatchValues(offer_id=(offer or coded_offer()).pk, **values), by=SYSTEM)
    while draw_codes(batch.pk):
        pass
    end_making(batch.pk, by=SYSTEM)
    Job.objects.filter(name="pricing.make_codes").delete()
    return list(Voucher.objects.filter(batch=batch).order_by("pk").values_list("code", flat=True))


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Let it be that moment."""
    with patch("django.utils.timezone.now", return_value=datetime.fromisoformat(moment)):
        yield
