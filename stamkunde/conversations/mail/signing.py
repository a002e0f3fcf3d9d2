"""Sign outgoing mail, so that its receivers know that it is the shop's and unchanged (DKIM, RFC 6376 and RFC 8463)."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import idna
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from dkim.canonicalization import Relaxed

SIGNED_HEADERS = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-type", "content-language",
)  # fmt: skip
SHORTEST_RSA = 1_024
LINE = 70

Header = tuple[bytes, bytes]


class KeyUnfit(ValueError):
    """A key that receivers would not take: neither RSA of at least 1024 bits nor Ed25519, or not readable at all."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of a domain, and under which name the domain's DNS holds its public half."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def of(cls, domain: str, selector: str, pem: bytes) -> "Signer":
        """Return a signer from a private key as it is kept (PEM, without a password); `KeyUnfit` if it is none."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise KeyUnfit("The private key cannot be read.") from error
        if isinstance(key, RSAPrivateKey):
            if key.key_size < SHORTEST_RSA:
                raise KeyUnfit("The private key is too short.")
        elif not isinstance(key, Ed25519PrivateKey):
            raise KeyUnfit("The private key is of a kind that mail is not signed with.")
        return cls(idna.encode(domain.lower()).decode(), selector, key)

    def header(self, headers: Sequence[Header], body: bytes, at: datetime) -> bytes:
        """Return the ``DKIM-Signature`` of a mail, with the line end that follows it."""
        by_name: dict[bytes, Header] = {name.lower(): (name, value) for name, value in headers}
        names = [name.encode() for name in SIGNED_HEADERS if name.encode() in by_name]
        chosen = [by_name[name] for name in names]
        # Named once more than it is there, so that nobody can put a second one above it.
        named = b":".join([*names, b"from"])
        digest = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest())
        kind = b"rsa-sha256" if isinstance(self.key, RSAPrivateKey) else b"ed25519-sha256"
        unsigned = b" v=1; a=%b; c=relaxed/relaxed; d=%b; s=%b;\r\n t=%d; h=%b;\r\n bh=%b;\r\n b=" % (
            kind,
            self.domain.encode(),
            self.selector.encode(),
            int(at.timestamp()),
            _folded(named),
            digest,
        )
        canonical = Relaxed.canonicalize_headers([*chosen, (b"DKIM-Signature", unsigned)])
        signed = b"".join(name + b":" + value for name, value in canonical).removesuffix(b"\r\n")
        signature = base64.b64encode(self._signed(signed))
        lines = [signature[place : place + LINE] for place in range(0, len(signature), LINE)]
        return b"DKIM-Signature:" + unsigned + b"\r\n ".join(lines) + b"\r\n"

    def _signed(self, raw: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(raw, PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(raw).digest())


def _folded(named: bytes) -> bytes:
    lines, line = [], b""
    for name in named.split(b":"):
        if len(line) + len(name) > LINE:
            lines.append(line)
            line = b""
        line += (b":" if line or lines else b"") + name
    return b"\r\n ".join([*lines, line])
