"""The happenings, written once and never changed, their deliveries, and the seals by which a change is found out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.kit.actor import ActorKind


class Topic(models.TextChoices):
    """What a happening is about, by which a timeline is filtered."""

    PURCHASES = "purchases", pgettext_lazy("timeline", "Purchases")
    CONVERSATIONS = "conversations", pgettext_lazy("timeline", "Conversations")
    CASES = "cases", pgettext_lazy("timeline", "Complaints")
    MARKETING = "marketing", pgettext_lazy("timeline", "Marketing")
    NOTES = "notes", pgettext_lazy("timeline", "Notes")
    CHANGES = "changes", pgettext_lazy("timeline", "Changes")
    OPERATIONS = "operations", pgettext_lazy("timeline", "Operations")


class HappeningQuerySet(models.QuerySet["Happening"]):
    def about_customer(self, customer_id: int) -> "HappeningQuerySet":
        return self.filter(customer_id=customer_id)


class Happening(models.Model):
    """One thing that happened: a row of the audit trail, of the customer's timeline and of the outgoing feed at once.

    `at` is when it happened in the world, `recorded_at` when it was written down. The customer is a plain number
    because this module stands below customers. The sentence is made from the name and the details when it is shown.
    """

    name = models.CharField(max_length=60)
    topic = models.CharField(max_length=16, choices=Topic)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    customer_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    details = models.JSONField(default=dict)
    words = models.TextField(blank=True)

    objects = HappeningQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-at", "-id"], name="events_timeline"),
            models.Index(fields=["customer_id", "topic", "-at", "-id"], name="events_timeline_topic"),
            models.Index(fields=["name", "-id"], name="events_by_name"),
            models.Index(
                fields=["actor_id", "-id"], name="events_by_staff", condition=Q(actor_kind=ActorKind.STAFF.value)
            ),
            models.Index(fields=["name", "subject_id"], name="events_by_subject"),
            # Whether somebody has ever done a thing: of two indexes that half fit, SQLite takes the one with millions.
            models.Index(
                fields=["actor_id", "name"], name="events_deeds_of_staff", condition=Q(actor_kind=ActorKind.STAFF.value)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """One reaction that a happening is owed, tried until it succeeds or is given up where people can see it."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("delivery", "Due")
        DONE = "done", pgettext_lazy("delivery", "Done")
        DEAD = "dead", pgettext_lazy("delivery", "Given up")

    happening = models.ForeignKey(Happening, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    reaction = models.CharField(max_length=120)
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["happening", "reaction"], name="events_one_delivery_per_reaction")
        ]
        indexes: ClassVar = [models.Index(fields=["due_at", "id"], name="events_due", condition=Q(state="due"))]

    def __str__(self) -> str:
        return f"{self.reaction} of {self.happening_id}"


class Seal(models.Model):
    """That rows of a chain were as they were: their numbers, a digest of each, and one over these and the seal before.

    `numbers` holds each row's distance from the one before as four bytes, `digests` eight bytes for each row.
    """

    chain = models.CharField(max_length=30)
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    numbers = models.BinaryField()
    digests = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "number"], name="events_seal_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"


class Amendment(models.Model):
    """That rows of a chain were changed or taken away as they may be, by whom the happenings say; sealed itself.

    `row_ids` is the list of their numbers, between the first and the last.
    """

    class Reason(models.TextChoices):
        FORGOTTEN = "forgotten"
        OVER = "over"
        MOVED = "moved"
        UNDONE = "undone"

    chain = models.CharField(max_length=30)
    reason = models.CharField(max_length=9, choices=Reason)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    row_ids = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["chain", "first_id", "last_id"], name="events_amendments")]

    def __str__(self) -> str:
        return f"{self.chain} {self.first_id}-{self.last_id} {self.reason}"
