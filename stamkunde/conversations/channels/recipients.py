"""Whom an answer goes to if nobody says otherwise, whatever the channel."""

from stamkunde.conversations.models import Conversation, Direction, Message, MessageKind, Participant
from stamkunde.customers.models import ContactKind, ContactPoint

MOST_KNOWN = 5


def last_writer(talk: Conversation) -> str:
    """Return the address of the person who wrote last."""
    said = Message.objects.filter(conversation=talk, direction=Direction.IN, kind=MessageKind.HUMAN)
    last = said.exclude(from_address="").order_by("-said_at", "-pk")
    return last.values_list("from_address", flat=True).first() or ""


def those_who_take_part(talk: Conversation) -> list[str]:
    """Return the addresses of a conversation that staff know to belong there."""
    own = Participant.objects.filter(conversation=talk, is_confirmed=True).order_by("pk")
    return list(own.values_list("address", flat=True))


def own_address(customer_id: int | None, kind: ContactKind) -> list[str]:
    """Return by which address of a kind a customer is reached, as a list of one or none."""
    points = ContactPoint.objects.filter(customer=customer_id, kind=kind).exclude(status="failing")
    return list(points.order_by("-is_preferred", "pk").values_list("value", flat=True)[:1]) if customer_id else []
