"""Enrolling somebody and writing a note at the counter, once however often the request comes."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import IntegrityError

from stamkunde.counter.models import Deed
from stamkunde.customers.actions import create_customer, pin_note, write_note
from stamkunde.customers.models import ContactKind, Customer, Note
from stamkunde.customers.values import CustomerValues
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.loyalty.actions import join
from stamkunde.loyalty.models import MembershipSource, Programme
from stamkunde.loyalty.queries.live import thanking_among
from stamkunde.loyalty.refusals import FriendCodeUnknown

KEPT = timedelta(days=3)


def enrol(
    values: CustomerValues,
    *,
    programmes: Sequence[int] = (),
    friend: str = "",
    asker: str = "",
    key: str,
    by: Actor,
) -> Customer:
    """Make a new customer and a member of programmes, or answer with the one that was made under the key before.

    A telephone number that was only typed here has to be confirmed before it counts as the member's. `friend` is the
    code or card of a member who brought them to those of the programmes that thank for it.
    """

    thanking = thanking_among(programmes)
    if friend.strip() and not thanking:
        raise FriendCodeUnknown

    def make() -> tuple[Customer, Note | None]:
        customer = create_customer(values, by=by)
        phone = customer.contact_points.filter(kind=ContactKind.PHONE).first()
        for programme in Programme.objects.filter(pk__in=programmes).order_by("pk"):
            typed = phone.value if phone is not None else ""
            code = friend if programme.pk in thanking else ""
            join(
                customer.pk,
                programme,
                source=MembershipSource.TILL,
                unconfirmed=typed,
                friend=code,
                asker=asker,
                by=by,
            )
        return customer, None

    return _once(key, make).customer


def note_at_counter(customer_id: int, text: str, *, pin: bool = False, key: str, by: Actor) -> Note | None:
    """Write a note, or answer with the one that was written under the key before."""

    def write() -> tuple[Customer, Note | None]:
        note = write_note(customer_id, text, by=by)
        if pin:
            pin_note(note, by=by)
        return note.customer, note

    return _once(key, write).note


def _once(key: str, do: Callable[[], tuple[Customer, Note | None]]) -> Deed:
    try:
        return _deed(key, do)
    except IntegrityError:
        # Another request with the key was quicker: what this one did is undone, and that one's deed is the answer.
        earlier = _known(key)
        if earlier is None:
            raise
        return earlier


@retry_on_conflict
@action
def _deed(key: str, do: Callable[[], tuple[Customer, Note | None]]) -> Deed:
    if earlier := _known(key):
        return earlier
    customer, note = do()
    return Deed.objects.create(key=key, customer=customer, note=note, done_at=now())


def _known(key: str) -> Deed | None:
    return Deed.objects.select_related("customer", "note").filter(key=key).first()


@action
def clear_deeds() -> int:
    """Forget the keys nobody will send again; return how many."""
    return Deed.objects.filter(done_at__lt=now() - KEPT).delete()[0]
