"""Of a message that waits to be sent, the bytes that a mail server is handed, and whom they are for.

The same message makes the same bytes under the same number: they are made once, and a second attempt takes those.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import idna
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from stamkunde.conversations.credentials import NotLetIn, dkim_key_of
from stamkunde.conversations.files import STORE, keep_for_now, kept
from stamkunde.conversations.mail.addresses import Mailbox as Person
from stamkunde.conversations.mail.addresses import comparable
from stamkunde.conversations.mail.answer_marks import AnswerMark
from stamkunde.conversations.mail.charsets import in_one_line
from stamkunde.conversations.mail.signing import KeyUnfit, Signer
from stamkunde.conversations.mail.writing import Automatic, File, HeaderUnfit, Outgoing, written
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import Dispatch, Mailbox, Message, MessageKind, Recipient, RecipientRole

QUOTED = 4_000


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A message as it is handed over; `sender` is where a server sends it back to, nowhere for automatic ones."""

    dispatch_id: int
    content: bytes
    digest: str
    size: int
    sender: str
    recipients: tuple[str, ...]


class Unsendable(Exception):
    """It cannot be sent as it is, however often it is tried; the text is a sentence for staff."""

    @property
    def sentence(self) -> str:
        return str(self)


def message_id(message: Message, address: str) -> str:
    """Return the number that a mail goes out under: an answer carries it back, and nobody else can make one."""
    domain = address.rpartition("@")[2]
    domain = domain if domain.isascii() else idna.encode(domain).decode("ascii")
    return AnswerMark(message.conversation_id, message.pk).message_id(domain, answer_keys()[0])


def can_be_written_to(address: str) -> bool:
    """Say whether a server takes the address; letters of other scripts it takes behind the @ only."""
    local, _at, domain = (comparable(address) or "").rpartition("@")
    if not (local.isascii() and local and domain):
        return False
    with suppress(idna.IDNAError, UnicodeError):
        return domain.isascii() or bool(idna.encode(domain))
    return False


def prepared(dispatches: Sequence[Dispatch], mailbox: Mailbox) -> tuple[list[Prepared], dict[int, str]]:
    """Return what can be handed over, and of the rest by its number why not."""
    quoted = _answered(dispatches)
    ready: list[Prepared] = []
    unsendable: dict[int, str] = {}
    for dispatch in dispatches:
        try:
            ready.append(_prepared(dispatch, mailbox, quoted))
        except Unsendable as error:
            unsendable[dispatch.pk] = error.sentence
    return ready, unsendable


def _prepared(dispatch: Dispatch, mailbox: Mailbox, quoted: Mapping[str, Message]) -> Prepared:
    message = dispatch.message
    everybody = list(message.recipients.all())
    content = kept(dispatch.digest) if dispatch.digest else None
    digest, size = dispatch.digest, dispatch.size
    if content is None:
        content = _content(message, everybody, mailbox, quoted)
        digest, size = keep_for_now(content)
    for one in everybody:
        if not can_be_written_to(one.address):
            raise Unsendable(
                _("“%(address)s” is no address that mail can be sent to. Write the message again to another one.")
                % {"address": one.address}
            )
    is_automatic = message.kind != MessageKind.HUMAN
    still = [one.address for one in everybody if not one.is_reached and not one.refusal]
    return Prepared(
        dispatch_id=dispatch.pk,
        content=content,
        digest=digest,
        size=size,
        sender="" if is_automatic else mailbox.address,
        recipients=tuple(dict.fromkeys(still)),
    )


def _content(
    message: Message, everybody: Iterable[Recipient], mailbox: Mailbox, quoted: Mapping[str, Message]
) -> bytes:
    of = {role: [_person(one) for one in everybody if one.role == role] for role in RecipientRole}
    language = message.conversation.language or mailbox.language
    # Whatever a customer wrote into a subject or a name, it is one line of ours.
    mail = Outgoing(
        sender=Person(mailbox.address, in_one_line(mailbox.name)),
        to=of[RecipientRole.TO],
        cc=of[RecipientRole.CC],
        reply_to=Person(_mark(message).reply_to(mailbox.address, answer_keys()[0])),
        subject=in_one_line(message.subject),
        text=_text(message, mailbox, quoted.get(message.in_reply_to), language),
        message_id=message.message_id or message_id(message, mailbox.address),
        in_reply_to=in_one_line(message.in_reply_to),
        references=[in_one_line(str(one)) for one in message.references],
        date=message.said_at,
        files=[
            File(name=in_one_line(file.name), content=_bytes_of(file.digest), declared_type=file.content_type)
            for file in message.attachments.all()
        ],
        language=language,
        automatic=None if message.kind == MessageKind.HUMAN else Automatic.REPLIED,
    )
    try:
        return written(mail, signers=_signers(mailbox))
    except HeaderUnfit as error:
        raise Unsendable(
            _("The mail server would not take “%(name)s” as it stands in this message. Write it again without that.")
            % {"name": error.name}
        ) from error


def _mark(message: Message) -> AnswerMark:
    return AnswerMark(message.conversation_id, message.pk)


def _person(recipient: Recipient) -> Person:
    return Person(recipient.address, in_one_line(recipient.name))


def _bytes_of(digest: str) -> bytes:
    try:
        return STORE.place_of(digest).read_bytes()
    except FileNotFoundError as error:
        raise Unsendable(
            _("A file of this message is missing here. Write it again and attach the file anew.")
        ) from error


def _signers(mailbox: Mailbox) -> Sequence[Signer]:
    if not (mailbox.dkim_key and mailbox.dkim_selector):
        return ()
    try:
        return (_signer(mailbox.address.rpartition("@")[2], mailbox.dkim_selector, dkim_key_of(mailbox)),)
    except (NotLetIn, KeyUnfit) as error:
        raise Unsendable(
            _("The key that signs the mails of %(mailbox)s cannot be used. Give the mailbox another one.")
            % {"mailbox": mailbox.name}
        ) from error


@lru_cache(maxsize=64)
def _signer(domain: str, selector: str, key: bytes) -> Signer:
    return Signer.of(domain, selector, key)


def _text(message: Message, mailbox: Mailbox, answered: Message | None, language: str) -> str:
    """Return what is said, who says it, and beneath it what it answers: readers of mail see one mail at a time."""
    parts = [message.text]
    if mailbox.signature.strip():
        parts.append("-- \n" + mailbox.signature.strip())
    if answered is not None and answered.text.strip():
        said = answered.text.strip()[:QUOTED].splitlines()
        parts.append("\n".join([_wrote(answered, language), *(f"> {line}".rstrip() for line in said)]))
    return "\n\n".join(parts)


def _wrote(message: Message, language: str) -> str:
    with translation.override(language or translation.get_language()):
        return _("On %(day)s %(name)s wrote:") % {
            "day": date_format(localtime(message.said_at), "DATETIME_FORMAT"),
            "name": in_one_line(message.from_name or message.from_address),
        }


def _answered(dispatches: Iterable[Dispatch]) -> dict[str, Message]:
    """Return by their numbers the messages that are answered, each in the conversation of its answer."""
    wanted = {(one.message.in_reply_to, one.message.conversation_id) for one in dispatches if one.message.in_reply_to}
    if not wanted:
        return {}
    rows = Message.objects.filter(message_id__in={identifier for identifier, _conversation in wanted})
    return {row.message_id: row for row in rows if (row.message_id, row.conversation_id) in wanted}
