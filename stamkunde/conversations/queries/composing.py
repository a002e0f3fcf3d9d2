"""What is needed to write an answer: the draft, whom it goes to, saved replies, and who else is at it."""

from dataclasses import dataclass

from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import roles_with
from stamkunde.conversations.access import visible_conversations
from stamkunde.conversations.actions.presence import LASTS
from stamkunde.conversations.models import (
    Conversation,
    Draft,
    Message,
    MessageKind,
    Participant,
    Presence,
    SavedReply,
    SavedReplyText,
)
from stamkunde.conversations.models.conversation import ConversationQuerySet
from stamkunde.customers.access import visible_customers
from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.kit.clock import now
from stamkunde.kit.folding import fold

MOST_REPLIES = 12
MOST_BESIDE = 8
MOST_POSSIBLE = 6


def draft_of(user: User, conversation: Conversation) -> Draft | None:
    return Draft.objects.filter(user=user, conversation=conversation).prefetch_related("attachments").first()


def said_with(idempotency_key: str | None) -> Message | None:
    """Return the message that was written with a key, if one was."""
    return Message.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None


def colleagues() -> list[tuple[int, str]]:
    """Return who may be called to a conversation, by number and name."""
    readers = User.objects.filter(is_active=True, role__in=roles_with("conversations.see"))
    return list(readers.order_by("name", "pk").values_list("pk", "name"))


def answerers() -> list[tuple[int, str]]:
    """Return to whom a conversation may be given, by number and name."""
    staff = User.objects.filter(is_active=True, role__in=roles_with("conversations.answer"))
    return list(staff.order_by("name", "pk").values_list("pk", "name"))


@dataclass(frozen=True)
class Present:
    """A colleague who is at the conversation just now."""

    name: str
    is_writing: bool


def others_present(conversation: Conversation, user: User) -> list[Present]:
    rows = Presence.objects.filter(conversation=conversation, seen_at__gte=now() - LASTS).exclude(user=user)
    return [Present(name, writing) for name, writing in rows.order_by("pk").values_list("user__name", "is_writing")]


def last_message_id(conversation: Conversation) -> int:
    """Return the number of the newest message, by which a page notices that something was said meanwhile."""
    newest = Message.objects.filter(conversation=conversation).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def said_since(conversation: Conversation, message_id: int, user: User) -> list[Message]:
    """Return what others have said since a message, the oldest first: what a writer has not seen yet."""
    rows = Message.objects.filter(conversation=conversation, pk__gt=message_id, kind=MessageKind.HUMAN)
    return [one for one in rows.order_by("pk") if one.written_by_id != user.pk]


@dataclass(frozen=True)
class ReadyReply:
    """A saved reply with its fields filled in, ready to be put into an answer."""

    id: int
    name: str
    text: str


def ready_replies(user: User, conversation: Conversation, text: str = "") -> list[ReadyReply]:
    """Return the saved replies a person may use here, in the customer's language as far as there is one.

    Without one in it, the shop's language stands in, and otherwise any.
    """
    own = set(user.teams.values_list("pk", flat=True))
    replies = [one for one in SavedReply.objects.filter(is_used=True) if one.team_id is None or one.team_id in own]
    asked = fold(text).split()
    if asked:
        replies = [
            one
            for one in replies
            if all(any(word.startswith(part) for word in fold(one.name).split()) for part in asked)
        ]
    replies = replies[:MOST_REPLIES]
    texts: dict[int, dict[str, str]] = {}
    for row in SavedReplyText.objects.filter(saved_reply__in=replies).order_by("pk"):
        texts.setdefault(row.saved_reply_id, {})[row.language] = row.text
    customer = conversation.customer
    languages = [conversation.language, customer.language if customer else "", the_shop().language]
    filled = fields_of(user, conversation)
    found = []
    for reply in replies:
        known = texts.get(reply.pk, {})
        chosen = next((known[one] for one in languages if one in known), next(iter(known.values()), ""))
        for name, value in filled.items():
            chosen = chosen.replace("{" + name + "}", value)
        found.append(ReadyReply(reply.pk, reply.name, chosen))
    return found


def fields_of(user: User, conversation: Conversation) -> dict[str, str]:
    """Return what stands for the fields of a saved reply in a conversation."""
    customer = conversation.customer
    return {
        "name": customer.short_name if customer else "",
        "number": f"#{conversation.pk}",
        "me": user.name,
        "shop": the_shop().name,
    }


def other_conversations(user: User, conversation: Conversation) -> list[Conversation]:
    """Return the customer's other conversations that are open, the last talked in first."""
    if conversation.customer_id is None:
        return []
    return list(open_of_customer(user, conversation.customer_id).exclude(pk=conversation.pk)[:MOST_BESIDE])


def open_of_customer(user: User, customer_id: int) -> ConversationQuerySet:
    """Return the open conversations with a customer that a person may read, the last talked in first."""
    rows = visible_conversations(user).open().filter(customer=customer_id, is_spam=False)
    return rows.order_by("-last_message_at", "-pk")


def possible_customers(user: User, conversation: Conversation) -> list[Customer]:
    """Return the customers who have an address that takes part in the conversation."""
    addresses = Participant.objects.filter(conversation=conversation).values("address")
    points = ContactPoint.objects.filter(kind__in=[ContactKind.EMAIL, ContactKind.PHONE], value__in=addresses)
    people = visible_customers(user).filter(pk__in=points.values("customer"))
    return list(people.order_by("sort_name", "pk")[:MOST_POSSIBLE])
