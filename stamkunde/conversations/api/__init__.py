"""Conversations, as machines list, read, answer and hold them."""

from stamkunde.conversations.api import (
    answering,
    curating,
    letter_settings,
    letters,
    listing,
    mailboxes,
    refusals,
    sorting,
    text_lines,
)

# What is refused is told in the module's own way once it is loaded.
__all__ = ["ROUTES", "refusals"]

ROUTES = (
    listing.routes,
    answering.routes,
    sorting.routes,
    curating.routes,
    mailboxes.routes,
    text_lines.routes,
    letters.routes,
    letter_settings.routes,
)
