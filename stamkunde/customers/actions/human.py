"""What is good to know of a customer, and to whom she belongs."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.customers.actions.stale import update_seen
from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.events import RelationAdded, RelationRemoved, TraitChanged, TraitNoted, TraitRemoved
from stamkunde.customers.models import Relation, RelationKind, Trait
from stamkunde.customers.preparing import read_trait
from stamkunde.customers.values import TraitValues
from stamkunde.customers.written import refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now


@action
def note_trait(customer_id: int, values: TraitValues, *, by: Actor) -> Trait:
    trait = read_trait(values)
    trait.customer = present_customer(customer_id)
    trait.noted_by, trait.noted_at = by.label[:120], now()
    trait.save(force_insert=True)
    publish(TraitNoted(customer_id=customer_id, trait_id=trait.pk, kind=trait.kind, text=trait.text), by=by)
    return trait


@action
def change_trait(trait: Trait, values: TraitValues, *, version: int, by: Actor) -> Trait:
    """Correct what is noted; who noted it is from now on who corrected it."""
    wanted = read_trait(values)
    before = trait.text
    changed = update_seen(trait, version, kind=wanted.kind, text=wanted.text, noted_by=by.label[:120], noted_at=now())
    publish(
        TraitChanged(
            customer_id=changed.customer_id, trait_id=changed.pk, kind=changed.kind, text=changed.text, before=before
        ),
        by=by,
    )
    return changed


@action
def remove_trait(trait: Trait, *, by: Actor) -> int | None:
    """Remove what is noted; return the number of the happening, by which it can be undone."""
    told = TraitRemoved(customer_id=trait.customer_id, trait_id=trait.pk, kind=trait.kind, text=trait.text)
    if not Trait.objects.filter(pk=trait.pk).delete()[0]:
        return None
    return publish(told, by=by).pk


@action
def add_relation(customer_id: int, other_id: int, kind: RelationKind, *, by: Actor) -> Relation:
    """Note how two customers belong together; it is told on both their timelines."""
    if customer_id == other_id:
        raise refused(_("That is the same customer. Please choose somebody else."), "other")
    # In the order of their numbers, so that two who do this at once never wait crosswise.
    held = {number: present_customer(number) for number in sorted((customer_id, other_id))}
    customer, other = held[customer_id], held[other_id]
    already = _("That is noted already.")
    mirrored = Relation.objects.filter(customer=other, other=customer, kind=kind)
    if kind == RelationKind.HOUSEHOLD and mirrored.exists():
        raise refused(already, "other")
    relation = Relation(customer=customer, other=other, kind=kind)
    try:
        with transaction.atomic():
            relation.save(force_insert=True)
    except IntegrityError as error:
        raise refused(already, "other") from error
    publish(RelationAdded(customer_id=customer_id, other_id=other_id, other_name=other.name, kind=kind), by=by)
    publish(
        RelationAdded(customer_id=other_id, other_id=customer_id, other_name=customer.name, kind=kind, is_reverse=True),
        by=by,
    )
    return relation


@action
def remove_relation(relation: Relation, *, by: Actor) -> int | None:
    """Remove a relation; return the number of the happening on the first one's timeline, by which it can be undone."""
    customer, other, kind = relation.customer, relation.other, relation.kind
    if not Relation.objects.filter(pk=relation.pk).delete()[0]:
        return None
    happening = publish(
        RelationRemoved(customer_id=customer.pk, other_id=other.pk, other_name=other.name, kind=kind), by=by
    )
    publish(
        RelationRemoved(
            customer_id=other.pk, other_id=customer.pk, other_name=customer.name, kind=kind, is_reverse=True
        ),
        by=by,
    )
    return happening.pk
