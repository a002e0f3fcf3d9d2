"""What was said in a conversation, with the notes of staff and the changes between, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from stamkunde.accounts.models import User
from stamkunde.conversations.events import ConversationEvent
from stamkunde.conversations.models import (
    Attachment,
    Channel,
    Conversation,
    Dispatch,
    DispatchState,
    InternalNote,
    Letter,
    Message,
    Recipient,
    RecipientRole,
)
from stamkunde.events.event import Event
from stamkunde.events.models import Happening, Topic
from stamkunde.events.queries import Moment, moments
from stamkunde.kit.paging import Order, instant, page

AT_ONCE = 60
_MOST_BESIDE = 300
_BY_TIME = Order("said_at")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message with whom it went to, what is attached, and how far it is."""

    message: Message
    recipients: tuple[Recipient, ...]
    attachments: tuple[Attachment, ...]
    dispatch: Dispatch | None
    letter: Letter | None = None

    @property
    def to(self) -> list[Recipient]:
        return [one for one in self.recipients if one.role == RecipientRole.TO]

    @property
    def copies(self) -> list[Recipient]:
        return [one for one in self.recipients if one.role == RecipientRole.CC]

    @property
    def blind_copies(self) -> list[Recipient]:
        return [one for one in self.recipients if one.role == RecipientRole.BCC]


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A note among staff; `called` are the names of the colleagues it calls."""

    note: InternalNote
    called: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing in the thread: exactly one of the three is there."""

    at: datetime
    said: Said | None = None
    noted: Noted | None = None
    change: Moment | None = None


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A page of a conversation, the oldest first; `older` is the mark of what was said before, empty for none.

    `merged` are the conversations that became part of this one.
    """

    entries: tuple[Entry, ...]
    older: str
    newer: str
    merged: tuple[Conversation, ...]


def thread(user: User, conversation: Conversation, *, mark: str = "", size: int = AT_ONCE) -> Thread:
    """Return what was said, noted and changed; seven queries or eight. Raises CursorError for a mark made elsewhere.

    Whoever asks must have the conversation from `conversation_for`. Blind copies are named to the writer only, and
    what was taken back before it was sent was not said.
    """
    merged = tuple(Conversation.objects.filter(merged_into=conversation.pk).order_by("pk"))
    messages = Message.objects.filter(conversation=conversation.pk).exclude(dispatch__state=DispatchState.TAKEN_BACK)
    found = page(messages.select_related("dispatch", "letter"), _BY_TIME, mark=mark, size=size, parse=instant)
    rows = list(reversed(found.rows))
    entries = [Entry(at=one.message.said_at, said=one) for one in said_of_messages(user, rows)]
    since = rows[0].said_at if found.older and rows else None
    until = _next_after(rows[-1]) if found.newer and rows else None
    numbers = [conversation.pk, *(one.pk for one in merged)]
    entries += [Entry(at=one.note.written_at, noted=one) for one in _noted(numbers, since, until)]
    entries += [Entry(at=one.at, change=one) for one in _changes(conversation.pk, since, until)]
    # What was said comes first of what has the same instant: a change follows from it.
    entries.sort(key=lambda one: (one.at, one.said is None))
    return Thread(entries=tuple(entries), older=found.older, newer=found.newer, merged=merged)


def _next_after(last: Message) -> datetime | None:
    following = Message.objects.filter(conversation=last.conversation_id, said_at__gt=last.said_at)
    return following.order_by("said_at").values_list("said_at", flat=True).first()


def said_of_messages(user: User, messages: Sequence[Message]) -> list[Said]:
    """Return messages with what stands beside each; blind copies are named to the writer only."""
    numbers = [one.pk for one in messages]
    recipients: dict[int, list[Recipient]] = {}
    for one in Recipient.objects.filter(message__in=numbers).order_by("pk"):
        recipients.setdefault(one.message_id, []).append(one)
    attachments: dict[int, list[Attachment]] = {}
    for file in Attachment.objects.filter(message__in=numbers).order_by("pk"):
        attachments.setdefault(file.message_id or 0, []).append(file)
    return [
        Said(
            message=message,
            recipients=tuple(
                one
                for one in recipients.get(message.pk, ())
                if one.role != RecipientRole.BCC or message.written_by_id == user.pk
            ),
            attachments=tuple(attachments.get(message.pk, ())),
            dispatch=getattr(message, "dispatch", None),
            letter=getattr(message, "letter", None) if message.channel == Channel.LETTER else None,
        )
        for message in messages
    ]


def _noted(conversations: Sequence[int], since: datetime | None, until: datetime | None) -> list[Noted]:
    rows = InternalNote.objects.filter(_between("written_at", since, until), conversation__in=conversations)
    notes = list(rows.order_by("-written_at", "-pk")[:_MOST_BESIDE])
    called: dict[int, list[str]] = {}
    if notes:
        through = InternalNote.objects.filter(pk__in=[note.pk for note in notes], mentions__isnull=False)
        for number, name in through.order_by("mentions__pk").values_list("pk", "mentions__user__name"):
            called.setdefault(number, []).append(name)
    return [Noted(note=note, called=tuple(called.get(note.pk, ()))) for note in reversed(notes)]


def _changes(conversation: int, since: datetime | None, until: datetime | None) -> list[Moment]:
    names = [
        kind.name
        for kind in Event.kinds.values()
        if issubclass(kind, ConversationEvent) and kind.topic == Topic.CHANGES and kind.name not in _SHOWN_OTHERWISE
    ]
    rows = Happening.objects.filter(_between("at", since, until), name__in=names, subject_id=conversation)
    return moments(reversed(rows.order_by("-at", "-pk")[:_MOST_BESIDE]), ())


# A note stands in the thread itself.
_SHOWN_OTHERWISE = {"conversations.internal_note_written"}


def _between(name: str, since: datetime | None, until: datetime | None) -> Q:
    wanted = Q()
    if since is not None:
        wanted &= Q(**{f"{name}__gte": since})
    if until is not None:
        wanted &= Q(**{f"{name}__lt": until})
    return wanted
