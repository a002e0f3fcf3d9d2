"""46elks: forms over HTTP with a name and a password; it signs nothing, so the key in the address is what proves it."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.channels.text.providers.contract import (
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
    word,
)
from stamkunde.conversations.models import TextProviderName
from stamkunde.conversations.outcomes import Came
from stamkunde.conversations.values import FileValues
from stamkunde.kit import net

STATES = {"created": "", "sent": "sent", "delivered": "delivered", "failed": "failed"}
MOST_FILES = 10


class Elks:
    name = TextProviderName.ELKS.value
    label = "46elks"
    url = "https://api.46elks.com"
    account_label = _("API user name")
    secret_label = _("API password")
    hook_secret_label: Any = ""
    # Words in the answer would go back to the sender as a text message.
    thanks = (b"", "text/plain")

    def send(self, account: Account, one: Outbound) -> HandedOver:
        said = {
            "from": account.number, "to": one.to, "message": one.text,
            "whendelivered": f"{account.hook}?{urlencode({'m': one.ref})}",
        }  # fmt: skip
        try:
            answer = self._asked(account, "POST", "sms", urlencode(said).encode())
        except net.NotReached as error:
            return in_doubt(error.sentence)
        if (refused := judged(answer.status, _why(answer.body))) is not None:
            return refused
        try:
            number = word(in_json(answer.body), "id")
        except NotUnderstood:
            number = ""
        return HandedOver(came=Came.SENT, number=number) if number else in_doubt(_why(answer.body))

    def is_genuine(self, account: Account, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        return True

    def read(self, account: Account, query: str, body: bytes) -> Handed:
        said = as_form(body)
        number = said.get("id", "")[:200]
        if not number:
            raise NotUnderstood("no number")
        if "status" in said and "message" not in said:
            state = STATES.get(said["status"], "")
            ref = next(iter(parse_qs(query).get("m", [])), "")[:40]
            reports = [Report(number=number, state=state, ref=ref, why=said.get("reason", "")[:200])] if state else []
            return Handed(reports=reports)
        if not said.get("from"):
            raise NotUnderstood("no sender")
        if said.get("direction", "incoming") != "incoming":
            return Handed()
        pictures = [said[name] for name in sorted(said) if name.startswith("image") and said[name].startswith("http")]
        return Handed(
            texts=[
                TextIn(
                    number=number,
                    sender=said["from"],
                    text=said.get("message", ""),
                    files=[FileThere(place=one) for one in pictures[:MOST_FILES]],
                )
            ]
        )

    def fetch(self, account: Account, there: FileThere, most_bytes: int) -> FileValues:
        if not is_under(there.place, (host_of(account.url), "46elks.com")):
            raise FileNotFetched
        name = there.place.rpartition("/")[2].partition("?")[0] or "picture"
        return fetched(there.place, _let_in(account), most_bytes, name, there.content_type)

    def try_out(self, account: Account) -> str:
        answer = self._asked(account, "GET", "me")
        judged(answer.status, _why(answer.body))
        try:
            return word(in_json(answer.body), "displayname")
        except NotUnderstood:
            return ""

    def _asked(self, account: Account, method: str, path: str, body: bytes = b"") -> net.Answer:
        headers = _let_in(account) | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        return asked(method, f"{account.url}/a1/{path}", body=body, headers=headers)


def _let_in(account: Account) -> dict[str, str]:
    both = base64.b64encode(f"{account.account}:{account.secret}".encode()).decode()
    return {"Authorization": f"Basic {both}", "Accept": "application/json"}


def _why(body: bytes) -> str:
    return clean(" ".join(body[:300].decode("utf-8", "replace").split()))[:200]
