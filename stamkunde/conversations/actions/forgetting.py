"""What customers said and were told is let go of, with the bytes it came in."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from stamkunde.conversations.actions.printing import drop_runs_of
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mail.reading import Unreadable, read
from stamkunde.conversations.models import Attachment, Conversation, Dispatch, Letterhead, Message, PrintRun, RawMail
from stamkunde.events.publishing import action

PORTION = 500


@action
def forget_conversations(numbers: Sequence[int]) -> int:
    """Delete conversations with everything that was said in them, and the mails as they came, bytes and all."""
    rows = Conversation.objects.filter(Q(pk__in=numbers) | Q(merged_into__in=numbers))
    all_of_them = list(rows.values_list("pk", flat=True))
    messages = Message.objects.filter(conversation__in=all_of_them)
    mails = RawMail.objects.filter(message__in=messages)
    drop_runs_of(list(messages.filter(letter__isnull=False).values_list("pk", flat=True)))
    _let_go_of_bytes(
        mails,
        Attachment.objects.filter(Q(message__in=messages) | Q(draft__conversation__in=all_of_them)),
        Dispatch.objects.filter(message__in=messages),
    )
    mails.delete()
    messages.delete()
    Conversation.objects.filter(pk__in=all_of_them).update(merged_into=None)
    Conversation.objects.filter(pk__in=all_of_them).delete()
    return len(all_of_them)


@action
def forget_raw_mails(numbers: Sequence[int]) -> int:
    """Let go of mails as they came; the messages that were read from them stay."""
    mails = RawMail.objects.filter(pk__in=numbers)
    _let_go_of_bytes(mails)
    return mails.delete()[0]


def forget_mails_with(texts: Sequence[str]) -> int:
    """Let go of mails as they came in which one of the texts stands, also of those that could not be read.

    What was read from them stays: it is another one's conversation in which somebody is spoken of.
    """
    gone, after = 0, 0
    while rows := list(RawMail.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "digest")[:PORTION]):
        after = rows[-1][0]
        holding = [number for number, digest in rows if _holds_any(digest, texts)]
        if holding:
            gone += forget_raw_mails(holding)
    return gone


def _holds_any(digest: str, texts: Sequence[str]) -> bool:
    try:
        raw = STORE.place_of(digest).read_bytes()
    except OSError:
        return False
    sought = {text.casefold() for text in texts}
    if _stands_in(raw.decode("utf-8", "replace"), sought) or _stands_in(raw.decode("cp1252", "replace"), sought):
        return True
    try:
        mail = read(raw, fallback_charsets=("cp1252", "cp1257"))
    except Unreadable:
        return False
    people = (mail.sender, *mail.to, *mail.cc, *mail.reply_to, *mail.delivered_to)
    named = " ".join(f"{person.name} {person.address}" for person in people)
    return _stands_in(f"{named} {mail.subject} {mail.text} {mail.html}", sought)


def _stands_in(text: str, sought: Collection[str]) -> bool:
    folded = text.casefold()
    return any(one in folded for one in sought)


def _let_go_of_bytes(*rows: QuerySet[Any]) -> None:
    digests = {digest for some in rows for digest in some.values_list("digest", flat=True).distinct() if digest}
    transaction.on_commit(partial(_remove_unnamed, digests))


def _remove_unnamed(digests: set[str]) -> None:
    for digest in digests - digests_in_use(digests):
        STORE.place_of(digest).unlink(missing_ok=True)


def digests_in_use(among: Collection[str] | None = None) -> set[str]:
    """Return the digests that rows name, of all or of those asked about."""
    kept: tuple[QuerySet[Any], ...] = (
        Attachment.objects.all(), RawMail.objects.all(), Dispatch.objects.with_bytes(),
        PrintRun.objects.exclude(digest=""),
    )  # fmt: skip
    logos = Letterhead.objects.exclude(logo_digest="").values_list("logo_digest", flat=True)
    if among is not None:
        kept = tuple(rows.filter(digest__in=among) for rows in kept)
    named = {digest for rows in kept for digest in rows.order_by().values_list("digest", flat=True).distinct()}
    return named | set(logos)


@action
def sweep_files() -> int:
    """Delete the bytes that no row names any more. Being an action, it holds the database, so that nothing comes in."""
    swept = 0
    for place in STORE.left_over(digests_in_use()):
        place.unlink(missing_ok=True)
        swept += 1
    return swept
