"""Jobs, each with the lease by which one worker holds it, and the ticks by which a schedule enqueues once."""

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2s
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stamkunde.jobs.kinds import title_of
from stamkunde.kit import shown

# How `describe` in `running` writes an error that no sentence was written for.
_FAULT = re.compile(r"\w+ in \S+, .+ line \d+|\w+(?:Error|Exception|Exit)")


class JobState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("job", "Waiting")
    RUNNING = "running", pgettext_lazy("job", "Running")
    PAUSED = "paused", pgettext_lazy("job", "Paused")
    DONE = "done", pgettext_lazy("job", "Done")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")
    DEAD = "dead", pgettext_lazy("job", "Given up")


UNFINISHED = (JobState.WAITING, JobState.RUNNING, JobState.PAUSED)
FINISHED = (JobState.DONE, JobState.CANCELLED, JobState.DEAD)


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime, queues: Sequence[str] = ()) -> Self:
        """Return what may be started now, the most urgent first."""
        waiting = self.filter(state=JobState.WAITING, run_at__lte=now)
        if queues:
            waiting = waiting.filter(queue__in=queues)
        return waiting.order_by("-priority", "run_at", "id")

    def held_by(self, owner: str, attempt: int) -> Self:
        """Return the row only while this very attempt still holds it: the fence in front of every later write."""
        return self.filter(state=JobState.RUNNING, owner=owner, attempts=attempt)

    def expired(self, now: datetime) -> Self:
        return self.filter(state=JobState.RUNNING, lease_until__lt=now).order_by("lease_until")

    def unfinished(self) -> Self:
        return self.filter(finished_at__isnull=True)


class Job(models.Model):
    name = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=40, default="default")
    priority = models.SmallIntegerField(default=0)
    run_at = models.DateTimeField()
    # Empty is NULL here, of which an index that allows each key once allows any number.
    unique_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    max_attempts = models.PositiveSmallIntegerField(default=10)

    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # How often it was claimed. Only ever grows, so that an owner and an attempt name one holding of the job for ever.
    attempts = models.PositiveIntegerField(default=0)
    # How often it failed since it was last asked for; being handed back by a worker that shuts down is no failure.
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    cancel_requested = models.BooleanField(default=False)
    pause_requested = models.BooleanField(default=False)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    progress_sentence = models.TextField(blank=True)

    language = models.CharField(max_length=10, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_by_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        # Partial, so that a queue of ten stays quick beside a history of millions. Each condition is one comparison:
        # SQLite does not see that a list of states in a query is the list in the index.
        indexes = [
            models.Index(
                F("priority").desc(), "run_at", "id", condition=Q(state=JobState.WAITING), name="jobs_waiting"
            ),
            models.Index(fields=["lease_until"], condition=Q(state=JobState.RUNNING), name="jobs_running"),
            models.Index(fields=["-id"], condition=Q(state=JobState.PAUSED), name="jobs_paused"),
            models.Index(fields=["-id"], condition=Q(state=JobState.DEAD), name="jobs_dead"),
            models.Index(fields=["finished_at", "id"], condition=Q(finished_at__isnull=False), name="jobs_finished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(finished_at__isnull=True),
                name="jobs_unique_key_while_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(lease_until__isnull=False) & ~Q(owner="") | ~Q(state=JobState.RUNNING),
                name="jobs_running_is_leased",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(FINISHED), finished_at__isnull=False)
                | Q(state__in=list(UNFINISHED), finished_at__isnull=True),
                name="jobs_finished_has_a_time",
            ),
        ]

    @property
    def title(self) -> str | Promise:
        return title_of(self.name)

    @property
    def is_waiting(self) -> bool:
        return self.state == JobState.WAITING

    @property
    def is_running(self) -> bool:
        return self.state == JobState.RUNNING

    @property
    def is_paused(self) -> bool:
        return self.state == JobState.PAUSED

    @property
    def is_dead(self) -> bool:
        return self.state == JobState.DEAD

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_stopping(self) -> bool:
        return self.is_running and (self.cancel_requested or self.pause_requested)

    @property
    def reason(self) -> str:
        """Return why it failed last, in the reader's language where the sentence is one of our own."""
        if self.fault:
            return gettext("Something went wrong that nobody foresaw. An administrator can see where, and report it.")
        return gettext(self.last_error) if self.last_error else ""

    @property
    def fault(self) -> str:
        """Return the kind of an unforeseen error and where it was raised, for who mends it; nothing of a refusal."""
        return self.last_error if _FAULT.fullmatch(self.last_error) else ""

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes whenever what a page shows of the job changes."""
        shown = (
            self.state,
            self.cancel_requested,
            self.pause_requested,
            self.failures,
            self.progress_done,
            self.progress_total,
            self.progress_sentence,
        )
        return blake2s(repr(shown).encode(), digest_size=6).hexdigest()

    @property
    def so_far(self) -> str:
        numbers = {"done": shown.number(self.progress_done), "total": shown.number(self.progress_total)}
        return gettext("%(done)s of %(total)s") % numbers

    @property
    def percent(self) -> int:
        """Return how far it is, never a hundred before the end."""
        if self.state == JobState.DONE:
            return 100
        if not self.progress_total:
            return 0
        return min(99, self.progress_done * 100 // self.progress_total)


class Tick(models.Model):
    """One moment at which a schedule was due; the row's uniqueness makes many workers enqueue it once."""

    schedule = models.CharField(max_length=100)
    # A day for a daily schedule, a moment for an hourly one: a day stays one day whatever the clocks do in its night.
    tick = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    enqueued = models.BooleanField()

    class Meta:
        verbose_name = _("tick of a schedule")
        verbose_name_plural = _("ticks of schedules")
        constraints = [models.UniqueConstraint(fields=["schedule", "tick"], name="jobs_tick_once")]
