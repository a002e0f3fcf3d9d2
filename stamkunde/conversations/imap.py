"""A folder on a mail server, looked into and never changed: what staff read on their telephones stays as they left it.

Connections go by `kit/net.py`, with an end for each answer and one for a whole mail. We ask every half minute and do
not wait for the server to call (IDLE): on a line that is dead without saying so one would wait for ever.
"""

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from stamkunde.conversations.credentials import Credentials, NotLetIn, credentials, forget_token
from stamkunde.conversations.models import Mailbox, MailSecurity, SignIn
from stamkunde.kit import net

SECONDS = 20.0
# For one mail, however slowly it trickles.
LONGEST_SECONDS = 120.0


class FolderNotOpened(Exception):
    """Nothing can be fetched now; the text is a sentence for a person."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Listed:
    """A mail as the server lists it."""

    uid: int
    size: int
    received_at: datetime


class Folder:
    """An open folder. Each question may raise `FolderNotOpened`."""

    def __init__(self, client: IMAPClient, watchdog: "Watchdog", uid_validity: int, number: int) -> None:
        self._client = client
        self._watchdog = watchdog
        self.uid_validity = uid_validity
        self.number = number

    def uids_after(self, uid: int, since: date | None = None) -> list[int]:
        """Return the numbers of the mails behind one, in their order; with a day, of those that came from then on."""
        asked: list[Any] = ["UID", f"{uid + 1}:*"]
        if since is not None:
            asked += ["SINCE", since]
        self._watchdog.pat()
        # A server answers "from 8 on" with the last one, though it be the seventh.
        return sorted(number for number in self._client.search(asked) if number > uid)

    def listed(self, uids: Sequence[int]) -> list[Listed]:
        self._watchdog.pat()
        found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Listed(uid, found[uid].get(b"RFC822.SIZE", 0), _aware(found[uid].get(b"INTERNALDATE")))
            for uid in sorted(uids)
            if uid in found
        ]

    def mail(self, uid: int, most: int | None = None) -> bytes | None:
        """Return the bytes of a mail, or only its first ones; None when it is gone by now."""
        self._watchdog.pat()
        part = "BODY.PEEK[]" if most is None else f"BODY.PEEK[]<0.{most}>"
        answer = self._client.fetch([uid], [part]).get(uid, {})
        return next((value for name, value in answer.items() if name.startswith(b"BODY[]")), None)


class Watchdog:
    """Closes a connection on which nothing has come to an end for long: a drop of bytes now and then is no answer."""

    def __init__(self, seconds: float = LONGEST_SECONDS) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._sockets: list[socket.socket] = []

    def watch(self, opened: socket.socket) -> None:
        self._sockets.append(opened)
        self.pat()

    def pat(self) -> None:
        self.rest()
        self._timer = threading.Timer(self._seconds, self._bite)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _bite(self) -> None:
        for opened in self._sockets:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class _Trust:
    """What imaplib takes for a TLS context: it goes on in TLS the way all of the house does."""

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        return net.encrypted(sock, server_hostname)


class _Wire(imaplib.IMAP4):
    def __init__(self, host: str, port: int, watchdog: Watchdog, *, tls: bool, seconds: float) -> None:
        self._watchdog, self._tls, self._seconds = watchdog, tls, seconds
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        ip = net.mail_server(self.host, self.port, seconds=self._seconds)
        opened = net.connect(self.host, ip, self.port, seconds=self._seconds, tls=self._tls)
        opened.settimeout(self._seconds)
        self._watchdog.watch(opened)
        return opened


class _Client(IMAPClient):  # type: ignore[misc]  # its library names no types
    def __init__(self, host: str, port: int, watchdog: Watchdog, *, tls: bool, seconds: float) -> None:
        self._watchdog, self._seconds = watchdog, seconds
        super().__init__(host, port, ssl=tls, timeout=seconds)
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 the library's name
        return _Wire(self.host, self.port, self._watchdog, tls=self.ssl, seconds=self._seconds)


@contextmanager
def opened_folder(mailbox: Mailbox, *, seconds: float = SECONDS, longest: float = LONGEST_SECONDS) -> Iterator[Folder]:
    """Open the folder of a mailbox for reading; raises `FolderNotOpened` with a sentence that says what failed."""
    watchdog = Watchdog(longest)
    try:
        with _said(mailbox):
            known = credentials(mailbox)
            tls = mailbox.imap_security == MailSecurity.TLS
            client = _Client(mailbox.imap_host, mailbox.imap_port, watchdog, tls=tls, seconds=seconds)
            try:
                if mailbox.imap_security == MailSecurity.STARTTLS:
                    client.starttls(_Trust())
                    watchdog.watch(client.socket())
                _sign_in(client, mailbox, known)
                # Examined, not selected: nothing that is done here is seen by anybody else.
                answer = _examined(client, mailbox.imap_folder)
                yield Folder(client, watchdog, int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"EXISTS", 0)))
            finally:
                watchdog.pat()
                with suppress(Exception):
                    client.logout()
                with suppress(Exception):
                    client.shutdown()
    finally:
        watchdog.rest()


def _sign_in(client: IMAPClient, mailbox: Mailbox, known: Credentials) -> None:
    if mailbox.sign_in == SignIn.NONE:
        return
    try:
        if known.token:
            client.oauth2_login(known.user, known.token)
        else:
            client.login(known.user, known.password)
    except LoginError as error:
        if known.token:
            forget_token(mailbox)
        raise FolderNotOpened(
            _("%(host)s does not let us in. Look at the user name and the password.") % {"host": mailbox.imap_host}
        ) from error


def _examined(client: IMAPClient, folder: str) -> dict[bytes, Any]:
    try:
        answer: dict[bytes, Any] = client.select_folder(folder, readonly=True)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise FolderNotOpened(
            _("The mail server has no folder “%(folder)s” that we may read.") % {"folder": folder}
        ) from error
    return answer


@contextmanager
def _said(mailbox: Mailbox) -> Iterator[None]:
    """Turn whatever goes wrong between us and the server into a sentence."""
    host = {"host": mailbox.imap_host}
    try:
        yield
    except (net.NotReached, NotLetIn) as error:
        raise FolderNotOpened(error.sentence) from error
    except ssl.SSLCertVerificationError as error:
        raise FolderNotOpened(_("The certificate of %(host)s is not one for it.") % host) from error
    except ssl.SSLError as error:
        raise FolderNotOpened(
            _("%(host)s does not speak encrypted on this port as it is set. Try another encryption or port.") % host
        ) from error
    except TimeoutError as error:
        raise FolderNotOpened(_("%(host)s did not answer in time.") % host) from error
    except ConnectionRefusedError as error:
        raise FolderNotOpened(_("Nobody answers at %(host)s on this port.") % host) from error
    except (imaplib.IMAP4.error, OSError, ValueError, KeyError) as error:
        said = " ".join(str(error).split())[:120]
        raise FolderNotOpened(
            _("The mail server %(host)s broke off: %(said)s") % {**host, "said": said}
        ) from error  # fmt: skip


def _aware(at: Any) -> datetime:
    if not isinstance(at, datetime):
        return datetime.now(UTC)
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), datetime.now(UTC))
