"""Mails to read in tests, of the kinds that really arrive, and how they are put together."""

import base64
import os
from pathlib import Path

from stamkunde.conversations.mail.reading import ReadMail, read

# Mails that others collected lie beside the project where there are any, and are not part of it.
COLLECTED = Path(
    os.environ.get("MAIL_SAMPLES") or Path(__file__).resolve().parents[3].parent / "shared" / "data" / "mail"
)

HEAD = {
    "From": "Kari Nordmann <kari@example.no>",
    "To": "post@butikk.example",
    "Subject": "Hei",
    "Date": "Tue, 10 Nov 2026 10:00:00 +0100",
    "Message-ID": "<a1@example.no>",
}


def mail(body: bytes | str = "Hei på deg\r\n", **headers: str | bytes | None) -> bytes:
    """Return a mail; a header's name is written with _ for -, and None leaves a usual one out."""
    written: dict[str, bytes] = {name: value.encode() for name, value in HEAD.items()}
    for given, value in headers.items():
        name = next((known for known in HEAD if known.lower() == given.replace("_", "-").lower()), None)
        name = name or given.replace("_", "-")
        written.pop(name, None)
        if value is not None:
            written[name] = value.encode() if isinstance(value, str) else value
    head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in written.items())
    return head + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def parts(*pieces: str, kind: str = "mixed", extra: str = "", **headers: str | bytes | None) -> bytes:
    """Return a mail of several parts, each given with its own headers."""
    body = "".join(f"--b\r\n{piece}\r\n" for piece in pieces) + "--b--\r\n"
    return mail(body, Content_Type=f"multipart/{kind}; boundary=b{extra}", **headers)


def attached(name: str, kind: str = "application/pdf") -> bytes:
    """Return a mail with a file whose `filename` parameter is written as given."""
    return parts(
        "Content-Type: text/plain\r\n\r\nSe vedlegg",
        f"Content-Type: {kind}\r\nContent-Disposition: attachment; {name}\r\n\r\nhei",
    )


def seen(raw: bytes, *charsets: str, receiver: str = "") -> ReadMail:
    return read(raw, fallback_charsets=charsets or ("cp1252",), receiver=receiver)


def nested(depth: int) -> bytes:
    """Return a mail in which a text lies so many envelopes deep."""
    head = mail("", Content_Type="multipart/mixed; boundary=b0")
    body = "".join(
        f"--b{level}\r\nContent-Type: multipart/mixed; boundary=b{level + 1}\r\n\r\n" for level in range(depth)
    )
    tail = "".join(f"--b{level}--\r\n" for level in range(depth, -1, -1))
    return head + f"{body}--b{depth}\r\n\r\ninnerst\r\n{tail}".encode()


def word(raw: bytes, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="


def delivery_report(status: str, original: str = "Message-ID: <c1.2.x@butikk.example>\r\n\r\n") -> bytes:
    """Return what a server says of a mail that it could not deliver (RFC 3464)."""
    return parts(
        "Content-Type: text/plain\r\n\r\nDin e-post kunne ikke leveres.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.no\r\n\r\n" + status,
        "Content-Type: message/rfc822\r\n\r\n" + original,
        kind="report",
        extra="; report-type=delivery-status",
        From="Mail Delivery System <MAILER-DAEMON@mx.example.no>",
        Subject="Undelivered Mail Returned to Sender",
        Auto_Submitted="auto-replied",
        Return_Path="<>",
    )


SAMPLES: dict[str, bytes] = {
    "plain": mail(),
    "html": mail("<p>Hei <b>du</b></p>", Content_Type="text/html; charset=utf-8"),
    "alternatives": parts(
        "Content-Type: text/plain\r\n\r\nHei",
        "Content-Type: text/html\r\n\r\n<p>Hei <img src=cid:bilde></p>",
        kind="alternative",
    ),
    "attachment": attached('filename="=?utf-8?Q?kvittering_=C3=A6.pdf?="'),
    "continued name": attached("filename*0*=utf-8''kvitt; filename*1*=ering%20%C3%A6.pdf"),
    "base64": mail(
        base64.b64encode("Blåbær".encode("utf-16")),
        Content_Type="text/plain; charset=utf-16",
        Content_Transfer_Encoding="base64",
    ),
    "quoted-printable": mail(
        "Bl=E5b=E6r =\r\nog mer",
        Content_Type="text/plain; charset=latin1",
        Content_Transfer_Encoding="quoted-printable",
    ),
    "report": delivery_report("Final-Recipient: rfc822; x@y.no\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
    "words": mail(Subject=word("Blå".encode(), "utf-8") + " " + word("bær".encode("latin-1"), "latin1")),
    "addresses": mail(
        To='"Nordmann, Kari" <kari@example.no>, venner: a@b.no, (c) d@e.no;', Cc="undisclosed-recipients:;"
    ),
    "references": mail(References="".join(f"<{number}@x> " for number in range(50)), In_Reply_To="<49@x>"),
    "results": mail(Authentication_Results="mx.butikk.example; spf=pass (a;b) smtp.mailfrom=x; dmarc=fail"),
    "nested": nested(5),
    "calendar": parts("Content-Type: text/plain\r\n\r\nMøte", "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"),
    "uuencoded": mail(
        "begin 644 f.txt\r\n#2&5I\r\n`\r\nend\r\n",
        Content_Type="application/octet-stream",
        Content_Transfer_Encoding="x-uuencode",
    ),
}
