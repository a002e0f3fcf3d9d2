"""What a shop that is open to the world must not be started with.

A shop counts as open to the world when its address begins with https, when a proxy stands before it, or when it listens
on more than this machine. Then a setting that could lose what was acknowledged, or let a stranger in, stops the start
with a sentence; on a laptop it is only said.
"""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from stamkunde.config.operations.durability import unsafe_settings

SHORTEST_KEY = 32
FEWEST_SIGNS = 8


def is_open_to_the_world(host: str) -> bool:
    """Return whether anybody but the person at this machine could reach the shop that listens on the host."""
    return settings.IS_HTTPS or settings.IS_BEHIND_PROXY or not is_loopback(host)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def refusals(host: str) -> Iterator[str]:
    """Yield why a shop that is open to the world may not be started like this, each with what to do about it."""
    yield from unsafe_settings()
    yield from readable_on_the_way(host)
    yield from weak_key()
    if settings.LOG_LEVEL == "DEBUG":
        yield "STAMKUNDE_LOG_LEVEL is DEBUG: the log would hold what customers are called. Set it to INFO."


def readable_on_the_way(host: str) -> Iterator[str]:
    name = urlsplit(settings.BASE_URL).hostname or ""
    if not settings.IS_HTTPS:
        yield (
            "STAMKUNDE_BASE_URL does not begin with https: passwords could be read on their way. "
            "Put a proxy with a certificate in front, and set the address that people type."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield "STAMKUNDE_HOSTS allows every name: links could be forged. Name the shop's own."
    elif name not in settings.ALLOWED_HOSTS:
        yield f"STAMKUNDE_HOSTS does not hold {name}, the name in STAMKUNDE_BASE_URL: nobody could open the shop."
    if settings.IS_HTTPS and not settings.IS_BEHIND_PROXY:
        yield (
            "STAMKUNDE_BASE_URL begins with https and STAMKUNDE_BEHIND_PROXY is not set: "
            "the shop itself speaks no https. Set it to yes when the proxy stands in front."
        )
    if settings.IS_BEHIND_PROXY and not is_loopback(host) and not settings.INNER_PROXY:
        yield (
            f"The shop believes its proxy and listens on {host}: whoever reaches the port could pretend to be the "
            "proxy. Use --host 127.0.0.1, or set STAMKUNDE_INNER_PROXY when a firewall lets only the proxy through."
        )


def weak_key() -> Iterator[str]:
    if len(settings.SECRET_KEY) < SHORTEST_KEY or len(set(settings.SECRET_KEY)) < FEWEST_SIGNS:
        yield "STAMKUNDE_SECRET_KEY is too short to be safe. Leave it out and the shop makes a good one."
    file = Path(settings.HOME) / "secret.key"
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield f"Others on this machine can read the shop's secret key. Close it: chmod 600 {file}"
