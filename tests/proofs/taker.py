"""A worker that takes in all that is authorised and brings back a part of it: `python -m tests.proofs.taker`.

A line on standard output says that it begins, so that whoever kills the process knows that it is at work.
"""

import os
from decimal import Decimal

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
    django.setup()
    from stamkunde.kit.actor import SYSTEM
    from stamkunde.sales.actions import register_return
    from stamkunde.sales.models import PaymentAttempt
    from stamkunde.sales.provider_work import capture, settle_due
    from stamkunde.sales.values import ReturnLineValues, ReturnValues

    print("begins", flush=True)  # noqa: T201 - the line is what the proof waits for
    for attempt in PaymentAttempt.objects.filter(state="authorised").order_by("pk"):
        left = attempt.amount - attempt.captured
        if attempt.captured == 0:
            attempt = capture(attempt, left // 2, by=SYSTEM)  # noqa: PLW2901
        if attempt.state == "authorised":
            attempt = capture(attempt, None, by=SYSTEM)  # noqa: PLW2901
        if attempt.state != "captured" or attempt.pk % 3 or attempt.order is None:
            continue
        line = attempt.order.lines.get()
        part = ReturnLineValues(order_line_id=line.pk, quantity=Decimal("0.5"))
        values = ReturnValues(order_id=attempt.order_id, lines=(part,), as_paid=True)
        register_return(values, by=SYSTEM, idempotency_key=f"back:{attempt.pk}")
    settle_due()


if __name__ == "__main__":
    main()
