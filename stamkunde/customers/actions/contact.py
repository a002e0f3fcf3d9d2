"""How a customer is reached: contact points and addresses."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.customers.actions.stale import update_seen
from stamkunde.customers.actions.words import present_customer, renew_words
from stamkunde.customers.events import (
    AddressAdded,
    AddressChanged,
    AddressConfirmed,
    AddressRemoved,
    ContactPointAdded,
    ContactPointChanged,
    ContactPointConfirmed,
    ContactPointRemoved,
)
from stamkunde.customers.events.contact import ADDRESS_COLUMNS, address_values, contact_point_values
from stamkunde.customers.models import Address, ContactKind, ContactPoint, ContactStatus, CustomerKind
from stamkunde.customers.preparing import read_address, read_contact
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.customers.written import line, refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

# An address that is moved has yet to be reached.
_WHERE = ("care_of", "street", "postcode", "town", "country")


@action
def add_contact_point(customer_id: int, values: ContactValues, *, by: Actor) -> ContactPoint:
    """Add a way to reach the customer; the first of its kind is the preferred one."""
    customer = present_customer(customer_id)
    point = read_contact(values, for_company=customer.kind == CustomerKind.COMPANY)
    point.customer = customer
    alike = ContactPoint.objects.filter(customer=customer, kind=point.kind)
    if point.is_preferred:
        alike.update(is_preferred=False)
    elif not alike.exists():
        point.is_preferred = True
    try:
        with transaction.atomic():
            point.save(force_insert=True)
    except IntegrityError as error:
        raise _already_there(point) from error
    publish(ContactPointAdded(**contact_point_values(point)), by=by)
    return point


@action
def change_contact_point(point: ContactPoint, values: ContactValues, *, version: int, by: Actor) -> ContactPoint:
    """Change a contact point as seen in a version; another value has yet to be confirmed."""
    customer = present_customer(point.customer_id)
    wanted = read_contact(values, for_company=customer.kind == CustomerKind.COMPANY)
    columns: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("kind", "value", "raw", "tail", "label", "is_preferred")
    }
    if wanted.value != point.value:
        columns |= {"status": wanted.status, "verified_at": None, "evidence": ""}
    before = point.value
    if wanted.is_preferred:
        ContactPoint.objects.filter(customer=customer, kind=wanted.kind).exclude(pk=point.pk).update(is_preferred=False)
    try:
        with transaction.atomic():
            changed = update_seen(point, version, **columns)
    except IntegrityError as error:
        raise _already_there(wanted) from error
    publish(ContactPointChanged(**contact_point_values(changed), before=before), by=by)
    return changed


@action
def confirm_contact_point(point: ContactPoint, status: ContactStatus, *, evidence: str, by: Actor) -> ContactPoint:
    """Note that a contact point works, or does not, and how that is known."""
    proof = line(evidence, 200, "evidence")
    if not proof:
        raise refused(_("Please write how this is known, for instance “said so on the telephone”."), "evidence")
    verified_at = now() if status == ContactStatus.VERIFIED else None
    columns: dict[str, Any] = {"status": status, "evidence": proof, "verified_at": verified_at}
    changed = update_seen(point, point.version, **columns)
    publish(ContactPointConfirmed(**contact_point_values(changed)), by=by)
    return changed


@action
def note_failing_email(email: str, *, evidence: str, by: Actor) -> int:
    """Note of whoever is reached by an e-mail address that it does not work; return at how many customers."""
    points = ContactPoint.objects.filter(kind=ContactKind.EMAIL, value=email.lower(), customer__erased_at=None)
    changed = 0
    for point in points.exclude(status=ContactStatus.FAILING).order_by("pk"):
        confirm_contact_point(point, ContactStatus.FAILING, evidence=evidence[:200] or email, by=by)
        changed += 1
    return changed


@action
def remove_contact_point(point: ContactPoint, *, by: Actor) -> int | None:
    """Remove a contact point; return the number of the happening, by which it can be undone."""
    told = ContactPointRemoved(**contact_point_values(point))
    if not ContactPoint.objects.filter(pk=point.pk).delete()[0]:
        return None
    if point.is_preferred:
        heir = ContactPoint.objects.filter(customer_id=point.customer_id, kind=point.kind).order_by("pk").first()
        if heir is not None:
            ContactPoint.objects.filter(pk=heir.pk).update(is_preferred=True)
    return publish(told, by=by).pk


@action
def add_address(customer_id: int, values: AddressValues, *, by: Actor) -> Address:
    """Add a postal address; the first one is the preferred one."""
    customer = present_customer(customer_id)
    address = read_address(values)
    address.customer = customer
    others = Address.objects.filter(customer=customer)
    if address.is_preferred:
        others.update(is_preferred=False)
    elif not others.exists():
        address.is_preferred = True
    address.save(force_insert=True)
    renew_words(customer)
    publish(AddressAdded(**address_values(address)), by=by)
    return address


@action
def change_address(address: Address, values: AddressValues, *, version: int, by: Actor) -> Address:
    customer = present_customer(address.customer_id)
    wanted = read_address(values)
    if wanted.is_preferred:
        Address.objects.filter(customer=customer).exclude(pk=address.pk).update(is_preferred=False)
    before = str(address)
    columns: dict[str, Any] = {name: getattr(wanted, name) for name in ADDRESS_COLUMNS}
    if any(columns[name] != getattr(address, name) for name in _WHERE):
        columns |= {"status": ContactStatus.UNVERIFIED, "evidence": ""}
    changed = update_seen(address, version, **columns)
    renew_words(customer)
    publish(AddressChanged(**address_values(changed), before=before), by=by)
    return changed


@action
def confirm_address(address: Address, status: ContactStatus, *, evidence: str, by: Actor) -> Address:
    """Note that letters reach an address, or do not, and how that is known."""
    proof = line(evidence, 200, "evidence")
    if not proof:
        raise refused(_("Please write how this is known, for instance “said so on the telephone”."), "evidence")
    changed = update_seen(address, address.version, status=status, evidence=proof)
    publish(AddressConfirmed(**address_values(changed), status=str(status), evidence=proof), by=by)
    return changed


@action
def remove_address(address: Address, *, by: Actor) -> int | None:
    """Remove an address; return the number of the happening, by which it can be undone."""
    customer = present_customer(address.customer_id)
    told = AddressRemoved(**address_values(address))
    if not Address.objects.filter(pk=address.pk).delete()[0]:
        return None
    if address.is_preferred and (heir := Address.objects.filter(customer=customer).order_by("pk").first()):
        Address.objects.filter(pk=heir.pk).update(is_preferred=True)
    renew_words(customer)
    return publish(told, by=by).pk


def _already_there(point: ContactPoint) -> Exception:
    return refused(_("%(value)s is already among the customer's contact points.") % {"value": point.value}, "raw")
