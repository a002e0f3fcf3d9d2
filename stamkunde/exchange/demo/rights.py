"""What has been asked about people's data in the demo shop, so that the pages for it have something to show."""

from collections.abc import Sequence
from datetime import timedelta

from stamkunde.accountability.actions.breach import record_breach
from stamkunde.accountability.models import Breach, Risk
from stamkunde.customers.actions.restricting import restrict_customer
from stamkunde.customers.models import Customer, RestrictionGround
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.privacy.actions.requests import RequestValues, receive_request, today
from stamkunde.privacy.models import IdentityProof, RequestKind

_ASKED = ((RequestKind.ACCESS, 3), (RequestKind.ERASURE, 11))
"""What was asked for, and how many days ago."""


def ask_about_data(customers: Sequence[Customer]) -> None:
    """Let two customers ask for what the law gives them, one be restricted, and a letter have gone astray."""
    *asking, restricted = customers[len(customers) // 2 :: max(1, len(customers) // 8)][:3]
    for customer, (kind, days) in zip(asking, _ASKED, strict=False):
        receive_request(
            customer,
            RequestValues(
                kind=kind,
                asked_by=customer.name,
                received_on=today() - timedelta(days=days),
                identity=IdentityProof.KNOWN,
            ),
            by=SYSTEM,
        )
    restrict_customer(
        restricted.pk, RestrictionGround.ACCURACY, reason="The address on the last letter was not theirs.", by=SYSTEM
    )
    known = now() - timedelta(days=40)
    record_breach(
        Breach(
            title="A letter in the wrong envelope",
            known_at=known,
            began_at=known - timedelta(hours=3),
            ended_at=known,
            what="A receipt was sent to somebody of the same name, who brought it back unopened the same day.",
            data="Name, address, one purchase",
            people=1,
            measures="The receipt was shredded, and envelopes are now compared with the town as well.",
            risk=Risk.NONE,
            why_not_told="The letter came back unopened.",
        ),
        by=SYSTEM,
    )
