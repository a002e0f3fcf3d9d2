"""The table of tasks."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Team, User
from stamkunde.customers.models import Customer
from stamkunde.kit.clock import business_day

_AN_INSTANT = timedelta(microseconds=1)


class TaskKind(models.TextChoices):
    CALL_BACK = "call_back", pgettext_lazy("task", "Call back")
    FOLLOW_UP = "follow_up", pgettext_lazy("task", "Follow up")
    PROMISE = "promise", pgettext_lazy("task", "Promise")
    TO_DO = "to_do", pgettext_lazy("task", "To do")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", pgettext_lazy("task", "Done")
    NOT_NEEDED = "not_needed", pgettext_lazy("task", "No longer needed")


class Priority(models.TextChoices):
    HIGH = "high", pgettext_lazy("priority", "Urgent")
    NORMAL = "normal", pgettext_lazy("priority", "Ordinary")
    LOW = "low", pgettext_lazy("priority", "When there is time")


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(state=TaskState.OPEN)

    def ended(self) -> Self:
        return self.exclude(state=TaskState.OPEN)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lte=at)

    def of(self, user: User) -> Self:
        """Those that a person has to do herself."""
        return self.filter(assigned_to=user)

    def to_take(self, user: User) -> Self:
        """Those that nobody has taken yet and that may be hers: her teams', or nobody's at all."""
        teams = user.teams.through.objects.filter(user=user).values("team")
        return self.filter(assigned_to=None).filter(Q(team=None) | Q(team__in=teams))


class Task(models.Model):
    """One thing to do.

    `due_at` is the instant from which it is late. One for a whole day is late when that day has ended by the shop's
    clock. `origin` and `origin_id` say where it came from, such as a conversation and its number. Of those with the
    same `once` only one is open at a time. `attempts` counts how often somebody was not reached.
    """

    kind = models.CharField(_("kind"), max_length=9, choices=TaskKind, default=TaskKind.TO_DO)
    text = models.TextField(_("what is to be done"))
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="tasks")
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    assigned_to = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who does it")
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    due_at = models.DateTimeField(_("due"))
    is_whole_day = models.BooleanField(default=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    origin = models.CharField(max_length=20, blank=True)
    origin_id = models.BigIntegerField(null=True)
    once = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.OPEN)
    result = models.TextField(_("what came of it"), blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="tasks_settled_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["once"], name="tasks_once_while_open", condition=~Q(once="") & Q(state="open")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="tasks_due", condition=Q(state="open")),
            models.Index(fields=["assigned_to", "due_at", "id"], name="tasks_of_person", condition=Q(state="open")),
            models.Index(fields=["-settled_at", "-id"], name="tasks_settled", condition=Q(settled_at__isnull=False)),
            models.Index(fields=["customer", "due_at"], name="tasks_of_customer"),
            models.Index(fields=["origin", "origin_id"], name="tasks_by_origin", condition=~Q(origin="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN

    def due_on(self, zone: str) -> date:
        """Return the day by which it is to be done, as the clock of a place has it."""
        return business_day(self.due_at - _AN_INSTANT if self.is_whole_day else self.due_at, zone)

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and self.due_at <= at
