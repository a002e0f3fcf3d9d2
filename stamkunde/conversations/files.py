"""Where mails and what is attached to them lie: each under the digest of its bytes."""

import hashlib
import os
import tempfile

from stamkunde.kit.file_store import FileStore

STORE = FileStore("conversations")


def keep_for_now(content: bytes) -> tuple[str, int]:
    """Keep bytes that are needed for moments only, and do not wait for the disk: a power cut may take them.

    Whoever finds them gone makes them anew. Returns their digest and size.
    """
    digest = hashlib.sha256(content).hexdigest()
    place = STORE.place_of(digest)
    if place.exists():
        os.utime(place)
        return digest, len(content)
    incoming = STORE.root() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=incoming)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(name, place)
    return digest, len(content)


def keep_for_good(digest: str) -> None:
    """Let bytes that were kept for now outlive a power cut."""
    place = STORE.place_of(digest)
    for path in (place, place.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def kept(digest: str) -> bytes | None:
    """Return bytes, or None if they are not there any more or not what they were."""
    try:
        content = STORE.place_of(digest).read_bytes()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None
