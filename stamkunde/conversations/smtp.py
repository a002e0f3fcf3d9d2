"""One connection to a mail server, by which many messages are handed over one after the other.

What is said is the standard library's; when it may be waited for, and what an answer means, is decided here. A server
that answers a drop at a time, or not at all, costs no more than the seconds below.
"""

import base64
import io
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

import idna
from django.utils.translation import gettext as _

from stamkunde.conversations.credentials import NotLetIn, credentials, forget_token
from stamkunde.conversations.models import Mailbox, MailSecurity
from stamkunde.conversations.outcomes import Came, Outcome
from stamkunde.conversations.outgoing import Prepared
from stamkunde.kit import net

GREETING_SECONDS = 15.0
COMMAND_SECONDS = 20.0
# A server that looks a message over for what it does not want takes its time.
TAKING_SECONDS = 60.0
# What our bytes may take to get out, for each megabyte.
SECONDS_A_MEGABYTE = 20.0
LONGEST_ANSWER = 300
READY = 354
ASKED = 334
CLOSING = 421
# Answers to the sender's name that speak of how we signed in, and not of this message.
NOT_SIGNED_IN = frozenset({530, 534, 535, 538})


class Trouble(Exception):
    """The server cannot be used now; the text is a sentence for whoever sets up the mailbox."""

    @property
    def sentence(self) -> str:
        return str(self)


class _Timed:
    """The part of a socket that `smtplib` uses, with an end for each exchange: drops of bytes do not prolong it."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.end = time.monotonic() + GREETING_SECONDS

    def within(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def sendall(self, data: bytes) -> None:
        self.socket.settimeout(self._left())
        self.socket.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self.socket.settimeout(self._left())
        return self.socket.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        self.socket.close()

    def _left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Reader(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timed.recv_into(buffer)


class Line:
    """A server that greeted us and knows who we are."""

    def __init__(self, client: smtplib.SMTP, timed: _Timed) -> None:
        self._client = client
        self._timed = timed
        self.is_open = True

    def hand_over(self, prepared: Prepared) -> Outcome:
        """Hand one message over; raises Trouble where the server does not know us any more."""
        try:
            return self._hand_over(prepared)
        except Trouble:
            self.close()
            raise
        except (OSError, smtplib.SMTPException) as error:
            # Before the last dot nobody may deliver it (RFC 5321, 4.1.1.4).
            self.close()
            return _outcome(prepared, Came.LATER, _lost(error))

    def close(self) -> None:
        """Take leave of a server that listens, and let go of one that does not."""
        if self.is_open:
            self.is_open = False
            with suppress(OSError, smtplib.SMTPException):
                self._timed.within(1.0)
                self._client.quit()
        with suppress(OSError):
            self._client.close()

    def _hand_over(self, prepared: Prepared) -> Outcome:
        client, limit = self._client, self._client.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < prepared.size:
            return _outcome(prepared, Came.REFUSED, _("It is larger than the mail server takes. Send a link instead."))
        self._timed.within(COMMAND_SECONDS)
        options = [f"size={prepared.size}"] if "size" in client.esmtp_features else []
        code, said = client.mail(prepared.sender, options)
        if code in NOT_SIGNED_IN:
            raise Trouble(_("The mail server asks who we are: %(said)s") % {"said": _readable(code, said)})
        if code // 100 != 2:
            return self._refused(prepared, code, said)
        refused: dict[str, str] = {}
        put_off: dict[str, str] = {}
        for address in prepared.recipients:
            self._timed.within(COMMAND_SECONDS)
            code, said = client.rcpt(_in_ascii(address))
            if code == CLOSING:
                return self._refused(prepared, code, said)
            if code // 100 != 2:
                (refused if code // 100 == 5 else put_off)[address] = _readable(code, said)
        if len(refused) + len(put_off) == len(prepared.recipients):
            self._start_over()
            came = Came.LATER if put_off else Came.REFUSED
            answer = next(iter((put_off or refused).values()), "")
            return _outcome(prepared, came, answer, refused=refused, put_off=put_off)
        self._timed.within(COMMAND_SECONDS)
        code, said = client.docmd("data")
        if code != READY:
            return self._refused(prepared, code, said)
        self._timed.within(COMMAND_SECONDS + prepared.size / 1_000_000 * SECONDS_A_MEGABYTE)
        return self._said(prepared, refused, put_off)

    def _said(self, prepared: Prepared, refused: dict[str, str], put_off: dict[str, str]) -> Outcome:
        body = prepared.content.replace(b"\r\n.", b"\r\n..")
        if body.startswith(b"."):
            body = b"." + body
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
        self._timed.sendall(body)
        # From here on it may have been taken, whether we hear of it or not.
        try:
            self._timed.within(TAKING_SECONDS)
            self._timed.sendall(b".\r\n")
            code, said = self._client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return _outcome(prepared, Came.UNCERTAIN, _lost(error))
        if code // 100 == 2:
            return _outcome(prepared, Came.SENT, _readable(code, said), refused=refused, put_off=put_off)
        if code == -1:
            self.close()
            return _outcome(prepared, Came.UNCERTAIN, _readable(code, said))
        return self._refused(prepared, code, said, start_over=False)

    def _refused(self, prepared: Prepared, code: int, said: bytes, *, start_over: bool = True) -> Outcome:
        if code == CLOSING or code < 0:
            self.close()
        elif start_over:
            self._start_over()
        came = Came.REFUSED if code // 100 == 5 else Came.LATER
        return _outcome(prepared, came, _readable(code, said))

    def _start_over(self) -> None:
        """Forget what was said of this message, so that the next one begins anew."""
        try:
            self._timed.within(COMMAND_SECONDS)
            code, _said = self._client.rset()
            if code // 100 != 2:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def open_line(mailbox: Mailbox) -> Line:
    """Reach a mailbox's server and sign in there; raises Trouble with a sentence."""
    host, port = mailbox.smtp_host, mailbox.smtp_port
    client = smtplib.SMTP(local_hostname=_own_name(mailbox.address))
    timed: _Timed | None = None
    try:
        ip = net.mail_server(host, port, seconds=GREETING_SECONDS)
        is_tls = mailbox.smtp_security == MailSecurity.TLS
        connected = net.connect(host, ip, port, seconds=GREETING_SECONDS, tls=is_tls)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        timed = _Timed(connected)
        _talk_over(client, timed)
        code, said = client.getreply()
        if code // 100 != 2:
            raise Trouble(_("The mail server does not let us in: %(said)s") % {"said": _readable(code, said)})
        client.ehlo_or_helo_if_needed()
        if mailbox.smtp_security == MailSecurity.STARTTLS:
            timed = _encrypted(client, timed, host)
        _sign_in(client, mailbox)
        return Line(client, timed)
    except BaseException as error:
        if timed is not None:
            timed.close()
        if isinstance(error, Trouble):
            raise
        if isinstance(error, net.NotReached | NotLetIn):
            raise Trouble(error.sentence) from error
        if isinstance(error, smtplib.SMTPAuthenticationError):
            raise Trouble(
                _("The mail server does not take the user name or the password: %(said)s")
                % {"said": _readable(error.smtp_code, error.smtp_error)}
            ) from error
        if isinstance(error, ssl.SSLCertVerificationError):
            raise Trouble(_("The certificate of %(host)s is not one for it.") % {"host": host}) from error
        if _is_late(error):
            raise Trouble(_("%(host)s did not answer in time.") % {"host": host}) from error
        if isinstance(error, OSError | smtplib.SMTPException):
            raise Trouble(
                _("%(host)s could not be spoken to as a mail server. Look at its name, port and encryption.")
                % {"host": host}
            ) from error
        raise


def _talk_over(client: smtplib.SMTP, timed: _Timed) -> None:
    client.sock = timed  # type: ignore[assignment]
    client.file = None


def _encrypted(client: smtplib.SMTP, timed: _Timed, host: str) -> _Timed:
    if not client.has_extn("starttls"):
        raise Trouble(
            _("%(host)s does not offer encryption here, and without it nothing is sent. Choose the port it has it on.")
            % {"host": host}
        )
    code, said = client.docmd("STARTTLS")
    if code // 100 != 2:
        raise Trouble(_("The mail server does not begin encryption: %(said)s") % {"said": _readable(code, said)})
    timed.socket.settimeout(GREETING_SECONDS)
    within = _Timed(net.encrypted(timed.socket, host))
    _talk_over(client, within)
    # What was said in the clear is forgotten: anybody could have said it.
    client.helo_resp, client.ehlo_resp, client.esmtp_features, client.does_esmtp = None, None, {}, False
    client.ehlo_or_helo_if_needed()
    return within


def _sign_in(client: smtplib.SMTP, mailbox: Mailbox) -> None:
    known = credentials(mailbox)
    user = known.user or mailbox.address
    if known.password:
        client.login(user, known.password)
    if not known.token:
        return
    words = base64.b64encode(f"user={user}\1auth=Bearer {known.token}\1\1".encode()).decode("ascii")
    code, said = client.docmd("AUTH", f"XOAUTH2 {words}")
    if code == ASKED:
        # What is wrong comes as a question; an empty answer to it brings the refusal.
        code, said = client.docmd("")
    if code // 100 != 2:
        forget_token(mailbox)
        raise smtplib.SMTPAuthenticationError(code, said)


def _outcome(prepared: Prepared, came: Came, answer: str, **more: Any) -> Outcome:
    return Outcome(dispatch_id=prepared.dispatch_id, came=came, answer=answer, **more)


def _readable(code: int, said: bytes | str) -> str:
    """Return a server's answer as one line; whoever sent it may be anybody."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(f"{code if code > 0 else ''} {printable}".split())[:LONGEST_ANSWER]


def _is_late(error: BaseException) -> bool:
    # The library says of a server that is late that it is gone.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _lost(error: Exception) -> str:
    if _is_late(error):
        return _("The mail server did not answer in time.")
    return _("The line to the mail server broke.")


def _own_name(address: str) -> str:
    return _in_ascii(address).rpartition("@")[2]


def _in_ascii(address: str) -> str:
    """Return an address as servers know it, its domain in the letters of every keyboard."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain if domain.isascii() else idna.encode(domain).decode('ascii')}"
