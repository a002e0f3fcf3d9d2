"""What somebody and the shop talk about: one thread, whoever answers and by whatever channel."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Team, User
from stamkunde.conversations.models.mailbox import Mailbox
from stamkunde.conversations.models.text import TextLine
from stamkunde.customers.models import Customer


class Channel(models.TextChoices):
    """By which way something is said; what each can do stands in `channels/`."""

    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    PHONE = "phone", pgettext_lazy("channel", "Telephone")
    CHAT = "chat", pgettext_lazy("channel", "Chat")
    SMS = "sms", pgettext_lazy("channel", "Text message")
    MESSENGER = "messenger", pgettext_lazy("channel", "Messenger")
    LETTER = "letter", pgettext_lazy("channel", "Letter")
    VIDEO = "video", pgettext_lazy("channel", "Video call")


class ConversationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("conversation", "Open")
    CLOSED = "closed", pgettext_lazy("conversation", "Closed")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def own(self) -> Self:
        """Leave out those that have been merged into another one."""
        return self.filter(merged_into=None)

    def open(self) -> Self:
        return self.own().filter(state=ConversationState.OPEN)

    def unanswered(self) -> Self:
        """Those in which the customer said something last."""
        return self.open().filter(waiting_since__isnull=False)


class Conversation(models.Model):
    """One thread of messages.

    `first_contact_at` is the instant of the first word of it, and never moves: legal clocks begin there. Somebody waits
    for an answer since `waiting_since`. `last_message_at` and `preview` are what the inbox shows, so that a page of it
    asks one table. One that is `merged_into` another keeps its number, which leads there.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="conversations")
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, null=True, related_name="conversations")
    text_line = models.ForeignKey(TextLine, on_delete=models.PROTECT, null=True, related_name="conversations")
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    assigned_to = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    state = models.CharField(_("state"), max_length=6, choices=ConversationState, default=ConversationState.OPEN)
    is_spam = models.BooleanField(_("spam"), default=False)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    snoozed_until = models.DateTimeField(_("put off until"), null=True, blank=True)
    first_contact_at = models.DateTimeField(_("first contact"))
    last_message_at = models.DateTimeField(_("last message"))
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="open", closed_at__isnull=True),
                name="conversations_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="conversations_not_into_itself"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "-last_message_at", "-id"],
                name="conversations_newest",
                condition=Q(merged_into=None, is_spam=False),
            ),
            models.Index(
                fields=["assigned_to", "state", "-last_message_at", "-id"],
                name="conversations_of_person",
                condition=Q(merged_into=None, is_spam=False),
            ),
            models.Index(
                fields=["team", "state", "-last_message_at", "-id"],
                name="conversations_of_team",
                condition=Q(merged_into=None, is_spam=False),
            ),
            models.Index(
                fields=["waiting_since", "id"],
                name="conversations_waiting",
                # Nobody waits in a closed one; a state asked for as a value would keep SQLite from the index.
                condition=Q(waiting_since__isnull=False, merged_into=None, is_spam=False),
            ),
            models.Index(
                fields=["snoozed_until"], name="conversations_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
            models.Index(fields=["customer", "-last_message_at"], name="conversations_of_customer"),
        ]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    @property
    def title(self) -> str:
        """What it is called on pages: its subject, or else the beginning of what was said last."""
        return self.subject or Truncator(self.preview).chars(60) or gettext("Without a subject")


class Participant(models.Model):
    """An address that takes part, whoever it is: one that joined by a forwarded mail is confirmed by staff first."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=200, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    is_confirmed = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "address"], name="conversations_participant_once")
        ]
        indexes: ClassVar = [models.Index(fields=["address"], name="conversations_participants")]

    def __str__(self) -> str:
        return self.name or self.address


class Tag(models.Model):
    """A word by which conversations are sorted, such as "repair"."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=40, unique=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "tag"], name="conversations_tagged_once")
        ]
