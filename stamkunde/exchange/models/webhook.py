"""Other programs that want to be told what happens, and what is to be told them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Webhook(models.Model):
    """A subscription. `cursor` is the last happening that was looked at for it; nothing after that is forgotten.

    The secret is kept sealed, because messages are signed with it. For a while after a change both sign.
    """

    name = models.CharField(_("what it is for"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("what it is told"), default=list)
    sealed_secret = models.TextField()
    old_sealed_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    cursor = models.BigIntegerField()
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=300, blank=True)
    last_reached_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class MessageState(models.TextChoices):
    DUE = "due", pgettext_lazy("message", "Waits")
    DONE = "done", pgettext_lazy("message", "Delivered")
    DEAD = "dead", pgettext_lazy("message", "Not delivered")
    LEFT_OUT = "left_out", pgettext_lazy("message", "Left out")


class WebhookMessage(models.Model):
    """One happening that one subscription is owed. Those of one lane go out in their order.

    A lane is what happened to one customer, or to one thing. What is told is made of the happening when it goes out, so
    that nothing is kept here of somebody who has been forgotten meanwhile.
    """

    State = MessageState

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    event_id = models.BigIntegerField()
    lane = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="exchange_told_once_of_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "id"], name="exchange_messages_due", condition=Q(state="due")),
            models.Index(fields=["webhook", "lane", "id"], name="exchange_lanes", condition=Q(settled_at__isnull=True)),
            models.Index(fields=["settled_at"], name="exchange_messages_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.event_id}"
