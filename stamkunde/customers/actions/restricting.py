"""Restricting what may be done with a customer's data to storing it, lifting that, and recording an objection."""

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.events import CustomerRestricted, MarketingObjected, RestrictionLifted
from stamkunde.customers.models import (
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    Restriction,
    RestrictionGround,
)
from stamkunde.customers.queries.merges import survivor_of
from stamkunde.customers.written import refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

# By what wording an objection stands among the answers: no later yes of the same moment can pass for newer.
OBJECTION = "GDPR art. 21"


@action
def restrict_customer(customer_id: int, ground: RestrictionGround, *, reason: str, by: Actor) -> Restriction:
    """Let a customer's data be stored and nothing else; restricting twice is restricting once.

    Raises ValidationError without a reason, and for somebody who became part of another.
    """
    said = _said(reason, _("Write why, in the customer's words if you can."))
    held = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if held is None or held.erased_at is not None or survivor_of(customer_id) != customer_id:
        raise refused(_("This customer is no longer there under that number. Search again."))
    standing = Restriction.objects.filter(customer=held, lifted_at=None).first()
    if standing is not None:
        return standing
    at = now()
    restriction = Restriction.objects.create(
        customer=held, ground=ground, reason=said, began_at=at, began_by=by.label[:120], trashed_at=held.trashed_at
    )
    Customer.objects.filter(pk=held.pk).update(
        restricted_at=at, trashed_at=held.trashed_at or at, version=F("version") + 1
    )
    publish(CustomerRestricted(customer_id=held.pk, ground=ground, reason=said), by=by)
    return restriction


@action
def lift_restriction(customer_id: int, *, because: str, told_how: str, by: Actor) -> None:
    """Lift a restriction, of which the customer must have been told before (art. 18(3)).

    Raises ValidationError without a reason, without that, or where nothing is restricted.
    """
    said = _said(because, _("Write why it is lifted."))
    told = _said(told_how, _("Tell the customer first, and write how: the law asks for it."))
    held = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    standing = Restriction.objects.filter(customer=held, lifted_at=None).first() if held else None
    if held is None or standing is None:
        raise refused(_("This customer's data is not restricted."))
    Restriction.objects.filter(pk=standing.pk).update(
        lifted_at=now(), lifted_by=by.label[:120], lifted_because=said, told_how=told[:300]
    )
    Customer.objects.filter(pk=held.pk).update(
        restricted_at=None, trashed_at=standing.trashed_at, version=F("version") + 1
    )
    publish(RestrictionLifted(customer_id=held.pk, reason=said, told_how=told[:300]), by=by)


@action
def record_objection(customer_id: int, *, only_profiling: bool = False, evidence: str, by: Actor) -> None:
    """Write down that somebody objects to direct marketing, or to personal suggestions alone: at once and absolutely.

    Nothing is weighed (art. 21(3)). Every channel gets a no with this proof, so that only a yes given later counts.
    """
    said = _said(evidence, _("Write where and how they said so."))[:300]
    customer = present_customer(customer_id)
    at = now()
    channels = [ConsentChannel.PROFILING] if only_profiling else list(ConsentChannel)
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            channel=channel,
            state=ConsentState.WITHDRAWN,
            at=at,
            wording=OBJECTION,
            language=customer.language,
            evidence=said,
            noted_by=by.label[:120],
        )
        for channel in channels
    )
    publish(MarketingObjected(customer_id=customer.pk, only_profiling=only_profiling, evidence=said), by=by)


def _said(text: str, missing: str) -> str:
    said = " ".join(text.split())[:500]
    if not said:
        raise refused(missing)
    return said
