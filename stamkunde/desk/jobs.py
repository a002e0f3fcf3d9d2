"""Changes of many customers as work in the background, and the clearing away of what the desk keeps for a while."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import User
from stamkunde.desk.actions import bulk
from stamkunde.desk.actions.draft import clear_old_drafts
from stamkunde.desk.actions.refusal import DeskError
from stamkunde.desk.bulk_kinds import BULK_KINDS
from stamkunde.desk.models import BulkChange
from stamkunde.jobs.context import GiveUp, JobContext, Stopped
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.selections import SelectionError


@job(name="desk.change_many", title=gettext_lazy("Change of many customers"))
def change_many(context: JobContext, *, change_id: int) -> None:
    change = BulkChange.objects.select_related("owner").filter(pk=change_id).first()
    if change is None or change.state not in {BulkChange.State.WAITING, BulkChange.State.RUNNING}:
        return
    try:
        bulk.carry_on(change, lambda done, total: context.report(done, total), context.check)
    except (DeskError, SelectionError) as refusal:
        bulk.stop(change)
        raise GiveUp(str(refusal)) from refusal
    except Stopped:
        if context.stop_reason == "cancel":
            bulk.stop(change)
        raise


@job(name="desk.take_back_many", title=gettext_lazy("Taking back a change of many customers"))
def take_back_many(context: JobContext, *, change_id: int, user_id: int) -> None:
    change = BulkChange.objects.filter(pk=change_id, state=BulkChange.State.UNDOING).first()
    user = User.objects.filter(pk=user_id).first()
    if change is None or user is None:
        return
    if not user.may(BULK_KINDS[change.kind].permission):
        bulk.stop(change)
        raise GiveUp(_("Your role does not let you take this back."))
    try:
        bulk.take_back(
            change, by=user.actor, progress=lambda done, total: context.report(done, total), check=context.check
        )
    except Stopped:
        if context.stop_reason == "cancel":
            bulk.stop(change)
        raise


@daily(at="03:50")
@job(name="desk.clear_old", title=gettext_lazy("Clearing away old drafts and what bulk changes kept"))
def clear_old(context: JobContext) -> None:
    while gone := bulk.clear_old_changes() + clear_old_drafts():
        context.report(context.done + gone, 0)
        context.check()
