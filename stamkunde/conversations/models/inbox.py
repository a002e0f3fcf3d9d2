"""What staff have among themselves: notes, drafts, saved replies, and who is at it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language, Team, User
from stamkunde.conversations.models.conversation import Conversation


class InternalNote(models.Model):
    """A remark among staff, beside the messages. It has no recipient and no dispatch: nothing can send it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="internal_notes")
    text = models.TextField(_("note"), max_length=10_000)
    written_by_id = models.BigIntegerField(null=True)
    written_by = models.CharField(max_length=120)
    written_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["conversation", "written_at"], name="conversations_notes")]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """That a colleague is called to a conversation by a note."""

    note = models.ForeignKey(InternalNote, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "user"], name="conversations_mentioned_once")]
        indexes: ClassVar = [models.Index(fields=["user", "seen_at"], name="conversations_mentions_of")]


class Draft(models.Model):
    """What somebody has begun to write; it survives the browser and is gone when it was sent."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    is_note = models.BooleanField(default=False)
    text = models.TextField(max_length=100_000, blank=True)
    # Pairs of role and address, as they were typed.
    recipients = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="conversations_one_draft_each")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Presence(models.Model):
    """That somebody looks at a conversation or writes an answer just now; after half a minute it says nothing."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="conversations_present_once")
        ]


class SavedReply(models.Model):
    """An answer that is often given, in the languages it is given in; a team's own, or everybody's."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    is_used = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "saved replies"
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class SavedReplyText(models.Model):
    saved_reply = models.ForeignKey(SavedReply, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5, choices=Language)
    text = models.TextField(_("text"), max_length=20_000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["saved_reply", "language"], name="conversations_one_text_a_language")
        ]
