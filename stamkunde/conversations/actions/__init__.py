"""What can be done with conversations."""

from stamkunde.conversations.actions.assigning import assign, give_to_team, take
from stamkunde.conversations.actions.curating import add_saved_reply, add_tag, change_saved_reply, change_tag
from stamkunde.conversations.actions.dispatching import say_it_arrived, send_again
from stamkunde.conversations.actions.forgetting import forget_conversations, sweep_files
from stamkunde.conversations.actions.joining import merge_conversations, part_conversations
from stamkunde.conversations.actions.letters import start_letter, write_letter
from stamkunde.conversations.actions.messages import receive_message, take_back_answer, write_answer
from stamkunde.conversations.actions.notes import mark_mentions_seen, write_internal_note
from stamkunde.conversations.actions.presence import mark_present
from stamkunde.conversations.actions.printing import (
    cancel_run,
    note_returned,
    post_letters,
    print_letters,
    put_back,
)
from stamkunde.conversations.actions.starting import send_paper, start_conversation, start_text_conversation
from stamkunde.conversations.actions.threads import (
    close_conversation,
    mark_as_spam,
    name_customer,
    open_conversation,
    reopen_conversation,
    set_tag,
    snooze_conversation,
    unsnooze_conversation,
    wake_conversations,
)
from stamkunde.conversations.actions.writing import attach_to_draft, detach_from_draft, discard_draft, save_draft

__all__ = [
    "add_saved_reply",
    "add_tag",
    "assign",
    "attach_to_draft",
    "change_saved_reply",
    "change_tag",
    "cancel_run",
    "close_conversation",
    "detach_from_draft",
    "discard_draft",
    "forget_conversations",
    "give_to_team",
    "mark_as_spam",
    "mark_mentions_seen",
    "mark_present",
    "merge_conversations",
    "name_customer",
    "note_returned",
    "open_conversation",
    "part_conversations",
    "post_letters",
    "print_letters",
    "put_back",
    "receive_message",
    "reopen_conversation",
    "say_it_arrived",
    "send_again",
    "send_paper",
    "save_draft",
    "set_tag",
    "snooze_conversation",
    "sweep_files",
    "take",
    "start_conversation",
    "start_text_conversation",
    "start_letter",
    "take_back_answer",
    "unsnooze_conversation",
    "wake_conversations",
    "write_answer",
    "write_internal_note",
    "write_letter",
]
