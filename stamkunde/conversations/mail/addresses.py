"""Who a mail says it is from and for: addresses out of headers, however they were written."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import idna

from .charsets import header_text, in_one_line

MAX_ADDRESSES = 50_000
MAX_NAME = 200
# Quotations, encoded words (in which any mark may stand bare), marks, and what stands between.
TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=|[<>(),:;]|(?:(?!=\?)[^"<>(),:;])+|=', re.DOTALL
)
TOKEN_WITHOUT_QUOTES = re.compile(r"[<>(),:;]|[^<>(),:;]+")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\x00-\x1f\x7f\[\]]{1,255}")
ADDRESS_WITHIN = re.compile(r"[^\s@<>\"(),:;']{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, its domain in small letters of the reader's script, and the name that was written beside it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def is_misleading(self) -> bool:
        """Return whether the name holds an address other than the one that counts."""
        return any(
            (comparable(found) or found).lower() != self.address.lower() for found in ADDRESS_WITHIN.findall(self.name)
        )


def mailboxes(text: str, fallback_charsets: Sequence[str]) -> tuple[list[Mailbox], bool]:
    """Return the addresses of a header in their order, and whether all of them were taken.

    Groups are opened, ``undisclosed-recipients:;`` holds nobody. What has no single address between its commas, such as
    ``a@x@y`` or two addresses in angle brackets, is nobody: it must not become somebody by a guess.
    """
    found: list[Mailbox] = []
    for name, angled, bare in _written(text):
        addresses = angled if angled else [bare]
        if len(addresses) != 1:
            continue
        address = comparable(addresses[0])
        if address is None:
            continue
        if len(found) >= MAX_ADDRESSES:
            return found, False
        read = in_one_line(header_text(name, fallback_charsets)[0])
        found.append(Mailbox(address, read[:MAX_NAME]))
    return found, True


def comparable(written: str) -> str | None:
    """Return an address as it is compared, or None if it is none: the domain in small letters and in its own script."""
    written = written.strip().removeprefix("mailto:").strip("'`")
    if ADDRESS.fullmatch(written) is None:
        return None
    local, _, domain = written.rpartition("@")
    domain = domain.rstrip(".").lower()
    if not domain:
        return None
    if domain.isascii() and "xn--" not in domain:
        return f"{local}@{domain}"
    # Strict: letters that only look alike stay different, and what is no such domain stays as it is.
    with suppress(idna.IDNAError, UnicodeError):
        domain = idna.decode(idna.encode(domain))
    return f"{local}@{domain}"


def _tokens(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(text):
        token = match[0]
        if token.startswith('"') and (len(token) == 1 or not token.endswith('"')):
            # Opened and never closed: it was no quotation.
            yield from TOKEN_WITHOUT_QUOTES.findall(text, match.start() + 1)
            return
        yield token


def _written(text: str) -> list[tuple[str, list[str], str]]:
    """Return what stands between the commas: the name, what is in angle brackets, and what is in none."""
    found: list[tuple[str, list[str], str]] = []
    name: list[str] = []
    angled: list[str] = []
    within: list[str] | None = None
    remark: list[str] = []
    depth = 0

    def settle() -> None:
        if name or angled or remark:
            written = "".join(name).strip()
            beside = "".join(remark).strip()
            quoted = written[1:-1] if len(written) > 1 and written[0] == written[-1] == '"' else written
            shown = re.sub(r"\\(.)", r"\1", quoted)
            found.append(((shown if angled else beside) or beside, list(angled), written))
        name.clear()
        angled.clear()
        remark.clear()

    for word in _tokens(text):
        if depth and word not in "()":
            remark.append(word)
        elif word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        elif within is not None and word in ">,;":
            angled.append("".join(within).rpartition(":")[2])
            within = None
            if word in ",;":
                settle()
        elif within is not None:
            within.append(word)
        elif word == "<":
            within = []
        elif word in ",;":
            settle()
        elif word == ":":
            # The name of a group; its members follow.
            name.clear()
        elif word != ">":
            name.append(word)
    if within is not None:
        angled.append("".join(within))
    settle()
    return found
