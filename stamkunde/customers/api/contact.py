"""How a customer is reached: contact points and addresses."""

from django.http import HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import CHANGE, address_for, contact_point_for, customer_for
from stamkunde.customers.actions import (
    add_address,
    add_contact_point,
    change_address,
    change_contact_point,
    confirm_address,
    confirm_contact_point,
    remove_address,
    remove_contact_point,
)
from stamkunde.customers.api.sent import AddressSent, ContactPointSent, address_values, contact_values
from stamkunde.customers.api.shapes import AddressGiven, ContactPointGiven, address_of, contact_point_of
from stamkunde.customers.models import ContactStatus
from stamkunde.kit.api.fields import Line, PathId, Sent
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned

routes = Routes("Contact", "How a customer is reached: telephone, e-mail, messenger and post.")


class Confirmation(Sent):
    """That a contact point or an address works, or does not."""

    status: ContactStatus
    evidence: Line = Field(description="How this is known.", examples=["Said so on the telephone"])


@routes.post("/customers/{customer_id}/contact-points", CHANGE, ContactPointGiven)
def add_contact_point_(request: HttpRequest, customer_id: PathId, sent: ContactPointSent) -> ContactPointGiven:
    """Add a way to reach a customer; the first of its kind is the preferred one."""
    user = bearer(request)
    point = add_contact_point(customer_for(user, customer_id).pk, contact_values(sent, user), by=user.actor)
    versioned(request, point.version)
    return contact_point_of(point)


@routes.put("/customers/{customer_id}/contact-points/{contact_point_id}", CHANGE, ContactPointGiven)
def change_contact_point_(
    request: HttpRequest, customer_id: PathId, contact_point_id: PathId, sent: ContactPointSent
) -> ContactPointGiven:
    """Change a contact point; another value has yet to be confirmed."""
    user = bearer(request)
    point = contact_point_for(user, customer_id, contact_point_id)
    seen = seen_version(request, point.version)
    point = change_contact_point(point, contact_values(sent, user), version=seen, by=user.actor)
    versioned(request, point.version)
    return contact_point_of(point)


@routes.post("/customers/{customer_id}/contact-points/{contact_point_id}/confirmations", CHANGE, ContactPointGiven, 200)
def confirm_contact_point_(
    request: HttpRequest, customer_id: PathId, contact_point_id: PathId, sent: Confirmation
) -> ContactPointGiven:
    """Note that a contact point works, or does not, and how that is known."""
    user = bearer(request)
    point = contact_point_for(user, customer_id, contact_point_id)
    point = confirm_contact_point(point, sent.status, evidence=sent.evidence, by=user.actor)
    versioned(request, point.version)
    return contact_point_of(point)


@routes.remove("/customers/{customer_id}/contact-points/{contact_point_id}", CHANGE)
def remove_contact_point_(request: HttpRequest, customer_id: PathId, contact_point_id: PathId) -> None:
    """Remove a contact point; the timeline knows how to bring it back."""
    user = bearer(request)
    remove_contact_point(contact_point_for(user, customer_id, contact_point_id), by=user.actor)


@routes.post("/customers/{customer_id}/addresses", CHANGE, AddressGiven)
def add_address_(request: HttpRequest, customer_id: PathId, sent: AddressSent) -> AddressGiven:
    """Add a postal address; the first one is the preferred one."""
    user = bearer(request)
    address = add_address(customer_for(user, customer_id).pk, address_values(sent), by=user.actor)
    versioned(request, address.version)
    return address_of(address)


@routes.put("/customers/{customer_id}/addresses/{address_id}", CHANGE, AddressGiven)
def change_address_(request: HttpRequest, customer_id: PathId, address_id: PathId, sent: AddressSent) -> AddressGiven:
    """Change a postal address."""
    user = bearer(request)
    address = address_for(user, customer_id, address_id)
    seen = seen_version(request, address.version)
    address = change_address(address, address_values(sent), version=seen, by=user.actor)
    versioned(request, address.version)
    return address_of(address)


@routes.post("/customers/{customer_id}/addresses/{address_id}/confirmations", CHANGE, AddressGiven, 200)
def confirm_address_(request: HttpRequest, customer_id: PathId, address_id: PathId, sent: Confirmation) -> AddressGiven:
    """Note that letters reach an address, or do not, and how that is known."""
    user = bearer(request)
    address = address_for(user, customer_id, address_id)
    address = confirm_address(address, sent.status, evidence=sent.evidence, by=user.actor)
    versioned(request, address.version)
    return address_of(address)


@routes.remove("/customers/{customer_id}/addresses/{address_id}", CHANGE)
def remove_address_(request: HttpRequest, customer_id: PathId, address_id: PathId) -> None:
    """Remove an address; the timeline knows how to bring it back."""
    user = bearer(request)
    remove_address(address_for(user, customer_id, address_id), by=user.actor)
