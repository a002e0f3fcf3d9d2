"""Copies written, and cleared away, in the background."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext

from stamkunde.accounts.models import User
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.privacy.actions import copies
from stamkunde.privacy.models import AccessFile


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
