"""The trial provider: it moves no money, and behaves like those that do, also when they behave badly.

Its server is `trial_server.py`, a process of its own. What is said between the two is plain JSON, signed as providers
usually sign: the moment and the body, with HMAC-SHA256.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit import net
from stamkunde.sales.payment_providers.contract import (
    Account,
    Asked,
    Notice,
    NoticeRefused,
    ProviderRefused,
    ProviderUnclear,
    Standing,
    Told,
)

SIGNED_BY = "trial-signature"
VALID_FOR = timedelta(minutes=5)
# A till waits no longer than eight seconds for any answer.
SECONDS = 6.0
_MOST_BYTES = 100_000
_REF = re.compile(r"[A-Za-z0-9_-]{1,120}")


class Trial:
    name = "trial"
    label = gettext_lazy("Trial provider (moves no money)")

    def start(self, account: Account, asked: Asked) -> Told:
        said = {
            "reference": asked.ref, "amount": asked.amount, "currency": asked.currency, "text": asked.text,
            "return_url": asked.return_url, "notice_url": asked.notice_url, "language": asked.language,
            "terminal": asked.terminal, "capture": "later" if asked.captures_later else "at_once",
        }  # fmt: skip
        return _told(self._send(account, "POST", "payments", said, key=asked.ref))

    def ask(self, account: Account, provider_ref: str, ref: str) -> Told | None:
        path = f"payments/{quote(provider_ref, safe='')}" if provider_ref else f"payments?reference={quote(ref)}"
        found = self._send(account, "GET", path)
        return _told(found) if found is not None else None

    def capture(self, account: Account, provider_ref: str, amount: int, key: str) -> Told:
        return self._change(account, provider_ref, "captures", {"amount": amount}, key)

    def cancel(self, account: Account, provider_ref: str, key: str) -> Told:
        return self._change(account, provider_ref, "cancel", {}, key)

    def refund(self, account: Account, provider_ref: str, amount: int, key: str) -> Told:
        return self._change(account, provider_ref, "refunds", {"amount": amount}, key)

    def read_notice(self, account: Account, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        said = next((value for name, value in headers.items() if name.lower() == SIGNED_BY), "")
        parts = [part.partition("=") for part in said.split(",")]
        moment = next((value for name, _sign, value in parts if name == "t"), "")
        if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
            raise NoticeRefused("It is not signed.")
        marks = [value for name, _sign, value in parts if name == "v1"]
        wanted = [sign(secret, int(moment), body) for secret in account.secrets]
        if not any(hmac.compare_digest(mark.encode(), own.encode()) for mark in marks[:5] for own in wanted):
            raise NoticeRefused("Its signature is not that of the provider.")
        if abs(at.timestamp() - int(moment)) > VALID_FOR.total_seconds():
            raise NoticeRefused("It was signed too long ago.")
        try:
            read = json.loads(body)
            notice, provider_ref = read["id"], read["payment"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoticeRefused("It cannot be read.") from error
        if not all(isinstance(value, str) and _REF.fullmatch(value) for value in (notice, provider_ref)):
            raise NoticeRefused("It cannot be read.")
        return Notice(notice=notice, provider_ref=provider_ref)

    def try_out(self, account: Account) -> None:
        self._send(account, "GET", "account")

    def _change(self, account: Account, provider_ref: str, what: str, said: dict[str, Any], key: str) -> Told:
        return _told(self._send(account, "POST", f"payments/{quote(provider_ref, safe='')}/{what}", said, key=key))

    def _send(self, account: Account, method: str, path: str, said: Any = None, *, key: str = "") -> Any:
        """Return what was answered, None where there is no such payment; raises ProviderRefused or ProviderUnclear."""
        headers = {"Authorization": f"Bearer {account.key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        body = json.dumps(said).encode() if said is not None else b""
        try:
            answer = net.send(
                method, f"{account.url.rstrip('/')}/{account.account}/{path}", body=body, headers=headers,
                seconds=SECONDS, most_bytes=_MOST_BYTES,
            )  # fmt: skip
        except net.NotAllowed as error:
            raise ProviderRefused(error.sentence) from error
        except net.NotReached as error:
            raise ProviderUnclear(error.sentence) from error
        if answer.status == 404 and method == "GET" and path != "account":
            return None
        if answer.status >= 500 or answer.status == 429 or answer.status < 200 or 300 <= answer.status < 400:
            raise ProviderUnclear(_("The payment provider did not answer as it should. It will be asked again."))
        try:
            read = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise ProviderUnclear(_("The answer of the payment provider cannot be read.")) from error
        if answer.status >= 400:
            raise ProviderRefused(_said(read.get("code") if isinstance(read, dict) else ""))
        return read


def sign(secret: str, at: int, body: bytes) -> str:
    """Return the mark under a notification: the moment, a full stop and the body, with HMAC-SHA256."""
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()


def signature(secrets: Iterable[str], at: int, body: bytes) -> str:
    return ",".join([f"t={at}", *(f"v1={sign(secret, at, body)}" for secret in secrets)])


def _told(read: Any) -> Told:
    try:
        return Told(
            provider_ref=_text(read["id"], 120),
            standing=Standing(read["state"]),
            captured=_whole(read["captured"]),
            refunded=_whole(read["refunded"]),
            page_url=_text(read.get("page_url", ""), 500),
            card_brand=_text(read.get("card_brand", ""), 20),
            card_end=_text(read.get("card_end", ""), 4),
            reason=_said(read["reason"]) if read.get("reason") else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProviderUnclear(_("The answer of the payment provider cannot be read.")) from error


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**15:
        raise ValueError
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError
    return value


def _said(code: Any) -> str:
    known = {
        "declined": _("The card was declined. Pay with another card."),
        "currency": _("The payment provider does not take this currency."),
        "unauthorised": _("The payment provider does not know this account or key."),
        "too_much": _("That is more than there is to take in or to give back."),
        "refund_failed": _("The payment provider could not pay this back: the card is closed."),
        "busy": _("The terminal is busy. Cancel what it shows, then try again."),
        "no_terminal": _("The payment provider knows no such terminal."),
        "over": _("This payment is over at the payment provider."),
    }
    return known.get(code if isinstance(code, str) else "", _("The payment provider refused this."))
