"""The one way out to the network: nobody else in the house opens a connection.

An address that people, partners or documents bring may lead anywhere, also to the machine itself, to the shop's own
devices or to a cloud's metadata. So the name is asked for once, every address it has must be a public one, and the
connection goes to exactly the address that was checked: a name that points elsewhere a moment later gains nothing.
Redirects are answers like any other, never followed; time and size have an end; certificates are those of the name.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 2_000
MOST_BYTES = 2_000_000
SECONDS = 10.0

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. Python's own lists differ by its version.
_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Of IPv6 only what is handed out as global unicast, less the tunnels and examples within it.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# The last four bytes of these are an IPv4 address, which is where the packet goes in the end.
_V4_WITHIN_V6 = tuple(ipaddress.IPv6Network(network) for network in ("::ffff:0:0/96", "64:ff9b::/96"))
# Where clouds keep the keys of the machine: no setting opens these.
_NEVER = frozenset(
    ipaddress.ip_address(text) for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9_.-]{0,251}[a-z0-9])?|[0-9a-f:.]+")
_SPACE_OR_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


class NotReached(Exception):
    """Nothing came back, or nothing was sent; the text is a sentence for a person."""

    @property
    def sentence(self) -> str:
        return str(self)


class NotSent(NotReached):
    """Nothing was sent: the other side was not found, or did not answer the door."""


class NotAllowed(NotReached):
    """The address is one that nobody may be sent to; trying again changes nothing until the address does."""


@dataclass(frozen=True)
class Destination:
    """An address that was looked at: where the connection goes is the IP in it and nothing else."""

    url: str
    scheme: str
    host: str
    port: int
    target: str
    ip: str


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reason: str = ""


def is_public(ip: IPAddress) -> bool:
    """Say whether the address belongs to the open network, also when it hides inside another kind."""
    ip = _innermost(ip)
    if ip in _NEVER:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    return ip in _PUBLIC_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)


def may_be_reached(ip: IPAddress) -> bool:
    """Say whether a connection may go there: a public address, or one of the shop's own that a setting names."""
    ip = _innermost(ip)
    return is_public(ip) or (ip not in _NEVER and any(ip in network for network in _inner_networks()))


def is_inner(url: str) -> bool:
    """Say whether an address leads into a network of the shop's own; a name that leads nowhere does not."""
    try:
        return not is_public(ipaddress.ip_address(destination(url).ip))
    except NotReached:
        return False


def destination(url: str, *, seconds: float = SECONDS) -> Destination:
    """Look at an address and resolve its name, once; raises `NotAllowed` or `NotReached` with a sentence."""
    parts = _parts(url)
    scheme, host = parts.scheme, _host(parts)
    port = _port(parts) or (443 if scheme == "https" else 80)
    if port not in settings.OUTGOING_PORTS:
        raise NotAllowed(_("Addresses on port %(port)s cannot be used from here.") % {"port": port})
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(url, scheme, host, port, _quoted(target), _resolve(host, port, seconds))


def send(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Send one request and return its answer; `seconds` is the end of it all, from the name to the last byte."""
    end = time.monotonic() + seconds
    to = destination(url, seconds=seconds)
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.default_port = 443 if to.scheme == "https" else 80
    connection.auto_open = 0
    # Until the first byte goes out nobody can have done anything.
    failed: type[NotReached] = NotSent
    try:
        with connect(to.host, to.ip, to.port, seconds=_left(end), tls=to.scheme == "https") as opened:
            connection.sock = _Timed(opened, end)
            failed = NotReached
            connection.request(method, to.target, body or None, dict(headers or {}))
            response = connection.getresponse()
            read = response.read(most_bytes + 1)
            if len(read) > most_bytes:
                raise NotReached(_("The answer of %(host)s is too large.") % {"host": to.host})
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, read, response.reason)
    except ssl.SSLCertVerificationError as error:
        raise failed(_("The certificate of %(host)s is not one for it.") % {"host": to.host}) from error
    except TimeoutError as error:
        raise failed(_("%(host)s did not answer in time.") % {"host": to.host}) from error
    except (OSError, http.client.HTTPException) as error:
        raise failed(_("%(host)s could not be reached.") % {"host": to.host}) from error
    finally:
        connection.close()


def mail_server(host: str, port: int, *, seconds: float = SECONDS) -> str:
    """Return the IP that a mail server's name stands for, asked for once and looked at; `connect` goes there.

    Raises `NotAllowed` or `NotReached` with a sentence.
    """
    if port not in settings.MAIL_PORTS:
        raise NotAllowed(_("Mail servers on port %(port)s cannot be used from here.") % {"port": port})
    if not _HOST.fullmatch(host.lower()):
        raise NotAllowed(_("Write the name of the mail server, such as imap.example.org."))
    return _resolve(host, port, seconds)


def connect(host: str, ip: str, port: int, *, seconds: float, tls: bool) -> socket.socket:
    """Open a connection to an IP that `destination` has checked; the certificate is held against the name."""
    if not may_be_reached(ipaddress.ip_address(ip)):
        raise _not_public(host)
    opened = socket.create_connection((ip, port), timeout=seconds)
    return encrypted(opened, host) if tls else opened


def encrypted(opened: socket.socket, host: str) -> ssl.SSLSocket:
    """Go on in TLS on an open connection, as STARTTLS asks for; it is closed where the name is not the server's."""
    try:
        return _trust().wrap_socket(opened, server_hostname=host)
    except BaseException:
        opened.close()
        raise


class _Timed:
    """The part of a socket that `http.client` uses, with one end for everything: drops of bytes do not prolong it."""

    def __init__(self, opened: socket.socket, end: float) -> None:
        self._opened = opened
        self._end = end

    def sendall(self, data: Any) -> None:
        self._opened.settimeout(_left(self._end))
        self._opened.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._opened, self._end))

    def close(self) -> None:
        """Leave it open: `http.client` lets go of a connection before its answer is read, and `send` closes it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, opened: socket.socket, end: float) -> None:
        self._opened = opened
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._opened.settimeout(_left(self._end))
        return self._opened.recv_into(buffer)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _innermost(ip: IPAddress) -> IPAddress:
    if isinstance(ip, ipaddress.IPv6Address) and any(ip in network for network in _V4_WITHIN_V6):
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _inner_networks() -> tuple[IPNetwork, ...]:
    networks: tuple[IPNetwork, ...] = settings.INNER_NETWORKS
    return networks


def _parts(url: str) -> SplitResult:
    unreadable = NotAllowed(_("Write a whole address that begins with https://."))
    if len(url) > LONGEST_URL or _SPACE_OR_CONTROL.search(url):
        raise unreadable
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise unreadable from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise unreadable
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("Leave name and password out of the address."))
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host if ":" in host else host.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise NotAllowed(_("Write a whole address that begins with https://."))
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise NotAllowed(_("Write a whole address that begins with https://.")) from error


def _quoted(target: str) -> str:
    # What is not ASCII cannot stand in a request line; what is quoted already stays as it is.
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)


def _resolve(host: str, port: int, seconds: float) -> str:
    found = _looked_up(host, port, seconds)
    if not found:
        raise NotSent(_("There is no address behind the name %(host)s.") % {"host": host})
    # One inner address among public ones is how a name is made to lead inside now and then.
    if not all(may_be_reached(ip) for ip in found):
        raise _not_public(host)
    return str(found[0])


def _looked_up(host: str, port: int, seconds: float) -> list[IPAddress]:
    """Ask for the addresses of a name; the system's own look-up knows no end, so it is waited for only so long."""
    found: list[IPAddress] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows)
        except (OSError, UnicodeError, ValueError):
            found.clear()

    asking = threading.Thread(target=ask, daemon=True, name="look-up")
    asking.start()
    asking.join(seconds)
    return list(found)


def _not_public(host: str) -> NotAllowed:
    return NotAllowed(
        _(
            "%(host)s leads into an inner network. Whoever runs the server can allow a network of the shop's own "
            "with STAMKUNDE_INNER_NETWORKS."
        )
        % {"host": host}
    )


@cache
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
