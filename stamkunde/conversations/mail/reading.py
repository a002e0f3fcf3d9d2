"""Read a mail: bytes in, what it says out. Nothing but `Unreadable` is raised, whatever the bytes are."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from html import escape

from .addresses import Mailbox, mailboxes
from .charsets import decoded, header_text, in_one_line
from .html import text_from_html
from .names import safe_name
from .parts import Leaves, Part, Reason, Unreadable, leaves, top
from .verdicts import Verdicts, verdicts

__all__ = ["Attachment", "Oddity", "ReadMail", "Reason", "Unreadable", "normal_subject", "read", "shortened"]

# Of a mail beyond this, texts are read and attachments are not taken out; it is kept whole as it came.
MAX_BYTES = 45_000_000
MAX_TEXT_BYTES = 4_000_000
MAX_SUBJECT = 50_000
MAX_ID = 998
MAX_REFERENCES = 5_000
SHOWN_SUBJECT = 150
EARLIEST_YEAR = 1990
TOO_FAR_AHEAD = timedelta(days=2)
ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
YEAR_ONE = re.compile(r"\s0\d{3}\s")
IDENTIFIER = re.compile(r"<[^<>]*>")
UU_NAME = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})", re.MULTILINE)
PREFIX = re.compile(
    r"\s*(?:\[[^\]\s]{1,40}\]\s*)?"
    r"(?:re|sv|vs|fwd?|vb|wg|aw|antw|rv|ref|tr|videresendt|vidarebefordrat|vidarebefordran|ats|pārs|atb|pārsūtīts)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*\.?\s*[:：]\s*",  # noqa: RUF001
    re.IGNORECASE,
)


class Oddity(StrEnum):
    """What was odd about a mail, of which whoever reads it should know."""

    CHARSET_GUESSED = "charset guessed"
    BROKEN_ENCODING = "broken encoding"
    BROKEN_STRUCTURE = "broken structure"
    TRUNCATED = "truncated"
    # Attachments were left in the original.
    TOO_LARGE = "too large"
    TWO_SENDERS = "two senders"
    NAME_MISLEADS = "name misleads"
    NO_DATE = "no date"
    NO_MESSAGE_ID = "no message id"
    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    WINMAIL = "winmail"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail. Its type is what the sender says it is, and nothing more."""

    name: str
    declared_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a mail says, bounded in every part; the original has whatever is not here."""

    message_id: str
    sender: Mailbox
    subject: str
    text: str
    # As it came: only `harmless` makes it fit to be shown. Empty when the mail had none.
    html: str = ""
    date: datetime | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    # Whom the servers on the way delivered it to, which is also where a blind copy shows.
    delivered_to: tuple[Mailbox, ...] = ()
    # The header Sender: who sent it on behalf of somebody.
    on_behalf: Mailbox | None = None
    # Where bounces go: None when no server noted it, empty when there must be none.
    return_path: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendars: tuple[str, ...] = ()
    verdicts: Verdicts = field(default_factory=Verdicts)
    oddities: frozenset[Oddity] = frozenset()
    content_type: str = "text/plain"
    report_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def normal_subject(self) -> str:
        return normal_subject(self.subject)

    @property
    def shown_subject(self) -> str:
        return shortened(self.subject)

    def header(self, name: str) -> str | None:
        """Return the topmost header of a name in small letters, unfolded, its encoded words as they came."""
        return next((value for known, value in self.headers if known == name), None)

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]


def read(raw: bytes, *, fallback_charsets: Sequence[str], receiver: str = "", now: datetime | None = None) -> ReadMail:
    """Read a mail as it came; `Unreadable` says why it cannot become a message.

    `fallback_charsets` are those that the shop's neighbours used before UTF-8, `receiver` is the name under which our
    own server notes where a mail came from (its authserv-id), `now` decides which dates are too far ahead.
    """
    try:
        return _Reading(raw, fallback_charsets).mail(receiver, now or datetime.now(UTC))
    except Unreadable:
        raise
    except Exception as error:  # whatever a stranger sends, the next mail must be read too
        raise Unreadable(Reason.BROKEN) from error


def normal_subject(subject: str) -> str:
    """Return what a conversation is about: the subject without the prefixes that answers and forwards add."""
    place = 0
    while match := PREFIX.match(subject, place):
        place = match.end()
    return subject[place:].strip()


def shortened(subject: str, most: int = SHOWN_SUBJECT) -> str:
    return subject if len(subject) <= most else subject[: most - 1].rstrip() + "…"


class _Reading:
    """One mail while it is read: collects what was odd about it."""

    def __init__(self, raw: bytes, fallback_charsets: Sequence[str]) -> None:
        if not raw.strip():
            raise Unreadable(Reason.EMPTY)
        self.raw = raw
        self.fallback_charsets = fallback_charsets
        self.oddities: set[Oddity] = set()
        self.top, is_whole = top(raw)
        self.notice(not is_whole, Oddity.TRUNCATED)
        self.headers = tuple((name, self.unfolded(value)) for name, value in self.top.headers)

    def notice(self, is_so: bool, oddity: Oddity) -> None:
        if is_so:
            self.oddities.add(oddity)

    def mail(self, receiver: str, now: datetime) -> ReadMail:
        sender = self.sender()
        found = leaves(self.top)
        self.notice(not found.is_whole, Oddity.BROKEN_STRUCTURE)
        self.notice(found.is_cut, Oddity.TRUNCATED)
        texts, files = self.sorted(found)
        text, html = self.body(texts)
        attachments = self.attachments(files)
        self.look_for_sealed(text, attachments)
        declared = self.top.parameters("content-type")
        on_behalf = self.people("sender")
        return ReadMail(
            message_id=self.message_id(),
            sender=sender,
            subject=self.subject(),
            text=text,
            html=html,
            date=self.date(now),
            to=tuple(self.people("to")),
            cc=tuple(self.people("cc")),
            reply_to=tuple(self.people("reply-to")),
            delivered_to=tuple(person for name in ENVELOPE for person in self.people(name)),
            on_behalf=on_behalf[0] if on_behalf else None,
            return_path=self.return_path(),
            in_reply_to=self.identifiers("in-reply-to"),
            references=self.identifiers("references"),
            attachments=tuple(attachments),
            calendars=tuple(self.text_of(part) for part in files if part.content_type.value == "text/calendar"),
            verdicts=verdicts(self.first("authentication-results"), receiver),
            oddities=frozenset(self.oddities),
            content_type=declared.value,
            report_type=(declared.get("report-type") or "").lower(),
            headers=self.headers,
        )

    # Headers

    def unfolded(self, value: bytes) -> str:
        # Letters beyond ASCII ought to be encoded words; many a machine sends them bare.
        text, is_guess = decoded(value, None, self.fallback_charsets)
        self.notice(is_guess, Oddity.CHARSET_GUESSED)
        return text.replace("\r", " ").replace("\n", " ")

    def first(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known == name), None)

    def sender(self) -> Mailbox:
        written = [value for name, value in self.headers if name == "from"]
        if not written:
            raise Unreadable(Reason.NO_SENDER)
        people, _ = mailboxes(written[0], self.fallback_charsets)
        if not people:
            raise Unreadable(Reason.NO_SENDER)
        self.notice(len(written) > 1 or len(people) > 1, Oddity.TWO_SENDERS)
        self.notice(people[0].is_misleading, Oddity.NAME_MISLEADS)
        return people[0]

    def people(self, name: str) -> list[Mailbox]:
        written = ",".join(value for known, value in self.headers if known == name)
        found, is_whole = mailboxes(written, self.fallback_charsets)
        self.notice(not is_whole, Oddity.TRUNCATED)
        return found

    def message_id(self) -> str:
        written = (self.first("message-id") or "").strip()
        found = IDENTIFIER.search(written)
        identifier = (found[0] if found else written)[:MAX_ID]
        if identifier.strip("<> "):
            return identifier
        self.oddities.add(Oddity.NO_MESSAGE_ID)
        return f"<{hashlib.sha256(self.raw).hexdigest()}@without-id.invalid>"

    def identifiers(self, name: str) -> tuple[str, ...]:
        written = self.first(name) or ""
        found = [identifier[:MAX_ID] for identifier in IDENTIFIER.findall(written)]
        if len(found) > MAX_REFERENCES:
            self.oddities.add(Oddity.TRUNCATED)
            # The first began the conversation, the last ones are nearest.
            found = [found[0], *found[1 - MAX_REFERENCES :]]
        return tuple(found)

    def return_path(self) -> str | None:
        written = self.first("return-path")
        return None if written is None else written.strip().strip("<>").strip()[:MAX_ID]

    def subject(self) -> str:
        read_, is_guess = header_text((self.first("subject") or ""), self.fallback_charsets)
        self.notice(is_guess, Oddity.CHARSET_GUESSED)
        subject = in_one_line(read_)
        self.notice(len(subject) > MAX_SUBJECT, Oddity.TRUNCATED)
        return subject[:MAX_SUBJECT]

    def date(self, now: datetime) -> datetime | None:
        try:
            written = (self.first("date") or "")[:200]
            date = parsedate_to_datetime(written)
            date = date if date.tzinfo else date.replace(tzinfo=UTC)
            # The parser takes the year 0001 for 2001.
            if not YEAR_ONE.search(written) and date.year >= EARLIEST_YEAR and date - now <= TOO_FAR_AHEAD:
                return date
        except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
            pass
        self.oddities.add(Oddity.NO_DATE)
        return None

    # Bodies

    def sorted(self, found: Leaves) -> tuple[list[Part], list[Part]]:
        """Return the parts that are the text of the mail, and those that are files beside it."""
        texts: list[Part] = []
        files: list[Part] = []
        for part in found.parts:
            disposition = part.parameters("content-disposition")
            is_text = part.content_type.value in {"text/plain", "text/html"}
            is_file = disposition.value == "attachment" or "filename" in disposition.parameters
            # A mail without parts is its text, whatever it says about itself.
            (texts if is_text and (not is_file or part is self.top) else files).append(part)
        return texts, files

    def text_of(self, part: Part) -> str:
        # Encoded, a text takes up to three times the room.
        raw, is_whole = part.body(3 * MAX_TEXT_BYTES)
        self.notice(not is_whole, Oddity.BROKEN_ENCODING)
        self.notice(len(raw) > MAX_TEXT_BYTES or part.end - part.start > 3 * MAX_TEXT_BYTES, Oddity.TRUNCATED)
        label = part.content_type.get("charset")
        if part.content_type.value == "text/html" and label and label.strip(" \"'").lower() == "utf-7":
            # In it markup hides from whoever looks for markup: shown as the letters that came.
            label = "unknown"
        text, is_guess = decoded(raw[:MAX_TEXT_BYTES], label, self.fallback_charsets)
        self.notice(is_guess, Oddity.CHARSET_GUESSED)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def body(self, texts: list[Part]) -> tuple[str, str]:
        """Return the text, of alternatives the plain one if it says anything, and the HTML if there is any."""
        slots: dict[int | tuple[int], dict[str, str]] = {}
        room = MAX_TEXT_BYTES
        for number, part in enumerate(texts):
            key = (number,) if part.alternative is None else part.alternative
            slot = slots.setdefault(key, {})
            text = self.text_of(part)[:room]
            room -= len(text)
            kind = part.content_type.value
            slot[kind] = f"{slot[kind]}\n{text}" if kind in slot else text
        plain, markup, has_markup = [], [], False
        for slot in slots.values():
            html = slot.get("text/html", "")
            text = slot.get("text/plain", "")
            has_markup = has_markup or bool(html.strip())
            plain.append(text if text.strip() or not html else text_from_html(html))
            markup.append(html if html.strip() else f'<p style="white-space: pre-wrap">{escape(text)}</p>')
        return "\n".join(plain), "\n".join(markup) if has_markup else ""

    def attachments(self, files: list[Part]) -> list[Attachment]:
        is_too_large = len(self.raw) > MAX_BYTES
        self.notice(is_too_large and bool(files), Oddity.TOO_LARGE)
        found: list[Attachment] = []
        for part in files:
            disposition = part.parameters("content-disposition")
            content = b""
            if not is_too_large:
                content, is_whole = part.body()
                self.notice(not is_whole, Oddity.BROKEN_ENCODING)
            identifier = self.unfolded(part.first("content-id") or b"").strip().strip("<>")[:MAX_ID]
            found.append(
                Attachment(
                    self.file_name(part, disposition.parameters.get("filename")),
                    in_one_line(part.content_type.value)[:120],
                    content,
                    identifier,
                    disposition.value == "inline" or (bool(identifier) and disposition.value != "attachment"),
                )
            )
        return found

    def file_name(self, part: Part, declared: tuple[bytes, str | None] | None) -> str:
        begin = UU_NAME.search(part.raw, part.start, min(part.end, part.start + 10_000))
        raw, label = declared or part.content_type.parameters.get("name") or (begin[1] if begin else b"", None)
        text, _ = decoded(raw, label, self.fallback_charsets)
        kind = part.content_type.value
        otherwise = {"message/rfc822": "message.eml", "text/calendar": "invitation.ics"}.get(kind, "attachment")
        return safe_name(header_text(text, self.fallback_charsets)[0], otherwise)

    def look_for_sealed(self, text: str, attachments: list[Attachment]) -> None:
        kinds = {self.top.content_type.value, *(attachment.declared_type for attachment in attachments)}
        names = {attachment.name.lower() for attachment in attachments}
        smime = (self.top.content_type.get("smime-type") or "").lower()
        is_signature = any(kind.endswith(("pkcs7-signature", "pgp-signature")) for kind in kinds)
        is_smime = any(kind.endswith("pkcs7-mime") for kind in kinds)
        is_pgp = "application/pgp-encrypted" in kinds or "-----BEGIN PGP MESSAGE-----" in text
        self.notice(is_signature or (is_smime and smime == "signed-data"), Oddity.SIGNED)
        self.notice(is_pgp or (is_smime and smime != "signed-data"), Oddity.ENCRYPTED)
        self.notice("application/ms-tnef" in kinds or "winmail.dat" in names, Oddity.WINMAIL)
