"""What customers need done by the clock: the trash is emptied, and bytes that nobody names are swept away."""

from django.utils.translation import gettext_lazy

from stamkunde.customers.actions.forgetting import clear_trash, sweep_files
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily, every


@daily(at="03:20")
@job(name="customers.empty_trash", title=gettext_lazy("Emptying the trash"))
def empty_trash(context: JobContext) -> None:
    gone = 0
    while portion := clear_trash():
        gone += portion
        context.report(gone, 0)
        context.check()


@every(minutes=30)
@job(name="customers.sweep_files", title=gettext_lazy("Sweeping away left-over files"))
def sweep_left_over_files(context: JobContext) -> None:
    context.report(sweep_files(), 0)
