"""Taking in what somebody asks about their data, checking who asks, announcing that it takes longer, closing it."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import business_day, now
from stamkunde.privacy.deadlines import due_on
from stamkunde.privacy.events import (
    IdentityChecked,
    RequestAnswered,
    RequestExtended,
    RequestReceived,
    RequestTurnedDown,
)
from stamkunde.privacy.models import DataRequest, IdentityProof, RequestKind, RequestState
from stamkunde.privacy.refusals import RequestRefused

_SHORTEST = 2


@dataclass(frozen=True, kw_only=True)
class RequestValues:
    """What is known when somebody asks. Without a language the customer's own is taken, or else the shop's."""

    kind: str
    asked_by: str
    received_on: date | None = None
    identity: str = IdentityProof.NONE
    identity_note: str = ""
    language: str = ""
    names_staff: bool = False
    names_staff_reason: str = ""


def today() -> date:
    return business_day(now(), the_shop().zone)


@action
def receive_request(customer: Customer, values: RequestValues, *, by: Actor) -> DataRequest:
    """Take a request in; its clock runs from the day on which it came."""
    received = values.received_on or today()
    _refuse_unclear(values, received)
    if Customer.objects.filter(pk=customer.pk, erased_at__isnull=False).exists():
        raise RequestRefused(_("This person has been erased. There is nothing left that could be asked about."))
    try:
        with transaction.atomic():
            made = DataRequest.objects.create(
                kind=values.kind,
                customer=customer,
                asked_by=values.asked_by.strip()[:200],
                identity=values.identity,
                identity_note=values.identity_note.strip()[:300],
                language=values.language or customer.language or the_shop().language,
                names_staff=values.names_staff,
                names_staff_reason=values.names_staff_reason.strip()[:300],
                received_on=received,
                due_on=due_on(received),
                made_by=by.label[:120],
                made_at=now(),
            )
    except IntegrityError as error:
        raise RequestRefused(
            _("The same has been asked already and is not answered yet. Go on with that request.")
        ) from error
    told = RequestReceived(customer_id=customer.pk, request_id=made.pk, kind=made.kind, due_on=made.due_on.isoformat())
    publish(told, by=by)
    return made


def _refuse_unclear(values: RequestValues, received: date) -> None:
    if values.kind not in RequestKind.values:
        raise RequestRefused(_("Choose what is asked for."), "kind")
    if len(values.asked_by.strip()) < _SHORTEST:
        raise RequestRefused(_("Write who asks: the customer, or who acts for them."), "asked_by")
    if values.identity not in IdentityProof.values:
        raise RequestRefused(_("Choose how it was checked who asks."), "identity")
    if values.language and values.language not in Language.values:
        raise RequestRefused(_("Choose one of the languages."), "language")
    if received > today():
        raise RequestRefused(_("The request cannot have come later than today."), "received_on")
    if values.names_staff and len(values.names_staff_reason.strip()) < _SHORTEST:
        raise RequestRefused(
            _("Write why the customer needs the names of the staff; without a reason they are not told."),
            "names_staff_reason",
        )


@action
def note_identity(request_id: int, identity: str, identity_note: str = "", *, by: Actor) -> DataRequest:
    """Note how it was made sure that the right person asks; before that nothing is given out or erased."""
    if identity not in IdentityProof.values or identity == IdentityProof.NONE:
        raise RequestRefused(_("Choose how it was checked who asks."), "identity")
    request = _open(request_id)
    request.identity, request.identity_note = identity, identity_note.strip()[:300]
    request.save(update_fields=["identity", "identity_note"])
    publish(IdentityChecked(customer_id=request.customer_id, request_id=request.pk), by=by)
    return request


@action
def extend_request(request_id: int, reason: str, *, by: Actor) -> DataRequest:
    """Note that the person was told, within the month, that the answer takes two months more, and why."""
    reason = reason.strip()
    if len(reason) < _SHORTEST:
        raise RequestRefused(_("Write the reason as the customer was told it."), "reason")
    request = _open(request_id)
    if not request.may_be_extended:
        raise RequestRefused(_("The time was extended once already. Answer before it is over."))
    if today() > request.due_on:
        raise RequestRefused(_("The month is over, so the time can no longer be extended. Answer as soon as you can."))
    request.extended_on, request.extension_reason = today(), reason[:300]
    request.due_on = due_on(request.received_on, is_extended=True)
    request.save(update_fields=["extended_on", "extension_reason", "due_on"])
    told = RequestExtended(customer_id=request.customer_id, request_id=request.pk, due_on=request.due_on.isoformat())
    publish(told, by=by)
    return request


@action
def close_request(request_id: int, *, is_refused: bool, outcome: str, by: Actor) -> DataRequest:
    """Close a request with what the person was answered; a refusal names its ground and where to complain."""
    outcome = outcome.strip()
    if len(outcome) < _SHORTEST:
        raise RequestRefused(_("Write what the customer was answered."), "outcome")
    request = _open(request_id)
    if not is_refused and not request.is_checked:
        raise RequestRefused(_("Check first who asks, and note how."), "identity")
    request.state = RequestState.REFUSED if is_refused else RequestState.ANSWERED
    request.outcome, request.closed_at, request.closed_by = outcome[:500], now(), by.label[:120]
    request.save(update_fields=["state", "outcome", "closed_at", "closed_by"])
    kind = RequestTurnedDown if is_refused else RequestAnswered
    publish(kind(customer_id=request.customer_id, request_id=request.pk, kind=request.kind), by=by)
    return request


def _open(request_id: int) -> DataRequest:
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if not request.is_open:
        raise RequestRefused(_("This request is closed. If the customer asks again, take in a new one."))
    return request
