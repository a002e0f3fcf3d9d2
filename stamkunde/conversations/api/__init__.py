"""Conversations, as machines read and hold them."""

from stamkunde.conversations.api import mailboxes, refusals

# What is refused is told in the module's own way once it is loaded.
__all__ = ["ROUTES", "refusals"]

ROUTES = (mailboxes.routes,)
