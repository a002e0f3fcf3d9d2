"""What a customer agreed to: each yes and each no becomes a record that nobody changes."""

from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.events import ConsentGiven, ConsentWithdrawn
from stamkunde.customers.models import Consent, ConsentState
from stamkunde.customers.preparing import read_consent
from stamkunde.customers.values import ConsentValues
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


@action
def record_consent(customer_id: int, values: ConsentValues, *, by: Actor) -> Consent:
    """Write down a yes or a no with its proof; there is no way to write down a silence."""
    consent = read_consent(values)
    consent.customer = present_customer(customer_id)
    consent.noted_by = by.label[:120]
    consent.save(force_insert=True)
    kind = ConsentGiven if consent.state == ConsentState.GIVEN else ConsentWithdrawn
    publish(
        kind(
            customer_id=customer_id,
            consent_id=consent.pk,
            channel=consent.channel,
            evidence=consent.evidence,
            wording=consent.wording,
        ),
        by=by,
        at=consent.at,
    )
    return consent
