"""The shop's secret key, with which sessions and page marks are signed: how old it is, a new one, the old one's end.

A new key is used from the next start on, and the former one is still believed, so that nobody is signed out by a
rotation. Once everybody who was signed in then has been signed out by time, the former key is retired.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError

from stamkunde.config import env


@dataclass(frozen=True)
class FormerKey:
    """A key that is no longer used and still believed; only its beginning is ever shown."""

    begins: str
    replaced_at: datetime

    @property
    def may_go_at(self) -> datetime:
        return self.replaced_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def key_file() -> Path:
    return Path(settings.HOME) / env.KEY_FILE


def former_file() -> Path:
    return Path(settings.HOME) / env.FORMER_KEYS_FILE


def made_at() -> datetime | None:
    """Return when the present key was made; None when it comes from the environment."""
    if is_from_environment():
        return None
    return datetime.fromtimestamp(key_file().stat().st_mtime, UTC)


def is_from_environment() -> bool:
    return bool(os.environ.get("STAMKUNDE_SECRET_KEY"))


def former_keys() -> list[FormerKey]:
    return [FormerKey(key[:4], at) for key, at in env.former_keys(former_file())]


def rotate() -> None:
    """Make a new key; the present one is believed until it is retired."""
    if is_from_environment():
        raise CommandError(
            "The key comes from STAMKUNDE_SECRET_KEY. Put it in front of STAMKUNDE_OLD_SECRET_KEYS, set a new one of "
            "at least 50 letters, and start again. Nothing has been changed."
        )
    present = key_file().read_text().strip()
    kept = env.former_keys(former_file())
    # The former key is on the disk before the new one takes its place: killed in between, the shop has the same key.
    _write(former_file(), [(present, datetime.now(UTC)), *(one for one in kept if one[0] != present)])
    draft = key_file().with_suffix(".draft")
    _write_secret(draft, os.urandom(48).hex())
    draft.replace(key_file())


def retire(*, anyway: bool = False) -> int:
    """Forget former keys, and return how many went; refuse while somebody may still be signed in by one."""
    kept = env.former_keys(former_file())
    in_use = [one for one in former_keys() if one.may_go_at > datetime.now(UTC)]
    if in_use and not anyway:
        raise CommandError(
            f"People who signed in before {in_use[0].replaced_at:%Y-%m-%d %H:%M} UTC may still be working. The key can "
            f"go from {max(one.may_go_at for one in in_use):%Y-%m-%d %H:%M} UTC on; --anyway signs them out now. "
            "Nothing has been changed."
        )
    former_file().unlink(missing_ok=True)
    return len(kept)


def _write(file: Path, keys: list[tuple[str, datetime]]) -> None:
    draft = file.with_suffix(".draft")
    _write_secret(draft, "".join(f"{at.isoformat(timespec='seconds')} {key}\n" for key, at in keys))
    draft.replace(file)


def _write_secret(file: Path, text: str) -> None:
    opener: Callable[[str, int], int] = lambda path, flags: os.open(path, flags, 0o600)  # noqa: E731
    with open(file, "w", opener=opener) as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
