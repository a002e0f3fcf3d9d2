"""Keeping the list of those who process data for the shop."""

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accountability.events import ProcessorAdded, ProcessorChanged, ProcessorRemoved
from stamkunde.accountability.models import Processor
from stamkunde.accountability.refusals import Stale
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


@action
def add_processor(processor: Processor, *, by: Actor) -> Processor:
    """Add somebody who processes data for the shop. Raises ValidationError for what cannot be kept."""
    processor.full_clean()
    processor.save(force_insert=True)
    publish(ProcessorAdded(processor_id=processor.pk, processor_name=processor.name), by=by)
    return processor


@action
def change_processor(processor: Processor, *, seen_version: int, by: Actor) -> Processor:
    """Keep what is new about a processor; raises Stale when somebody else was quicker."""
    processor.full_clean()
    held = Processor.objects.filter(pk=processor.pk, version=seen_version)
    if not held.update(version=F("version") + 1):
        raise Stale(_("Somebody has changed this meanwhile. Open it again and look at what stands there now."))
    processor.version = seen_version + 1
    processor.save()
    publish(ProcessorChanged(processor_id=processor.pk, processor_name=processor.name), by=by)
    return processor


@action
def remove_processor(processor: Processor, *, by: Actor) -> None:
    """Remove one that was written down by mistake; one whose work has ended is given its last day instead."""
    if Processor.objects.filter(pk=processor.pk).delete()[0]:
        publish(ProcessorRemoved(processor_id=processor.pk, processor_name=processor.name), by=by)
