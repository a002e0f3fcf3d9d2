"""What is good to know of a customer, to whom they belong, what they agreed to, and what the shop's own fields say."""

from datetime import datetime

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import (
    CHANGE,
    SEE,
    custom_field_for,
    customer_for,
    found_customer,
    relation_for,
    trait_for,
)
from stamkunde.customers.actions import (
    add_relation,
    change_trait,
    note_trait,
    record_consent,
    remove_relation,
    remove_trait,
    set_custom_value,
)
from stamkunde.customers.api.sent import ConsentSent, TraitSent, consent_values, trait_values
from stamkunde.customers.api.shapes import ConsentGiven, RelationGiven, TraitGiven, relation_of, trait_of
from stamkunde.customers.custom_values import EMPTY, written_custom
from stamkunde.customers.models import Consent, Customer, CustomField, CustomValue, RelationKind
from stamkunde.kit.api.fields import Given, Id, Line, PathId, QueryText, Sent
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned

routes = Routes("What is known", "What is good to know, to whom they belong, consents, and the shop's own fields.")


class ConsentAnswer(ConsentGiven):
    """A yes or a no, as it stands among all there ever were."""

    language: str
    recorded_at: datetime


class Consents(Given):
    """Every answer there ever was, the newest first; the newest of a channel counts."""

    items: list[ConsentAnswer]


class RelationSent(Sent):
    """How a customer belongs to another one, read as “customer kind other”."""

    other_id: Id
    kind: RelationKind


class CustomValueSent(Sent):
    value: Line = Field(description="As plain text; nothing empties the field.", examples=["39"])


class CustomValueGiven(Given):
    key: str
    value: str
    version: int


@routes.post("/customers/{customer_id}/traits", CHANGE, TraitGiven)
def add_trait(request: HttpRequest, customer_id: PathId, sent: TraitSent) -> TraitGiven:
    """Note something that is good to know."""
    user = bearer(request)
    trait = note_trait(customer_for(user, customer_id).pk, trait_values(sent), by=user.actor)
    versioned(request, trait.version)
    return trait_of(trait)


@routes.put("/customers/{customer_id}/traits/{trait_id}", CHANGE, TraitGiven)
def change_trait_(request: HttpRequest, customer_id: PathId, trait_id: PathId, sent: TraitSent) -> TraitGiven:
    """Correct what is noted."""
    user = bearer(request)
    trait = trait_for(user, customer_id, trait_id)
    trait = change_trait(trait, trait_values(sent), version=seen_version(request, trait.version), by=user.actor)
    versioned(request, trait.version)
    return trait_of(trait)


@routes.remove("/customers/{customer_id}/traits/{trait_id}", CHANGE)
def remove_trait_(request: HttpRequest, customer_id: PathId, trait_id: PathId) -> None:
    """Remove what is noted; the timeline knows how to bring it back."""
    user = bearer(request)
    remove_trait(trait_for(user, customer_id, trait_id), by=user.actor)


@routes.post("/customers/{customer_id}/relations", CHANGE, RelationGiven)
def add_relation_(request: HttpRequest, customer_id: PathId, sent: RelationSent) -> RelationGiven:
    """Note how two customers belong together; it is told on both their timelines."""
    user = bearer(request)
    customer, other = customer_for(user, customer_id), _other(user, sent.other_id)
    return relation_of(add_relation(customer.pk, other.pk, sent.kind, by=user.actor))


@routes.remove("/customers/{customer_id}/relations/{relation_id}", CHANGE)
def remove_relation_(request: HttpRequest, customer_id: PathId, relation_id: PathId) -> None:
    """Remove a relation, from whichever end."""
    user = bearer(request)
    remove_relation(relation_for(user, customer_id, relation_id), by=user.actor)


@routes.get("/customers/{customer_id}/consents", SEE, Consents)
def list_consents(request: HttpRequest, customer_id: PathId) -> Consents:
    """List every yes and every no there ever was, the newest first."""
    customer = customer_for(bearer(request), customer_id)
    answers = Consent.objects.filter(customer=customer).order_by("-at", "-pk")[:500]
    return Consents(items=[ConsentAnswer.model_validate(answer) for answer in answers])


@routes.post("/customers/{customer_id}/consents", CHANGE, ConsentAnswer)
def record_consent_(request: HttpRequest, customer_id: PathId, sent: ConsentSent) -> ConsentAnswer:
    """Record a yes or a no with its proof; nobody changes it afterwards."""
    user = bearer(request)
    consent = record_consent(customer_for(user, customer_id).pk, consent_values(sent), by=user.actor)
    return ConsentAnswer.model_validate(consent)


@routes.put("/customers/{customer_id}/custom/{key}", CHANGE, CustomValueGiven)
def set_custom_value_(
    request: HttpRequest, customer_id: PathId, key: QueryText, sent: CustomValueSent
) -> CustomValueGiven:
    """Fill in one of the shop's own fields."""
    user = bearer(request)
    customer, field = customer_for(user, customer_id), _field(user, key)
    current = _value(customer, field)
    seen = seen_version(request, current.version if current else 0)
    set_custom_value(customer.pk, field, sent.value, version=seen, by=user.actor)
    after = _value(customer, field)
    versioned(request, after.version if after else 0)
    written = written_custom({name: getattr(after, name) for name in EMPTY}) if after else ""
    return CustomValueGiven(key=field.key, value=written, version=after.version if after else 0)


def _other(user: User, pk: int) -> Customer:
    found = found_customer(user, pk)
    if found is None:
        raise invalid("There is no such customer.", "other_id")
    return found


def _field(user: User, key: str) -> CustomField:
    field = CustomField.objects.filter(key=key).first()
    if field is None:
        raise Http404
    return custom_field_for(user, field.pk)


def _value(customer: Customer, field: CustomField) -> CustomValue | None:
    return CustomValue.objects.select_related("field").filter(customer=customer, field=field).first()
