"""What a customer has agreed to today, and what she may therefore be sent."""

from dataclasses import dataclass

from django.utils import timezone

from stamkunde.customers.models import Consent, ConsentChannel, ConsentState, Customer
from stamkunde.customers.queries.profile import age_on
from stamkunde.kit import shown

# Norway's consumer authority: below fifteen nobody can agree to marketing on her own (markedsføringsloven § 15).
MARKETING_AGE = 15


def current_consents(customer: Customer) -> dict[str, Consent]:
    """Return the newest answer for each channel that has one."""
    newest: dict[str, Consent] = {}
    for consent in Consent.objects.filter(customer=customer).order_by("-at", "-pk"):
        newest.setdefault(consent.channel, consent)
    return newest


def may_contact(customer: Customer, channel: ConsentChannel) -> bool:
    """Say whether the customer may be addressed with marketing by a channel. Without a clear yes the answer is no."""
    if customer.trashed_at is not None:
        return False
    if customer.birth_date and age_on(timezone.localdate(), customer.birth_date) < MARKETING_AGE:
        return False
    newest = Consent.objects.filter(customer=customer, channel=channel).order_by("-at", "-pk").first()
    return newest is not None and newest.state == ConsentState.GIVEN


@dataclass(frozen=True)
class ShownAnswer:
    """One answer in the history of a customer's consents."""

    channel: str
    is_yes: bool
    when: str
    wording: str
    evidence: str
    noted_by: str


def consent_history(customer: Customer, most: int = 100) -> list[ShownAnswer]:
    return [
        ShownAnswer(
            channel=str(ConsentChannel(consent.channel).label),
            is_yes=consent.state == ConsentState.GIVEN,
            when=shown.instant(consent.at),
            wording=consent.wording,
            evidence=consent.evidence,
            noted_by=consent.noted_by,
        )
        for consent in Consent.objects.filter(customer=customer).order_by("-at", "-pk")[:most]
    ]
