"""How a referral is told: on the timeline of whoever brings the friend."""

from typing import Any

from stamkunde.loyalty.models import Referral


def told(row: Referral) -> dict[str, Any]:
    return {
        "customer_id": row.referrer.customer_id,
        "membership_id": row.referrer_id,
        "programme_name": row.programme.name,
        "referral_id": row.pk,
    }
