"""Files kept with a customer: added, removed and brought back."""

from django.utils.translation import gettext as _

from stamkunde.customers import files
from stamkunde.customers.actions.words import present_customer
from stamkunde.customers.events import FileAdded, FileRemoved, FileRestored
from stamkunde.customers.files import Staged
from stamkunde.customers.models import StoredFile
from stamkunde.customers.written import refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now


@action
def add_file(customer_id: int, staged: Staged, name: str, *, by: Actor) -> StoredFile:
    """Keep a file that has arrived whole. Its bytes are in place before its row says so."""
    if not staged.size:
        raise refused(_("The file is empty. Please choose another one."), "file")
    stored = StoredFile(
        customer=present_customer(customer_id),
        name=files.safe_name(name),
        content_type=staged.content_type,
        size=staged.size,
        digest=staged.digest,
        added_by=by.label[:120],
        added_at=now(),
    )
    files.keep(staged)
    stored.save(force_insert=True)
    publish(FileAdded(customer_id=customer_id, file_id=stored.pk, file_name=stored.name), by=by)
    return stored


@action
def remove_file(stored: StoredFile, *, by: Actor) -> None:
    """Put a file in the trash for 30 days."""
    if StoredFile.objects.filter(pk=stored.pk, trashed_at=None).update(trashed_at=now()):
        publish(FileRemoved(customer_id=stored.customer_id, file_id=stored.pk, file_name=stored.name), by=by)


@action
def restore_file(stored: StoredFile, *, by: Actor) -> None:
    if StoredFile.objects.filter(pk=stored.pk, trashed_at__isnull=False).update(trashed_at=None):
        publish(FileRestored(customer_id=stored.customer_id, file_id=stored.pk, file_name=stored.name), by=by)
