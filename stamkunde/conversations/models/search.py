"""By which words what was said is found again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from stamkunde.conversations.models.conversation import Conversation
from stamkunde.conversations.models.inbox import InternalNote
from stamkunde.conversations.models.message import Message


class SearchWords(models.Model):
    """The folded words of one message or note, each once, over which the index of `searching` lies.

    `conversation` is where it was said first: one that became part of another leads there by itself. A table of its
    own, so that no migration of messages can lose the index on SQLite.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, null=True, related_name="search_words")
    note = models.OneToOneField(InternalNote, on_delete=models.CASCADE, null=True, related_name="+")
    words = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "search words"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, note=None) | Q(message=None, note__isnull=False),
                name="conversations_words_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.words[:60]
