"""A batch of codes is begun and its making handed to a job in the same transaction."""

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.pricing.actions.vouchers import BatchValues, add_batch
from stamkunde.pricing.jobs import make_codes
from stamkunde.pricing.models import BatchState, VoucherBatch


@action
def ask_for_batch(values: BatchValues, *, by: Actor) -> VoucherBatch:
    batch = add_batch(values, by=by)
    if batch.state == BatchState.MAKING:
        make_codes.using(by=by).enqueue_once(f"pricing.codes:{batch.pk}", batch_id=batch.pk)
    return batch
