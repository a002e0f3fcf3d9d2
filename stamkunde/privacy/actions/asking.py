"""What takes a while is noted and handed to a job in one transaction."""

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.privacy.actions.copies import note_copy_wished
from stamkunde.privacy.actions.erasing import plan_erasure
from stamkunde.privacy.jobs import erase_customer, write_access_file
from stamkunde.privacy.models import AccessFile, Erasure


@action
def ask_for_copy(request_id: int, *, by: Actor) -> AccessFile:
    file = note_copy_wished(request_id, by=by)
    file.job_id = write_access_file.using(by=by).enqueue(file_id=file.pk).pk
    file.save(update_fields=["job_id"])
    return file


@action
def ask_for_erasure(request_id: int, *, by: Actor) -> Erasure:
    """Have a person erased; from here on it finishes by itself."""
    erasure = plan_erasure(request_id, by=by)
    erasure.job_id = erase_customer.using(by=by, unique_key=f"erasure-{erasure.pk}").enqueue(erasure_id=erasure.pk).pk
    erasure.save(update_fields=["job_id"])
    return erasure
