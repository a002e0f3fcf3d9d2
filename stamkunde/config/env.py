"""Typed reading of the environment, the only place a machine's settings come from."""

import os
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_FILE = "secret.key"
FORMER_KEYS_FILE = "secret.key.former"


def text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not “{value}”.")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.") from error


def number_between(name: str, least: int, most: int, default: int) -> int:
    value = number(name, default)
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {value}.")
    return value


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choice(name: str, allowed: list[str]) -> str:
    """Return the variable's value, which must be one of those allowed; the first when it is not set."""
    value = os.environ.get(name, "").strip().lower() or allowed[0]
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not “{value}”.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    return default if value is None else [word.strip() for word in value.split(",") if word.strip()]


def numbers(name: str, default: list[int]) -> frozenset[int]:
    try:
        return frozenset(int(word) for word in words(name, [])) or frozenset(default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be whole numbers with commas between.") from error


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks in the variable, such as ``192.168.7.0/24``; a single address is a network of one."""
    try:
        return tuple(ip_network(word) for word in words(name, []))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be networks such as 192.168.7.0/24: {error}.") from error


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).resolve()


def database(name: str, default_file: Path) -> dict[str, Any]:
    """Return Django's settings of the database that the URL in the variable names; SQLite in a file when there is none.

    SQLite runs with a write-ahead log, full synchronisation and immediate transactions: a till's acknowledged purchase
    must survive a power cut, and deferred transactions fail with "database is locked" as soon as two people write.
    """
    url = os.environ.get(name, "").strip()
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        file = Path(unquote(parts.path)) if url and parts.path not in {"", "/"} else default_file
        return {
            "ENGINE": "stamkunde.kit.sqlite",
            "NAME": str(file),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Each of the two dozen threads has a cache of its own; the map of the file is shared by all.
                "transaction_mode": "IMMEDIATE",
                "timeout": 15,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456;"
                    "PRAGMA cache_size=-6000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
                    # A purchase changes some forty pages, most of them the same as the one before: the file gets them
                    # once for a hundred purchases instead of for twenty-five. Each commit is on the disk all the same.
                    "PRAGMA wal_autocheckpoint=4000;"
                ),
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql:// or sqlite://, not “{parts.scheme}://”.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    # Django's pool and persistent connections exclude each other; the pool serves threads best.
    options["pool"] = {"min_size": 1, "max_size": number("STAMKUNDE_DATABASE_POOL", 20), "timeout": 10}
    # What every purchase asks (kit/statements.py) is planned once for each connection.
    options["prepare_threshold"] = 5
    # Pages ask for fifty rows: compiling such a question, or starting helpers for it, takes longer than answering it.
    options.setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def secret(name: str, file: Path) -> str:
    """Return the secret in the variable, or the one in the file, which is made on first use for its owner only."""
    value = os.environ.get(name)
    if value:
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: of two processes starting at once only one writes the key, and the other reads it.
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(os.urandom(48).hex())
    return file.read_text().strip()


def former_keys(file: Path) -> list[tuple[str, datetime]]:
    """Return the keys that were replaced and are still believed, newest first, each with when it was replaced."""
    if not file.exists():
        return []
    lines = [line.split(" ", 1) for line in file.read_text().splitlines() if " " in line]
    return [(key.strip(), datetime.fromisoformat(at)) for at, key in lines]
