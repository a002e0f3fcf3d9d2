"""What a customer agreed to: each yes and each no becomes a record that nobody changes."""

from collections.abc import Sequence

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


@action
def forget_answers(numbers: Sequence[int]) -> int:
    """Delete answers that nothing has to be proved by any more; return how many went."""
    return Consent.objects.filter(pk__in=numbers).delete()[0]
