"""The lists of the inbox: which conversations stand in each, in which order, and how many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import User
from stamkunde.conversations.access import visible_conversations
from stamkunde.conversations.models import (
    Channel,
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Draft,
    Mention,
    Participant,
    Tagging,
)
from stamkunde.conversations.models.conversation import ConversationQuerySet
from stamkunde.kit.paging import Order, Page, instant, page

AT_ONCE = 50
# A number beyond it tells nobody anything more, and takes time to find.
COUNTED_TO = 1_000
_NEWEST = Order("last_message_at")
_LONGEST = Order("waiting_since", falling=False)
_SOONEST = Order("snoozed_until", falling=False)


class List:
    """The names of the lists, as they stand in addresses."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    TEAMS = "teams"
    WAITING = "waiting"
    OPEN = "open"
    MENTIONS = "mentions"
    PUT_OFF = "put_off"
    CLOSED = "closed"
    SPAM = "spam"


LISTS: dict[str, object] = {
    List.MINE: pgettext_lazy("list of conversations", "Mine"),
    List.UNASSIGNED: pgettext_lazy("list of conversations", "Nobody's"),
    List.TEAMS: pgettext_lazy("list of conversations", "My teams'"),
    List.WAITING: pgettext_lazy("list of conversations", "Waiting longest"),
    List.OPEN: pgettext_lazy("list of conversations", "All open"),
    List.MENTIONS: pgettext_lazy("list of conversations", "I am called"),
    List.PUT_OFF: pgettext_lazy("list of conversations", "Put off"),
    List.CLOSED: pgettext_lazy("list of conversations", "Closed"),
    List.SPAM: pgettext_lazy("list of conversations", "Spam"),
}
# What calls for somebody; nobody needs to know how many are closed.
COUNTED = (List.MINE, List.UNASSIGNED, List.TEAMS, List.WAITING, List.OPEN, List.MENTIONS, List.PUT_OFF)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """By what a list is narrowed; each may be left out."""

    channel: str = ""
    team_id: int | None = None
    mailbox_id: int | None = None
    tag_id: int | None = None
    customer_id: int | None = None

    def narrowed(self, rows: ConversationQuerySet) -> ConversationQuerySet:
        if self.channel in Channel:
            rows = rows.filter(channel=self.channel)
        if self.team_id is not None:
            rows = rows.filter(team=self.team_id)
        if self.mailbox_id is not None:
            rows = rows.filter(mailbox=self.mailbox_id)
        if self.customer_id is not None:
            rows = rows.filter(customer=self.customer_id)
        if self.tag_id is not None:
            rows = rows.filter(pk__in=Tagging.objects.filter(tag=self.tag_id).values("conversation"))
        return rows

    @property
    def are_any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """One line of a list: the conversation, who talks, and what else is seen without opening it."""

    conversation: Conversation
    who: str
    tags: tuple[str, ...]
    # How the last message from us ended, where it needs somebody: failed, bounced or perhaps sent.
    trouble: str
    has_draft: bool
    is_called: bool


def rows_of_list(user: User, name: str) -> ConversationQuerySet:
    """Return the conversations of a list that the person may read; a name that is no list's holds none."""
    rows = visible_conversations(user).own()
    if name == List.SPAM:
        return rows.filter(is_spam=True)
    if name == List.MENTIONS:
        calls = Mention.objects.filter(user=user, seen_at=None)
        # A note of one that became part of another calls to the one it is shown in now.
        return rows.filter(
            Q(pk__in=calls.values("note__conversation")) | Q(pk__in=calls.values("note__conversation__merged_into"))
        )
    rows = rows.filter(is_spam=False)
    if name == List.CLOSED:
        return rows.filter(state=ConversationState.CLOSED)
    if name == List.PUT_OFF:
        return rows.filter(state=ConversationState.OPEN, snoozed_until__isnull=False)
    due = rows.filter(snoozed_until=None)
    if name == List.WAITING:
        return due.filter(waiting_since__isnull=False)
    due = due.filter(state=ConversationState.OPEN)
    match name:
        case List.MINE:
            return due.filter(assigned_to=user)
        case List.UNASSIGNED:
            return due.filter(assigned_to=None)
        case List.TEAMS:
            return due.filter(team__in=user.teams.through.objects.filter(user=user).values("team"))
        case List.OPEN:
            return due
    return rows.none()


def order_of(name: str) -> Order:
    return {List.WAITING: _LONGEST, List.PUT_OFF: _SOONEST}.get(name, _NEWEST)


def inbox_page(
    user: User, name: str, filters: Filters | None = None, *, mark: str = "", size: int = AT_ONCE
) -> Page[Conversation]:
    """Return one page of a list, in one query with whom it is about; raises CursorError for a mark made elsewhere."""
    rows = (filters or Filters()).narrowed(rows_of_list(user, name))
    related = rows.select_related("customer", "team", "assigned_to", "mailbox")
    return page(related, order_of(name), mark=mark, size=size, parse=instant)


def inbox_rows(user: User, conversations: Sequence[Conversation]) -> list[InboxRow]:
    """Tell what else there is to see of conversations; five queries, however many they are."""
    numbers = [one.pk for one in conversations]
    if not numbers:
        return []
    tags: dict[int, list[str]] = {}
    tagged = Tagging.objects.filter(conversation__in=numbers).order_by("tag__name")
    for number, tag in tagged.values_list("conversation", "tag__name"):
        tags.setdefault(number, []).append(tag)
    unknown = [one.pk for one in conversations if one.customer_id is None]
    names: dict[int, str] = {}
    if unknown:
        said = Participant.objects.filter(conversation__in=unknown).order_by("pk")
        for number, name, address in said.values_list("conversation", "name", "address"):
            names.setdefault(number, name or address)
    trouble = _troubles(numbers)
    drafts = set(Draft.objects.filter(user=user, conversation__in=numbers).values_list("conversation", flat=True))
    calls = Mention.objects.filter(user=user, seen_at=None, note__conversation__in=numbers)
    called = set(calls.values_list("note__conversation", flat=True))
    return [
        InboxRow(
            conversation=one,
            who=one.customer.name if one.customer else names.get(one.pk, ""),
            tags=tuple(tags.get(one.pk, ())),
            trouble=trouble.get(one.pk, ""),
            has_draft=one.pk in drafts,
            is_called=one.pk in called,
        )
        for one in conversations
    ]


def _troubles(numbers: Iterable[int]) -> dict[int, str]:
    """Return which of them have a last message from us that did not surely arrive, and how it ended."""
    ended = Dispatch.objects.filter(message__conversation__in=numbers).exclude(state=DispatchState.TAKEN_BACK)
    last = dict(ended.order_by("message_id").values_list("message__conversation", "state"))
    bad = {DispatchState.FAILED, DispatchState.BOUNCED, DispatchState.UNCERTAIN}
    return {number: state for number, state in last.items() if state in bad}


def list_counts(user: User, names: Sequence[str] = COUNTED) -> Mapping[str, int]:
    """Return how many conversations stand in each list, up to one more than `COUNTED_TO`; one query for all."""
    parts: list[str] = []
    values: list[Any] = []
    for name in names:
        rows = rows_of_list(user, name)
        if rows.query.is_empty():
            parts.append("SELECT 0")
            continue
        sql, params = rows.order_by().values("pk")[: COUNTED_TO + 1].query.sql_with_params()
        parts.append(f"SELECT COUNT(*) FROM ({sql}) AS few")  # noqa: S608 - written by Django, with its values apart
        values += params
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"({part})" for part in parts), values)
        return dict(zip(names, cursor.fetchone(), strict=True))


def waiting_number(user: User) -> int:
    """Return how many wait for an answer in what is the person's own, her teams' or nobody's, up to a hundred."""
    rows = rows_of_list(user, List.WAITING)
    teams = user.teams.through.objects.filter(user=user).values("team")
    own = rows.filter(Q(assigned_to=user) | Q(assigned_to=None, team=None) | Q(assigned_to=None, team__in=teams))
    return own.order_by().values("pk")[:100].count()
