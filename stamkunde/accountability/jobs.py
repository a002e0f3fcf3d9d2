"""The nightly work: what has been kept long enough goes."""

from django.utils.translation import gettext_lazy, ngettext

from stamkunde.accountability.actions.retention import begin_run, carry_out, end_run, stop_run
from stamkunde.accountability.queries.retention import JOB
from stamkunde.jobs.context import JobContext, Stopped
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM


@daily(at="02:50")
@job(name=JOB, title=gettext_lazy("Ending what has been kept long enough"))
def end_what_is_over(context: JobContext) -> None:
    run = begin_run(job_id=context.job_id, by=SYSTEM)

    def progress(done: int) -> None:
        sentence = ngettext("%(rows)s row ended", "%(rows)s rows ended", done) % {"rows": done}
        context.report(done, done, sentence)

    try:
        carry_out(run, progress, context.check)
    except Stopped:
        stop_run(run)
        raise
    end_run(run, by=SYSTEM)
