"""The queue's own work: forgetting what is long finished."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.models import Job, JobState, Tick
from stamkunde.jobs.schedules import daily

KEEP_FINISHED = timedelta(days=14)
KEEP_DEAD = timedelta(days=90)
PORTION = 2_000


@daily(at="03:40")
@job(name="jobs.forget_finished", title=gettext_lazy("Clearing away finished work"))
def forget_finished(context: JobContext) -> None:
    now = timezone.now()
    old = Job.objects.filter(finished_at__lt=now - KEEP_FINISHED).exclude(state=JobState.DEAD)
    dead = Job.objects.filter(state=JobState.DEAD, finished_at__lt=now - KEEP_DEAD)
    # The latest tick of a schedule stays: without it the schedule would look new and skip a turn.
    latest = Tick.objects.values("schedule").annotate(latest=Max("id")).values("latest")
    ticks = Tick.objects.filter(due_at__lt=now - KEEP_FINISHED).exclude(pk__in=latest)
    forgotten = 0
    for rows in (old, dead, ticks):
        while keys := list(rows.values_list("pk", flat=True)[:PORTION]):
            context.check()
            with transaction.atomic():
                rows.model._default_manager.filter(pk__in=keys).delete()
                forgotten += len(keys)
                context.report(forgotten, 0)
