"""Reads of conversations, by what they are for."""

from stamkunde.conversations.queries.inbox import (
    COUNTED_TO,
    Filters,
    InboxRow,
    List,
    inbox_page,
    inbox_rows,
    list_counts,
    rows_of_list,
    waiting_number,
)
from stamkunde.conversations.queries.search import Found, search_conversations
from stamkunde.conversations.queries.thread import Thread, thread

__all__ = [
    "COUNTED_TO",
    "Filters",
    "Found",
    "InboxRow",
    "List",
    "Thread",
    "inbox_page",
    "inbox_rows",
    "list_counts",
    "rows_of_list",
    "search_conversations",
    "thread",
    "waiting_number",
]
