"""Putting off getting in touch with customers who are due, one or many, and taking that back."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer
from stamkunde.desk.actions.refusal import DeskError
from stamkunde.desk.events import ContactMade, ContactPostponed, ContactResumed
from stamkunde.desk.models import ContactPutOff
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

LONGEST_PUT_OFF = timedelta(days=366)
SOONEST, LATEST = timedelta(days=7), timedelta(days=90)


@action
def put_contact_off(customer: Customer, *, until: date, today: date, by: Actor) -> ContactPutOff:
    """Leave the customer out of those due for contact until a day."""
    if until <= today:
        raise DeskError(_("Please choose a day after today."))
    if until > today + LONGEST_PUT_OFF:
        raise DeskError(_("Please choose a day within a year."))
    put_off, _created = ContactPutOff.objects.update_or_create(
        customer=customer, defaults={"until": until, "put_off_by": by.label, "put_off_at": now()}
    )
    publish(ContactPostponed(customer_id=customer.pk, until=until.isoformat()), by=by)
    return put_off


@action
def resume_contact(customer: Customer, *, by: Actor) -> None:
    """Show the customer among those due for contact again."""
    removed, _by_table = ContactPutOff.objects.filter(customer=customer).delete()
    if removed:
        publish(ContactResumed(customer_id=customer.pk), by=by)


@action
def note_contact(customer: Customer, *, today: date, by: Actor) -> date:
    """Note that somebody got in touch; by her own rhythm the customer is due again later. Return from which day on."""
    until = today + min(max(timedelta(days=customer.typical_interval_days or 0), SOONEST), LATEST)
    ContactPutOff.objects.update_or_create(
        customer=customer, defaults={"until": until, "put_off_by": by.label, "put_off_at": now()}
    )
    publish(ContactMade(customer_id=customer.pk, until=until.isoformat()), by=by)
    return until


@action
def put_off_many(ids: Collection[int], *, until: date, by: Actor) -> dict[int, dict[str, Any]]:
    """Put contact with many customers off; return, by customer, what is needed to take it back."""
    here = list(Customer.objects.present().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    held = ContactPutOff.objects.select_for_update(of=("self",)).filter(customer__in=here).order_by("pk")
    before = {put_off.customer_id: put_off for put_off in held}
    at = now()
    ContactPutOff.objects.bulk_create(
        [ContactPutOff(customer_id=pk, until=until, put_off_by=by.label, put_off_at=at) for pk in here],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["until", "put_off_by", "put_off_at"],
    )
    for pk in here:
        publish(ContactPostponed(customer_id=pk, until=until.isoformat()), by=by)
    return {pk: {"at": at.isoformat(), "before": _kept(before.get(pk))} for pk in here}


def _kept(put_off: ContactPutOff | None) -> list[str]:
    if put_off is None:
        return []
    return [put_off.until.isoformat(), put_off.put_off_by, put_off.put_off_at.isoformat()]


@action
def put_off_back(traces: Mapping[int, dict[str, Any]], *, by: Actor) -> set[int]:
    """Give back the day that stood there, where nobody has put the customer off anew; return their numbers."""
    back: set[int] = set()
    for put_off in ContactPutOff.objects.select_for_update(of=("self",)).filter(customer__in=traces).order_by("pk"):
        trace = traces[put_off.customer_id]
        if put_off.put_off_at != datetime.fromisoformat(trace["at"]):
            continue
        rows = ContactPutOff.objects.filter(pk=put_off.pk)
        if trace["before"]:
            until, who, at = trace["before"]
            rows.update(until=date.fromisoformat(until), put_off_by=who, put_off_at=datetime.fromisoformat(at))
            publish(ContactPostponed(customer_id=put_off.customer_id, until=until), by=by)
        else:
            rows.delete()
            publish(ContactResumed(customer_id=put_off.customer_id), by=by)
        back.add(put_off.customer_id)
    return back
