"""What a payment provider can do, whichever it is: start, tell, take in, cancel, give back, and notify.

What is asked of one may happen without an answer coming back. So each request carries a key under which it is done once
however often it is sent, and a provider says one of three things: how the payment stands (`Told`), that it will not do
it (`ProviderRefused`: nothing was done), or nothing that can be relied on (`ProviderUnclear`: it may have been done).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class ProviderRefused(Exception):
    """The provider, or the way to it, refused: nothing was done. The text is a sentence for a person."""

    @property
    def sentence(self) -> str:
        return str(self)


class ProviderUnclear(Exception):
    """No answer that can be relied on came back: it may have been done or not. The text is a sentence for a person."""

    @property
    def sentence(self) -> str:
        return str(self)


class NoticeRefused(Exception):
    """A notification that is not the provider's, is too old, or cannot be read; the text says which, for the log."""


class Standing(StrEnum):
    """How a payment stands at the provider; `CAPTURED` is over: what was not taken in by then never will be."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Account:
    """By what the shop is known to the provider. The secrets are those that sign notifications now, newest first."""

    url: str
    account: str
    key: str
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A payment to be started: `amount` in minor units of the currency; `ref` is ours and its key at once.

    With a `terminal` it is shown there and has no page. With `captures_later` the customer only authorises it.
    """

    ref: str
    amount: int
    currency: str
    text: str
    return_url: str
    notice_url: str
    language: str = "en"
    terminal: str = ""
    captures_later: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the provider tells of a payment; `captured` and `refunded` are all of it so far, in minor units."""

    provider_ref: str
    standing: Standing
    captured: int = 0
    refunded: int = 0
    page_url: str = ""
    card_brand: str = ""
    card_end: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notification that is genuine: about which payment. What it says happened is not taken from it but asked for."""

    notice: str
    provider_ref: str


class Provider(Protocol):
    """A payment provider. Every method but `read_notice` asks the network and must run in no transaction."""

    name: str
    label: Any

    def start(self, account: Account, asked: Asked) -> Told:
        """Begin a payment; asked again with the same `ref`, tell of the first one."""
        ...

    def ask(self, account: Account, provider_ref: str, ref: str) -> Told | None:
        """Tell how a payment stands, found by our `ref` where theirs is not known; None where none ever came."""
        ...

    def capture(self, account: Account, provider_ref: str, amount: int, key: str) -> Told:
        """Take in so much of what was authorised."""
        ...

    def cancel(self, account: Account, provider_ref: str, key: str) -> Told:
        """Let go of all that has not been taken in."""
        ...

    def refund(self, account: Account, provider_ref: str, amount: int, key: str) -> Told:
        """Give back so much of what was taken in."""
        ...

    def read_notice(self, account: Account, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """Return what a notification is about; raises NoticeRefused unless it is genuine and of this moment."""
        ...

    def try_out(self, account: Account) -> None:
        """Ask for nothing, to see that address and key are right."""
        ...
