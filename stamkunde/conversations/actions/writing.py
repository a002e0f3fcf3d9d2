"""What somebody is writing is kept while it is written, files and all, and gone once it was sent."""

from collections.abc import Iterable, Sequence

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Attachment, Conversation, Draft
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.customers.files import safe_name, sniffed
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now

LONGEST_DRAFT = 100_000
MOST_FILES = 20
MEGABYTES = 25
# As they are typed, one may be unfinished.
LONGEST_RECIPIENTS = 4_000


@action
def save_draft(
    conversation: Conversation,
    user: User,
    *,
    text: str,
    recipients: Sequence[tuple[str, str]] = (),
    is_note: bool = False,
    version: int = 0,
) -> Draft:
    """Keep what a person is writing in a conversation; `version` is the one she went on from, 0 for a new one.

    Raises Stale when she wrote on elsewhere meanwhile: neither text is lost then, and the page asks which it is to be.
    """
    text = text.replace("\0", "")[:LONGEST_DRAFT]
    pairs = [[role, address[:LONGEST_RECIPIENTS]] for role, address in recipients]
    values = {"text": text, "recipients": pairs, "is_note": is_note, "saved_at": now()}
    mine = Draft.objects.filter(conversation=conversation, user=user)
    if version and mine.filter(version=version).update(**values, version=F("version") + 1):
        return mine.get()
    draft, is_new = Draft.objects.get_or_create(conversation=conversation, user=user, defaults=values)
    if is_new or draft.text == text:
        return draft
    if draft.text.strip():
        raise Stale
    # An empty one holds files at most, and nothing of it is written over.
    mine.update(**values, version=F("version") + 1)
    return mine.get()


@action
def discard_draft(conversation: Conversation, user: User) -> None:
    """Let go of what a person was writing, with the files attached to it; said again it changes nothing."""
    Draft.objects.filter(conversation=conversation, user=user).delete()


@action
def attach_to_draft(conversation: Conversation, user: User, name: str, chunks: Iterable[bytes]) -> Attachment:
    """Attach a file to what a person is writing; its bytes are kept before a row names them."""
    draft, _new = Draft.objects.get_or_create(conversation=conversation, user=user, defaults={"saved_at": now()})
    if Attachment.objects.filter(draft=draft).count() >= MOST_FILES:
        raise ConversationRefused(_("More than twenty files cannot go with one message. Put them into one."), "files")
    with STORE.staged(chunks, _within_limit) as staged:
        if not staged.size:
            raise ConversationRefused(_("This file is empty. Choose another one."), "files")
        STORE.keep(staged)
        return Attachment.objects.create(
            draft=draft,
            name=safe_name(name)[:255],
            content_type=sniffed(staged.beginning)[:100],
            size=staged.size,
            digest=staged.digest,
            added_at=now(),
        )


def _within_limit(size: int) -> None:
    if size > MEGABYTES * 1024 * 1024:
        raise ConversationRefused(
            _("The file is larger than 25 MB, which hardly any mail server takes. Choose a smaller one."), "files"
        )


@action
def detach_from_draft(conversation: Conversation, user: User, number: int) -> None:
    """Take a file off what a person is writing; said again it changes nothing."""
    Attachment.objects.filter(pk=number, draft__conversation=conversation, draft__user=user).delete()
