"""What staff do at the desk: their own views, drafts and put-off contacts, and changes of many customers at once."""

from stamkunde.desk.actions.contact import (
    LONGEST_PUT_OFF,
    note_contact,
    put_contact_off,
    put_off_back,
    put_off_many,
    resume_contact,
)
from stamkunde.desk.actions.list_view import MOST_VIEWS, begin_with_view, change_view, remove_view, save_view
from stamkunde.desk.actions.refusal import DeskError

__all__ = [
    "LONGEST_PUT_OFF",
    "MOST_VIEWS",
    "DeskError",
    "begin_with_view",
    "change_view",
    "note_contact",
    "put_contact_off",
    "put_off_back",
    "put_off_many",
    "remove_view",
    "resume_contact",
    "save_view",
]
