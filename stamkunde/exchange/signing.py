"""How a message to another program is signed, so that it can tell ours from anybody else's."""

import hashlib
import hmac
from collections.abc import Iterable

HEADER = "Stamkunde-Signature"


def signature(secrets: Iterable[str], at: int, body: bytes) -> str:
    """Return the header: the moment, and one signature for each secret that is valid now.

    Signed is the moment, a full stop and the body, with HMAC-SHA256. The moment lets a receiver refuse old messages
    that somebody has recorded.
    """
    said = b"%d.%s" % (at, body)
    marks = [hmac.new(secret.encode(), said, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])
