"""Numbers of the shop by which text messages and messengers come and go, and all that came, as its bytes were."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language, Team, User
from stamkunde.conversations.models.mailbox import Assigning, RawMailState


class TextProviderName(models.TextChoices):
    """By whom messages are carried; what each can do stands in `channels/text/providers/`."""

    ELKS = "46elks", "46elks"
    TWILIO = "twilio", "Twilio"
    WHATSAPP = "whatsapp", "WhatsApp"


class TextLine(models.Model):
    """A telephone number of the shop at a provider of text messages, or one of WhatsApp.

    `account` and the sealed `secret` are what the provider lets us in by; the sealed `hook_secret` is what it signs
    with, where it signs. The sealed `hook_key` stands in the address at which it hands messages in.
    """

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    provider = models.CharField(_("provider"), max_length=10, choices=TextProviderName)
    number = models.CharField(_("number"), max_length=20)
    is_used = models.BooleanField(_("in use"), default=True)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    assigning = models.CharField(
        _("a new conversation goes to"), max_length=11, choices=Assigning, default=Assigning.NOBODY
    )
    last_assigned = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    account = models.CharField(_("account"), max_length=120)
    url = models.CharField(_("address of the provider"), max_length=300, blank=True)
    megabytes = models.PositiveSmallIntegerField(
        _("largest file"), default=16, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    secret = models.TextField(blank=True, editable=False)
    hook_secret = models.TextField(blank=True, editable=False)
    hook_key = models.TextField(editable=False)
    # By this the line is found whose key stands in an address.
    hook_digest = models.CharField(max_length=64, unique=True, editable=False)

    heard_at = models.DateTimeField(null=True, editable=False)
    sending_failing_since = models.DateTimeField(null=True, editable=False)
    sending_failure = models.CharField(max_length=300, blank=True, editable=False)
    sending_rests_until = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "number"], name="conversations_text_line_once")
        ]

    def __str__(self) -> str:
        return self.name


class TextTemplate(models.Model):
    """A message that WhatsApp has approved: the only kind that goes out when nobody wrote within a day.

    What differs from one to the next stands in its text as {{1}}, {{2}} and so on. The name and the language are
    those under which the provider knows it.
    """

    text_line = models.ForeignKey(TextLine, on_delete=models.PROTECT, related_name="templates")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"), max_length=1_024)
    is_used = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "language", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text_line", "name", "language"], name="conversations_text_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class RawText(models.Model):
    """What a provider handed in, as its bytes came, before anybody tried to read it: the same bytes are one row.

    One may hold several messages and reports. Once it was read its bytes are let go of, since all of it stands
    elsewhere; one that cannot be read is set aside with the reason, and can be read again.
    """

    text_line = models.ForeignKey(TextLine, on_delete=models.PROTECT, related_name="raw_texts")
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    # What stood behind the question mark of the address: by which message of ours a report was asked for.
    query = models.CharField(max_length=300, blank=True)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=RawMailState, default=RawMailState.STORED)
    reason = models.CharField(max_length=40, blank=True)
    trace = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text_line", "digest"], name="conversations_same_text_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at", "id"], name="conversations_texts_to_read", condition=models.Q(state="stored")
            ),
            models.Index(
                fields=["-received_at", "-id"],
                name="conversations_texts_aside",
                condition=models.Q(state="quarantined"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text_line_id}: {self.digest[:12]}"
