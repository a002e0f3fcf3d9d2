"""What was said: to us or by us, with what was attached, and how far on its way it is."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.conversations.models.conversation import Channel, Conversation
from stamkunde.conversations.models.mailbox import Mailbox
from stamkunde.conversations.models.text import TextLine
from stamkunde.customers.models import Customer


class Direction(models.TextChoices):
    IN = "in", pgettext_lazy("message", "To us")
    OUT = "out", pgettext_lazy("message", "From us")


class MessageKind(models.TextChoices):
    """Whether a person said it; what a machine answered moves no clock and opens nothing again."""

    HUMAN = "human", pgettext_lazy("message", "Message")
    AUTO_REPLY = "auto_reply", pgettext_lazy("message", "Automatic reply")
    BOUNCE = "bounce", pgettext_lazy("message", "Could not be delivered")
    DELAYED = "delayed", pgettext_lazy("message", "Delivery is delayed")
    READ_RECEIPT = "read_receipt", pgettext_lazy("message", "Read receipt")
    LIST = "list", pgettext_lazy("message", "Mailing list")


class Message(models.Model):
    """One utterance, to or from the shop. What staff write to each other is an `InternalNote`, which is no message
    and so has nothing that could send it.

    `text` is what the person said; `quoted` what she repeated of others, folded on the page. `html` is as it came and
    never shown as it is. `said_at` is when it was said as far as is known, `recorded_at` when it reached us. `flags`
    are what the reader of a mail noticed, such as a display name that misleads.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    # Where it stood before conversations were merged, so that they can be parted again.
    came_from = models.ForeignKey(Conversation, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    kind = models.CharField(max_length=12, choices=MessageKind, default=MessageKind.HUMAN)
    from_address = models.CharField(_("from"), max_length=254, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    written_by_id = models.BigIntegerField(null=True)
    written_by = models.CharField(max_length=120, blank=True)
    subject = models.TextField(_("subject"), blank=True)
    text = models.TextField(_("text"), blank=True)
    quoted = models.TextField(blank=True)
    html = models.TextField(blank=True)
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    message_id = models.CharField(max_length=998, blank=True)
    in_reply_to = models.CharField(max_length=998, blank=True)
    references = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    idempotency_key = models.CharField(max_length=255, null=True, unique=True, editable=False)  # noqa: DJ001
    body_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["conversation", "said_at", "id"], name="conversations_messages"),
            models.Index(fields=["customer", "-said_at", "-id"], name="conversations_said_by"),
            models.Index(fields=["message_id"], name="conversations_message_id", condition=~Q(message_id="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class RecipientRole(models.TextChoices):
    TO = "to", pgettext_lazy("recipient", "To")
    CC = "cc", pgettext_lazy("recipient", "Copy")
    BCC = "bcc", pgettext_lazy("recipient", "Blind copy")


class Recipient(models.Model):
    """To whom a message was addressed. Blind copies are shown to whoever wrote the message and to nobody else.

    `refusal` is why a mail server did not take it for this one, for good. One that `is_reached` has it already, while
    it is tried again for another one.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    role = models.CharField(max_length=3, choices=RecipientRole, default=RecipientRole.TO)
    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=200, blank=True)
    # Written only where the mail server took one message for some and not for others.
    is_reached = models.BooleanField(default=False)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name or self.address


class Attachment(models.Model):
    """A file that came or goes with a message; it lies under its digest and is handed out as a download only."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="attachments")
    draft = models.ForeignKey("conversations.Draft", on_delete=models.CASCADE, null=True, related_name="attachments")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, draft=None) | Q(message=None, draft__isnull=False),
                name="conversations_attached_to_one",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DispatchState(models.TextChoices):
    """How far a message from us is; each is in exactly one state, so none is both sent and failed."""

    QUEUED = "queued", pgettext_lazy("dispatch", "Waiting to be sent")
    SENDING = "sending", pgettext_lazy("dispatch", "Being sent")
    # Of letters alone: it is on paper, or about to be, and has not been posted yet.
    PRINTED = "printed", pgettext_lazy("dispatch", "Printed")
    SENT = "sent", pgettext_lazy("dispatch", "Sent")
    # Whether it went out is not known: the line broke after everything was handed over. It is not sent again by itself.
    UNCERTAIN = "uncertain", pgettext_lazy("dispatch", "Perhaps sent")
    # Text messages and messengers tell more than mail does.
    DELIVERED = "delivered", pgettext_lazy("dispatch", "Delivered")
    SEEN = "seen", pgettext_lazy("dispatch", "Read")
    DELAYED = "delayed", pgettext_lazy("dispatch", "Delayed on its way")
    BOUNCED = "bounced", pgettext_lazy("dispatch", "Came back")
    FAILED = "failed", pgettext_lazy("dispatch", "Not sent")
    TAKEN_BACK = "taken_back", pgettext_lazy("dispatch", "Taken back")
    # It waited when a backup was made that was restored since, and may have gone out meanwhile: a person lets it go.
    HELD = "held", pgettext_lazy("dispatch", "Held back")


# The states out of which the same bytes may be handed over again.
AGAIN = (DispatchState.QUEUED, DispatchState.SENDING, DispatchState.UNCERTAIN, DispatchState.FAILED)


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def with_bytes(self) -> Self:
        """Those whose bytes are kept, since they may be handed over again; what was sent needs them no more."""
        return self.filter(state__in=AGAIN).exclude(digest="")


class Dispatch(models.Model):
    """The sending of one message: due, leased by one worker at a time, done once.

    It is `SENDING` from before its first byte goes out until what came of it is written. A lease that has run out
    meanwhile therefore means that it may have gone out.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="dispatch")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, null=True, related_name="dispatches")
    text_line = models.ForeignKey(TextLine, on_delete=models.PROTECT, null=True, related_name="dispatches")
    # Of a messenger: the approved template that it goes out as, with what fills its gaps.
    template = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=DispatchState, default=DispatchState.QUEUED)
    due_at = models.DateTimeField()
    # Since when it is to go out: what does not get out for days is given up, where people see it.
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    # What is said to the mail server, made once, so that a second attempt sends the same bytes under the same number.
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # An answer of the other side, or why it was not sent: for staff, never for the customer.
    answer = models.CharField(max_length=500, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["mailbox", "due_at", "id"],
                name="conversations_to_send",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["message"], name="conversations_held", condition=Q(state="held")),
            models.Index(
                fields=["text_line", "due_at", "id"],
                name="conversations_texts_to_send",
                condition=Q(state__in=["queued", "sending"]),
            ),
            models.Index(
                fields=["-id"], name="conversations_unsent", condition=Q(state__in=["failed", "uncertain", "bounced"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.state}"
