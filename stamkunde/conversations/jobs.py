"""Regular work about conversations."""

from django.utils.translation import gettext_lazy

from stamkunde.conversations.actions import sweep_files, wake_conversations
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.regular import regular
from stamkunde.jobs.schedules import every


@regular
def wake() -> int:
    """Let conversations be due again that were put off until now."""
    return wake_conversations()


@every(minutes=30)
@job(name="conversations.sweep_files", title=gettext_lazy("Sweeping away left-over files of conversations"))
def sweep_left_over_files(context: JobContext) -> None:
    context.report(sweep_files(), 0)
