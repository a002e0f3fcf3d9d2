"""What the counter needs done by the clock: baskets nobody came back for, and keys nobody will send again."""

from django.utils.translation import gettext_lazy

from stamkunde.counter.actions import clear_baskets, clear_deeds
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily


@daily(at="03:35")
@job(name="counter.clear_up", title=gettext_lazy("Clearing up behind the counter"))
def clear_up(context: JobContext) -> None:
    context.report(clear_baskets() + clear_deeds(), 0)
