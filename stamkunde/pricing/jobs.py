"""Codes by the hundred thousand as work in the background, and clearing away what no basket holds any more."""

from django.utils.translation import gettext_lazy, ngettext

from stamkunde.jobs.context import JobContext, Stopped
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM
from stamkunde.pricing.actions.vouchers import clear_reservations, draw_codes, end_making, stop_making
from stamkunde.pricing.models import VoucherBatch


@job(name="pricing.make_codes", title=gettext_lazy("Making codes"))
def make_codes(context: JobContext, *, batch_id: int) -> None:
    """Draw the codes of a batch a portion at a time; done again it goes on, and what was stopped stays as it is."""
    batch = VoucherBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    try:
        while left := draw_codes(batch_id):
            done = batch.wanted - left
            said = ngettext("%(count)s code made", "%(count)s codes made", done) % {"count": done}
            context.report(done, batch.wanted, said)
            context.check()
    except Stopped:
        if context.stop_reason == "cancel":
            stop_making(batch, by=SYSTEM)
        raise
    context.report(batch.wanted, batch.wanted)
    end_making(batch_id, by=SYSTEM)


@daily(at="03:45")
@job(name="pricing.clear_reservations", title=gettext_lazy("Letting go of codes that no basket holds"))
def clear_reserved(context: JobContext) -> None:
    context.report(clear_reservations(), 0)
