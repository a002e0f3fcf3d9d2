"""What takes a while is noted and handed to a job in one transaction."""

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.privacy.actions.copies import note_copy_wished
from stamkunde.privacy.jobs import write_access_file
from stamkunde.privacy.models import AccessFile


@action
def ask_for_copy(request_id: int, *, by: Actor) -> AccessFile:
    file = note_copy_wished(request_id, by=by)
    file.job_id = write_access_file.using(by=by).enqueue(file_id=file.pk).pk
    file.save(update_fields=["job_id"])
    return file
