"""Copies written, and cleared away, in the background."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext, gettext_lazy, ngettext

from stamkunde.accounts.models import User
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily, every
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.privacy.actions import copies, erasing
from stamkunde.privacy.models import AccessFile, Erasure


@job(name="privacy.write_access_file", title=gettext_lazy("Copy of somebody's data"), max_attempts=3)
def write_access_file(context: JobContext, *, file_id: int) -> None:
    waiting = AccessFile.objects.filter(pk=file_id, state=AccessFile.State.WAITING)
    file = waiting.select_related("request__customer").first()
    if file is None:
        return

    def progress(done: int, total: int) -> None:
        said = ngettext("%(done)s table read", "%(done)s tables read", done) % {"done": done}
        context.report(done, total, said)
        context.check()

    user = User.objects.filter(pk=file.asked_by_id).first() if file.asked_by_id else None
    # A machine that asked is named as it was when it asked.
    by = user.actor if user else Actor(ActorKind.SYSTEM, None, file.asked_by)
    copies.write_copy(file, progress, by=by)


@daily(at="03:50")
@job(name="privacy.clear_access_files", title=gettext_lazy("Clearing away copies of data whose days are over"))
def clear_access_files(context: JobContext) -> None:
    copies.clear_expired_copies()
    context.check()


@job(name="privacy.erase_customer", title=gettext_lazy("Erasure of a person"), max_attempts=50)
def erase_customer(context: JobContext, *, erasure_id: int) -> None:
    """Take an erasure through its states; each step is fenced by the lease, so that no two workers do it at once.

    It is not stopped half-way by whoever stops work: a person who is locked shall be erased.
    """
    said = (gettext("The person is locked."), gettext("The person is erased."), gettext("It is checked."))
    for done, (step, sentence) in enumerate(zip(erasing.STEPS, said, strict=True), start=1):
        fence = partial(context.report, done, len(erasing.STEPS), sentence)
        step(erasure_id, fence)


@every(minutes=15)
@job(name="privacy.finish_erasures", title=gettext_lazy("Going on with erasures that were interrupted"))
def finish_erasures(context: JobContext) -> None:
    """Begin the work of unfinished erasures again, whatever became of the job that had it."""
    for erasure_id in Erasure.objects.exclude(state=Erasure.State.VERIFIED).values_list("pk", flat=True):
        erase_customer.using(unique_key=f"erasure-{erasure_id}").enqueue(erasure_id=erasure_id)
        context.check()
