"""The house's own work: what nobody needs any more goes at night, and what was written down is sealed."""

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.actions.sign_ins import close_sign_ins
from stamkunde.accounts.attempts import sweep_attempts
from stamkunde.config.operations.chains import seal_what_settled
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.regular import regular
from stamkunde.jobs.schedules import daily


@daily(at="03:40")
@job(name="config.tidy_up", title=_("Tidying up"))
def tidy_up(context: JobContext) -> None:
    """Delete ended sessions and the counts of old sign-in attempts, and close sign-ins whose session is gone."""
    sweep_attempts()
    close_sign_ins()
    call_command("clearsessions")


@regular
def seal() -> int:
    """Seal what was written down, so that the doctor finds out whoever changes it afterwards."""
    return seal_what_settled()
