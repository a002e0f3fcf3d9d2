"""Twilio: forms over HTTP; what it hands in is signed by our own token, over the address and every field."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.channels.text.providers.contract import (
    MOST_FIELDS,
    Account,
    FileNotFetched,
    FileThere,
    Handed,
    HandedOver,
    NotUnderstood,
    Outbound,
    Report,
    TextIn,
    as_form,
    asked,
    clean,
    fetched,
    host_of,
    in_doubt,
    in_json,
    is_under,
    judged,
    signed,
    word,
)
from stamkunde.conversations.models import TextProviderName
from stamkunde.conversations.outcomes import Came
from stamkunde.conversations.values import FileValues
from stamkunde.kit import net

STATES = {
    "accepted": "", "queued": "", "sending": "", "sent": "sent", "delivered": "delivered", "read": "read",
    "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip
MOST_FILES = 10


def signature(token: str, url: str, body: bytes) -> str:
    """Return what Twilio writes into X-Twilio-Signature: HMAC-SHA1 over the address and the fields in their order."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    content = url + "".join(f"{name}{value}" for name, value in sorted(set(pairs)))
    return base64.b64encode(signed(token, content.encode("utf-8", "replace"), hashlib.sha1)).decode()


class Twilio:
    name = TextProviderName.TWILIO.value
    label = "Twilio"
    url = "https://api.twilio.com"
    account_label = _("Account SID")
    secret_label = _("Auth token")
    hook_secret_label: Any = ""
    thanks = (b"<Response/>", "text/xml")

    def send(self, account: Account, one: Outbound) -> HandedOver:
        said = {
            "From": account.number, "To": one.to, "Body": one.text,
            "StatusCallback": f"{account.hook}?{urlencode({'m': one.ref})}",
        }  # fmt: skip
        try:
            answer = self._asked(account, "POST", "/Messages.json", urlencode(said).encode())
        except net.NotReached as error:
            return in_doubt(error.sentence)
        if (refused := judged(answer.status, _why(answer.body))) is not None:
            return refused
        number = _of(answer.body, "sid")
        return HandedOver(came=Came.SENT, number=number) if number else in_doubt(_why(answer.body))

    def is_genuine(self, account: Account, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-twilio-signature", "")
        try:
            wanted = signature(account.secret, url, body)
        except ValueError:
            return False
        return bool(account.secret) and hmac.compare_digest(given.encode(), wanted.encode())

    def read(self, account: Account, query: str, body: bytes) -> Handed:
        said = as_form(body)
        number = (said.get("MessageSid") or said.get("SmsSid") or "")[:200]
        if not number:
            raise NotUnderstood("no number")
        status = said.get("MessageStatus") or said.get("SmsStatus") or ""
        if "Body" not in said and status != "received":
            state = STATES.get(status, "")
            ref = next(iter(parse_qs(query).get("m", [])), "")[:40]
            why = " ".join(part for part in (said.get("ErrorCode", ""), said.get("ErrorMessage", "")) if part)
            return Handed(reports=[Report(number=number, state=state, ref=ref, why=why[:200])] if state else [])
        if not said.get("From"):
            raise NotUnderstood("no sender")
        files = [
            FileThere(place=said[f"MediaUrl{n}"], content_type=said.get(f"MediaContentType{n}", "")[:100])
            for n in range(MOST_FILES)
            if said.get(f"MediaUrl{n}", "").startswith("http")
        ]
        return Handed(
            texts=[
                TextIn(
                    number=number,
                    sender=said["From"],
                    text=said.get("Body", ""),
                    name=said.get("ProfileName", "")[:200],
                    files=files,
                )
            ]
        )

    def fetch(self, account: Account, there: FileThere, most_bytes: int) -> FileValues:
        if not is_under(there.place, (host_of(account.url), "twilio.com")):
            raise FileNotFetched
        name = there.place.rpartition("/")[2].partition("?")[0] or "file"
        return fetched(there.place, _let_in(account), most_bytes, name, there.content_type)

    def try_out(self, account: Account) -> str:
        answer = self._asked(account, "GET", ".json")
        judged(answer.status, _why(answer.body))
        return _of(answer.body, "friendly_name")

    def _asked(self, account: Account, method: str, path: str, body: bytes = b"") -> net.Answer:
        headers = _let_in(account) | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        url = f"{account.url}/2010-04-01/Accounts/{quote(account.account, safe='')}{path}"
        return asked(method, url, body=body, headers=headers)


def _let_in(account: Account) -> dict[str, str]:
    both = base64.b64encode(f"{account.account}:{account.secret}".encode()).decode()
    return {"Authorization": f"Basic {both}", "Accept": "application/json"}


def _of(body: bytes, name: str) -> str:
    try:
        return word(in_json(body), name)
    except NotUnderstood:
        return ""


def _why(body: bytes) -> str:
    """Return what Twilio says of a refusal: its own number for it, and the words beside it."""
    said = " ".join(part for part in (_of(body, "code"), _of(body, "message")) if part)
    return said or clean(" ".join(body[:200].decode("utf-8", "replace").split()))
