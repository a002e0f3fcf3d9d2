"""What can be done with conversations."""

from stamkunde.conversations.actions.assigning import assign, give_to_team, take
from stamkunde.conversations.actions.dispatching import say_it_arrived, send_again
from stamkunde.conversations.actions.forgetting import forget_conversations, sweep_files
from stamkunde.conversations.actions.joining import merge_conversations, part_conversations
from stamkunde.conversations.actions.messages import receive_message, take_back_answer, write_answer
from stamkunde.conversations.actions.notes import mark_mentions_seen, write_internal_note
from stamkunde.conversations.actions.threads import (
    close_conversation,
    mark_as_spam,
    name_customer,
    open_conversation,
    reopen_conversation,
    set_tag,
    snooze_conversation,
    wake_conversations,
)

__all__ = [
    "assign",
    "close_conversation",
    "forget_conversations",
    "give_to_team",
    "mark_as_spam",
    "mark_mentions_seen",
    "merge_conversations",
    "name_customer",
    "open_conversation",
    "part_conversations",
    "receive_message",
    "reopen_conversation",
    "say_it_arrived",
    "send_again",
    "set_tag",
    "snooze_conversation",
    "sweep_files",
    "take",
    "take_back_answer",
    "wake_conversations",
    "write_answer",
    "write_internal_note",
]
