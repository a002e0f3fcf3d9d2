"""What kind of mail it is: written by somebody, or sent by a machine that must not be answered (RFC 3834, RFC 3464)."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .addresses import comparable
from .parts import top
from .reading import IDENTIFIER, MAX_ID, Attachment, ReadMail

MAX_FAILURES = 100
MACHINES = re.compile(
    r"(mailer-?daemon|postmaster|no-?reply|do-?not-?reply|noreply|donotreply|bounces?|ikke-?svar|svar-?ikke|svara-?inte"
    r"|ingen-?svar|neatbildet)([+._-].*)?",
    re.IGNORECASE,
)
POSTMASTERS = re.compile(r"(mailer-?daemon|postmaster|mail-?daemon)([+._-].*)?", re.IGNORECASE)
BOUNCE_SUBJECT = re.compile(
    r"undeliver|mail delivery (failed|subsystem|system)|delivery status notification|delivery (failure|has failed)"
    r"|returned mail|failure notice|delivery notification|could not be delivered|kunne ikke leveres|ikke levert"
    r"|kunde inte levereras|går inte att leverera|olevererbart|netika piegādāt|nevar piegādāt|neizdevās piegādāt"
    r"|warning: message .* delayed|delivery delayed",
    re.IGNORECASE,
)
DELAY_SUBJECT = re.compile(r"delay|forsinket|fördröj|aizkav", re.IGNORECASE)
ABSENCE_SUBJECT = re.compile(
    r"\s*(auto(matic|matisk|matiskt)?[ -]?(reply|response|svar)|autosvar|automātisk\w* atbilde"
    r"|out[ -]of[ -](the )?office"
    r"|fravær\w*|frånvaro\w*|abwesen\w*|automatische antwort|prombūtn\w*)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
SMTP_CODE = re.compile(r"\b([45])\d\d[ -]")
ORIGINAL_ID = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
ADDRESS_LINE = re.compile(r"[^\s@<>\"(),:;]{1,64}@[^\s@<>\"(),:;\[\]]{1,255}")
SEARCHED = 100_000


class Kind(StrEnum):
    HUMAN = "human"
    AUTO_REPLY = "automatic reply"
    BOUNCE = "bounce"
    DELAYED = "delayed"
    READ_RECEIPT = "read receipt"
    LIST = "list"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Failure:
    """That one recipient was not reached: for good, or for now."""

    recipient: str
    # Such as 5.1.1 (RFC 3463); empty when nobody said it.
    code: str
    is_permanent: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Nature:
    """What kind of mail it is, and of which of our messages it speaks."""

    kind: Kind
    # A human's mail may ask for no answer by a machine; staff may answer it all the same.
    may_be_answered_automatically: bool = False
    of_message_id: str = ""
    failures: tuple[Failure, ...] = ()
    # It bears our own address, and the address's owner says it is forged.
    pretends_to_be_us: bool = False


def kind_of(mail: ReadMail, *, own_addresses: Collection[str] = ()) -> Nature:
    """Return what kind of mail it is; `own_addresses` are those that the shop itself writes from."""
    own = {(comparable(address) or address).lower() for address in own_addresses}
    receipt = _receipt(mail)
    if receipt is not None:
        return receipt
    report = _report(mail) or _report_without_form(mail)
    if report is not None:
        return report
    is_ours = mail.sender.address.lower() in own
    if is_ours and not mail.verdicts.is_forged:
        return Nature(Kind.OWN)
    if _is_automatic(mail):
        return Nature(Kind.AUTO_REPLY, of_message_id=_answered(mail), pretends_to_be_us=is_ours)
    if _is_list(mail):
        return Nature(Kind.LIST, pretends_to_be_us=is_ours)
    return Nature(Kind.HUMAN, not is_ours and _wants_an_answer(mail), pretends_to_be_us=is_ours)


def _receipt(mail: ReadMail) -> Nature | None:
    notification = _of_type(mail, "message/disposition-notification")
    if mail.report_type != "disposition-notification" and notification is None:
        return None
    fields = next(_fields(notification.content), {}) if notification else {}
    original = IDENTIFIER.search(fields.get("original-message-id", ""))
    return Nature(Kind.READ_RECEIPT, of_message_id=original[0][:MAX_ID] if original else _answered(mail))


def _report(mail: ReadMail) -> Nature | None:
    """Return what a delivery status notification says (RFC 3464)."""
    status = _of_type(mail, "message/delivery-status") or _of_type(mail, "message/global-delivery-status")
    if status is None:
        return None
    failures: list[Failure] = []
    actions: set[str] = set()
    for fields in _fields(status.content):
        written = fields.get("final-recipient") or fields.get("original-recipient")
        if written is None:
            continue
        action = fields.get("action", "").strip().lower()
        code = CODE.search(fields.get("status", ""))
        number = code[1] if code else ""
        actions.add(action or ("delayed" if number.startswith("4") else "failed"))
        # What was delivered or handed on has not failed.
        if action in {"delivered", "relayed", "expanded"} or len(failures) >= MAX_FAILURES:
            continue
        why = " ".join(fields.get("diagnostic-code", "").rpartition(";")[2].split())[:500]
        is_permanent = action != "delayed" and not number.startswith("4")
        failures.append(Failure(_recipient(written), number, is_permanent, why))
    kind = Kind.BOUNCE if "failed" in actions else Kind.DELAYED if "delayed" in actions else Kind.AUTO_REPLY
    if not actions and BOUNCE_SUBJECT.search(mail.subject):
        kind = Kind.BOUNCE
    return Nature(kind, of_message_id=_original_id(mail), failures=tuple(failures))


def _report_without_form(mail: ReadMail) -> Nature | None:
    """Return what a bounce in a server's own words says: Gmail's and Exim's header, or a postmaster's letter."""
    named = ", ".join(mail.all("x-failed-recipients"))
    is_postmaster = POSTMASTERS.fullmatch(mail.sender.address.rpartition("@")[0]) is not None
    has_no_return = mail.return_path == ""
    says_so = BOUNCE_SUBJECT.search(mail.subject) is not None
    if not named and not (says_so and (is_postmaster or has_no_return)):
        return None
    said = mail.text[:SEARCHED]
    recipients = [_recipient(part) for part in named.split(",") if part.strip()]
    if not recipients:
        # The first address in the letter that is not the server's own.
        own = {mail.sender.address.lower(), *(person.address.lower() for person in mail.to)}
        recipients = [found for found in ADDRESS_LINE.findall(said) if found.lower() not in own][:1]
    code, smtp = CODE.search(said), SMTP_CODE.search(said)
    number = code[1] if code else ""
    is_delayed = bool(DELAY_SUBJECT.search(mail.subject))
    first = number[:1] or (smtp[1] if smtp else "5")
    failures = tuple(
        Failure(recipient, number, first != "4" and not is_delayed) for recipient in recipients[:MAX_FAILURES]
    )
    kind = Kind.DELAYED if is_delayed else Kind.BOUNCE
    return Nature(kind, of_message_id=_original_id(mail), failures=failures)


def _is_automatic(mail: ReadMail) -> bool:
    submitted = (mail.header("auto-submitted") or "no").partition(";")[0].strip().lower()
    if submitted != "no":
        return True
    if any(mail.header(name) is not None for name in ("x-autoreply", "x-autorespond", "x-auto-reply")):
        return True
    if (mail.header("precedence") or "").strip().lower() in {"auto_reply", "auto-reply"}:
        return True
    return ABSENCE_SUBJECT.match(mail.subject) is not None


def _is_list(mail: ReadMail) -> bool:
    precedence = (mail.header("precedence") or "").strip().lower()
    named = mail.header("list-id") is not None or mail.header("list-post") is not None
    return named or precedence in {"list", "bulk", "junk"}


def _wants_an_answer(mail: ReadMail) -> bool:
    suppressed = {word.strip().lower() for word in (mail.header("x-auto-response-suppress") or "").split(",")}
    if suppressed & {"all", "autoreply", "oof"}:
        return False
    if mail.return_path == "" or mail.header("list-unsubscribe") is not None:
        return False
    return MACHINES.fullmatch(mail.sender.address.rpartition("@")[0]) is None


def _answered(mail: ReadMail) -> str:
    """Return the Message-ID of the message that this one answers."""
    return next(iter(mail.in_reply_to), "") or next(iter(mail.references[::-1]), "")


def _original_id(mail: ReadMail) -> str:
    """Return the Message-ID of what was sent back, out of its copy, the letter's text, or the headers."""
    for attachment in mail.attachments:
        if attachment.declared_type in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            returned = top(attachment.content[:SEARCHED])[0].first("message-id")
            found = IDENTIFIER.search((returned or b"").decode("utf-8", "replace"))
            if found:
                return found[0][:MAX_ID]
    quoted = ORIGINAL_ID.search(mail.text[:SEARCHED])
    return quoted[1] if quoted else _answered(mail)


def _of_type(mail: ReadMail, kind: str) -> Attachment | None:
    return next((attachment for attachment in mail.attachments if attachment.declared_type == kind), None)


def _fields(content: bytes) -> Iterator[dict[str, str]]:
    """Yield the groups of fields that a report consists of, names in small letters."""
    for group in re.split(rb"\r?\n[ \t]*\r?\n", content[:SEARCHED]):
        fields: dict[str, str] = {}
        name = ""
        for line in group.decode("utf-8", "replace").splitlines():
            if line[:1] in {" ", "\t"} and name:
                fields[name] += " " + line.strip()
                continue
            name, colon, value = line.partition(":")
            name = name.strip().lower()
            if colon:
                fields[name] = value.strip()
            else:
                name = ""
        if fields:
            yield fields


def _recipient(written: str) -> str:
    """Return the address in ``rfc822; kari@example.no``."""
    address = written.rpartition(";")[2].strip().strip("<>")
    return (comparable(address) or address)[:320]
