"""Write a mail: what it shall say in, bytes out; the same for the same, and never a header that nobody meant.

Whom it reaches beside the people it names is the envelope's, and no part of these bytes: there is no blind copy here.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote

import idna

from .addresses import Mailbox, comparable
from .names import safe_name
from .signing import Signer

__all__ = ["Automatic", "File", "HeaderUnfit", "Outgoing", "Signer", "written"]

MAX_LINE = 76
MAX_PLAIN_LINE = 78
MAX_REFERENCES = 20
# What nobody reads to its end is cut.
MAX_SUBJECT = 1_000
# Of an encoded word of no more than 75 letters, so many bytes are the text's.
WORD_BYTES = 45
PRINTABLE = re.compile(r"[\x20-\x7e]*")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
IDENTIFIER = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
CONTENT_ID = re.compile(r"[A-Za-z0-9.@_+-]{1,200}")


class HeaderUnfit(ValueError):
    """A value that may not become a header, such as one with a line end: it would begin another header."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class Automatic(StrEnum):
    """By what kind of machine a mail is sent (RFC 3834); such mails ask not to be answered by others."""

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along; with a Content-ID it is a picture within the HTML."""

    name: str
    content: bytes
    declared_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail that is to be sent."""

    sender: Mailbox
    to: Sequence[Mailbox]
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    cc: Sequence[Mailbox] = ()
    reply_to: Mailbox | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = ()
    language: str = ""
    automatic: Automatic | None = None
    # An address by which a program unsubscribes without asking again (RFC 8058).
    unsubscribe: str = ""


def written(mail: Outgoing, *, signers: Sequence[Signer] = ()) -> bytes:
    """Return the mail as it is handed to a server, signed by each key that is given.

    `HeaderUnfit` names the header that something given to it would break out of, or that nobody could read.
    """
    seed = hashlib.sha256("\0".join((mail.message_id, mail.text, mail.html)).encode("utf-8", "replace")).hexdigest()
    kind, body = _body(mail, seed)
    headers = [*_headers(mail), *kind]
    encoded = [(name.encode(), b" " + value.encode("ascii")) for name, value in headers]
    head = b"".join(name + b":" + value + b"\r\n" for name, value in encoded)
    with_ends = [(name, value + b"\r\n") for name, value in encoded]
    signatures = b"".join(signer.header(with_ends, body, mail.date) for signer in signers)
    return signatures + head + b"\r\n" + body


# Headers


def _headers(mail: Outgoing) -> list[tuple[str, str]]:
    if mail.date.tzinfo is None:
        raise HeaderUnfit("Date", "The time needs a zone.")
    headers = [("From", _people("From", [mail.sender])), ("To", _people("To", mail.to))]
    if not mail.to:
        raise HeaderUnfit("To", "Nobody is named.")
    if mail.cc:
        headers.append(("Cc", _people("Cc", mail.cc)))
    if mail.reply_to:
        headers.append(("Reply-To", _people("Reply-To", [mail.reply_to])))
    headers.append(("Subject", _words("Subject", mail.subject[:MAX_SUBJECT])))
    headers.append(("Date", format_datetime(mail.date)))
    headers.append(("Message-ID", _identifier("Message-ID", mail.message_id)))
    if mail.in_reply_to and (answered := _identifiers("In-Reply-To", [mail.in_reply_to])):
        headers.append(("In-Reply-To", answered))
    if mail.references and (referred := _identifiers("References", mail.references)):
        headers.append(("References", referred))
    if mail.automatic:
        headers += [("Auto-Submitted", mail.automatic.value), ("X-Auto-Response-Suppress", "All")]
    if mail.unsubscribe:
        address = _plain("List-Unsubscribe", mail.unsubscribe)
        if not address.startswith("https://") or re.search(r"[<>\s]", address):
            raise HeaderUnfit("List-Unsubscribe", "It is no address that begins with https://.")
        headers += [("List-Unsubscribe", f"<{address}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    if mail.language:
        if LANGUAGE.fullmatch(mail.language) is None:
            raise HeaderUnfit("Content-Language", "It is no language.")
        headers.append(("Content-Language", mail.language))
    headers.append(("MIME-Version", "1.0"))
    return headers


def _whole(name: str, value: str) -> str:
    """Return a value that begins no header of its own and that a server takes; refuse any other."""
    if "\r" in value or "\n" in value:
        raise HeaderUnfit(name, "It holds a line end.")
    if any(letter < " " and letter != "\t" or letter in "\x7f\x85\u2028\u2029" for letter in value):
        raise HeaderUnfit(name, "It holds a control character.")
    return value


def _plain(name: str, value: str) -> str:
    if PRINTABLE.fullmatch(_whole(name, value)) is None or len(value) > 900:
        raise HeaderUnfit(name, "It holds letters that are not allowed here, or too many.")
    return value


def _words(name: str, value: str) -> str:
    """Return text as a header holds it: as it is where that is allowed, else in encoded words (RFC 2047)."""
    _whole(name, value)
    is_plain = PRINTABLE.fullmatch(value) is not None and "=?" not in value
    if is_plain and len(name) + 2 + len(value) <= MAX_PLAIN_LINE:
        return value
    return "\r\n ".join(_encoded_words(value))


def _encoded_words(value: str) -> list[str]:
    raw = value.encode("utf-8", "replace")
    words, start = [], 0
    while start < len(raw):
        end = min(start + WORD_BYTES, len(raw))
        # A letter is not cut in two: bytes that continue one begin with the bits 10.
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?B?{binascii.b2a_base64(raw[start:end], newline=False).decode('ascii')}?=")
        start = end
    return words


def _people(header: str, people: Sequence[Mailbox]) -> str:
    return ",\r\n ".join([_person(header, person) for person in people])


def _person(header: str, person: Mailbox) -> str:
    address = _address(header, person.address)
    name = " ".join(_whole(header, person.name).split())
    if not name:
        return address
    if PRINTABLE.fullmatch(name) is None or "=?" in name or len(name) > MAX_LINE - 10:
        shown = "\r\n ".join(_encoded_words(name))
    elif ATOMS.fullmatch(name):
        shown = name
    else:
        shown = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{shown} <{address}>" if len(shown) + len(address) < MAX_LINE - 12 else f"{shown}\r\n <{address}>"


def _address(header: str, address: str) -> str:
    _whole(header, address)
    local, _, domain = (comparable(address) or "").rpartition("@")
    if not domain or not local.isascii():
        raise HeaderUnfit(header, "It is no address that mail can be sent to.")
    return f"{local}@{_domain(header, domain)}"


@lru_cache(maxsize=1_024)
def _domain(header: str, domain: str) -> str:
    """Return a domain as servers write it, such as xn--blbr-roah.no."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise HeaderUnfit(header, "It is no address that mail can be sent to.") from error


def _identifier(header: str, identifier: str) -> str:
    if IDENTIFIER.fullmatch(_whole(header, identifier)) is None:
        raise HeaderUnfit(header, "It is no identifier of a mail.")
    return identifier


def _identifiers(header: str, identifiers: Sequence[str]) -> str:
    """Return what a mail answers; identifiers of others that no server would take are left out."""
    fit = [identifier for identifier in identifiers if IDENTIFIER.fullmatch(_whole(header, identifier))]
    if len(fit) > MAX_REFERENCES:
        fit = [fit[0], *fit[1 - MAX_REFERENCES :]]
    return "\r\n ".join(fit)


# Bodies

Headers = list[tuple[str, str]]


def _body(mail: Outgoing, seed: str) -> tuple[Headers, bytes]:
    body = _text("plain", mail.text)
    pictures = [file for file in mail.files if file.content_id and mail.html]
    if mail.html:
        markup = _text("html", mail.html)
        if pictures:
            markup = _joined("related", [markup, *map(_file, pictures)], f"=_r{seed[:32]}")
        body = _joined("alternative", [body, markup], f"=_a{seed[:32]}")
    files = [file for file in mail.files if file not in pictures]
    return _joined("mixed", [body, *map(_file, files)], f"=_m{seed[:32]}") if files else body


def _text(kind: str, text: str) -> tuple[Headers, bytes]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    raw = "\r\n".join([*lines, ""]).encode("utf-8", "replace")
    headers = [("Content-Type", f"text/{kind}; charset=utf-8")]
    is_short = max(map(len, lines)) <= MAX_PLAIN_LINE
    if is_short and raw.isascii() and b"\0" not in raw and not raw.startswith(b"From ") and b"\nFrom " not in raw:
        return [*headers, ("Content-Transfer-Encoding", "7bit")], raw
    encoded = binascii.b2a_qp(raw, istext=True)
    # Mailbox files begin a mail with this word, and servers change it where it stands.
    encoded = re.sub(rb"(?m)^From ", b"=46rom ", encoded)
    return [*headers, ("Content-Transfer-Encoding", "quoted-printable")], encoded


def _file(file: File) -> tuple[Headers, bytes]:
    kind = file.declared_type.strip().lower()
    # A mail within a mail may not be encoded; it goes as bytes.
    if TYPE.fullmatch(kind) is None or kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    headers = [("Content-Type", kind), ("Content-Transfer-Encoding", "base64")]
    if file.content_id and CONTENT_ID.fullmatch(file.content_id) is None:
        raise HeaderUnfit("Content-ID", "It is no identifier of a picture.")
    disposition = "inline" if file.content_id else "attachment"
    headers.append(("Content-Disposition", disposition + _file_name(_whole("Content-Disposition", file.name))))
    if file.content_id:
        headers.append(("Content-ID", f"<{file.content_id}>"))
    encoded = base64.b64encode(file.content)
    lines = [encoded[place : place + MAX_LINE] for place in range(0, len(encoded), MAX_LINE)]
    return headers, b"\r\n".join([*lines, b""])


def _file_name(name: str) -> str:
    name = safe_name(name, "attachment")
    if PRINTABLE.fullmatch(name) and len(name) < MAX_LINE - 20:
        escaped = re.sub(r'(["\\])', r"\\\1", name)
        return f';\r\n filename="{escaped}"'
    # In pieces and with the charset before it (RFC 2231), since a line may not be longer than a server takes.
    whole = quote(name, safe="")
    pieces, start = [], 0
    while start < len(whole):
        end = start + MAX_LINE - 26
        # No letter's number is cut in two.
        cut = whole.rfind("%", start, end) if end < len(whole) and "%" in whole[end - 2 : end] else -1
        end = cut if cut > start else end
        pieces.append(whole[start:end])
        start = end
    first, *rest = pieces
    named = [f"filename*0*=utf-8''{first}", *(f"filename*{place}*={piece}" for place, piece in enumerate(rest, 1))]
    return "".join(f";\r\n {piece}" for piece in named)


def _joined(kind: str, parts: Sequence[tuple[Headers, bytes]], boundary: str) -> tuple[Headers, bytes]:
    delimiter = b"--" + boundary.encode("ascii")
    pieces = []
    for headers, body in parts:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
        pieces += [delimiter, b"\r\n", head, b"\r\n", body, b"\r\n"]
    pieces += [delimiter, b"--\r\n"]
    return [("Content-Type", f'multipart/{kind};\r\n boundary="{boundary}"')], b"".join(pieces)
