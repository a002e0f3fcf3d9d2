"""What the jobs module lets people do, and which jobs a person may look at."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.jobs.models import Job, JobQuerySet
from stamkunde.kit.policy import Permission

MANAGE = Permission("jobs.manage", _("See all work that runs in the background, try it again, pause it and cancel it."))

PERMISSIONS = (MANAGE,)


def visible_jobs(user: User) -> JobQuerySet:
    """Return all jobs to who manages them, and to everybody else the ones they have started themselves."""
    everything = Job.objects.all()
    return everything if user.may(MANAGE.name) else everything.filter(created_by=user)


def job_for(user: User, pk: int) -> Job:
    job = visible_jobs(user).filter(pk=pk).first()
    if job is None:
        raise Http404
    return job
