"""Taking a removal back: the happening of the removal still knows what was removed."""

from stamkunde.customers.actions.contact import add_address, add_contact_point
from stamkunde.customers.actions.human import add_relation, note_trait
from stamkunde.customers.events import AddressRemoved, ContactPointRemoved, RelationRemoved, TraitRemoved
from stamkunde.customers.models import ContactKind, RelationKind, TraitKind
from stamkunde.customers.values import AddressValues, ContactValues, TraitValues
from stamkunde.events.event import Event
from stamkunde.events.models import Happening
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor


def _contact_point(event: ContactPointRemoved, customer_id: int, by: Actor) -> None:
    values = ContactValues(
        kind=ContactKind(event.kind),
        raw=event.value,
        label=event.label,
        is_preferred=event.is_preferred,
        kept_as_written=True,
    )
    add_contact_point(customer_id, values, by=by)


def _address(event: AddressRemoved, customer_id: int, by: Actor) -> None:
    add_address(customer_id, AddressValues(**event.address, kept_as_written=True), by=by)


def _trait(event: TraitRemoved, customer_id: int, by: Actor) -> None:
    note_trait(customer_id, TraitValues(kind=TraitKind(event.kind), text=event.text), by=by)


def _relation(event: RelationRemoved, customer_id: int, by: Actor) -> None:
    first, second = (event.other_id, customer_id) if event.is_reverse else (customer_id, event.other_id)
    add_relation(first, second, RelationKind(event.kind), by=by)


@action
def undo_removal(happening: Happening, *, by: Actor) -> bool:
    """Make what was removed again, from the happening of its removal; return whether there was something to make."""
    kind, customer_id = Event.kinds.get(happening.name), happening.customer_id
    if kind is None or customer_id is None:
        return False
    event = kind.from_details(happening.details, customer_id)
    if isinstance(event, ContactPointRemoved):
        _contact_point(event, customer_id, by)
    elif isinstance(event, AddressRemoved):
        _address(event, customer_id, by)
    elif isinstance(event, TraitRemoved):
        _trait(event, customer_id, by)
    elif isinstance(event, RelationRemoved):
        _relation(event, customer_id, by)
    else:
        return False
    return True
