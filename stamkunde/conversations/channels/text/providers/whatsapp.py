"""WhatsApp, by Meta's Cloud API: JSON over HTTP, signed by the app's secret; one call may hold many messages."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from stamkunde.conversations.channels.text.providers.contract import (
    Account,
    FileNotFetched,
    FileThere,
    Handed,
    HandedOver,
    LineTrouble,
    NotUnderstood,
    Outbound,
    Report,
    TextIn,
    asked,
    clean,
    fetched,
    host_of,
    in_doubt,
    in_json,
    is_under,
    judged,
    moment,
    rows,
    signed,
    word,
)
from stamkunde.conversations.models import TextProviderName
from stamkunde.conversations.outcomes import Came
from stamkunde.conversations.values import FileValues
from stamkunde.kit import net

VERSION = "v20.0"
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}
WITH_FILES = ("image", "document", "audio", "video", "sticker", "voice")
# Meta's own numbers: too many at once, and a permission or token that does not hold.
LATER = {"4", "80007", "130429", "131048", "131056"}
NOT_LET_IN = {"0", "3", "10", "190", "200", "131005", "131031", "131042", "131045"}
# Where Meta keeps the files of messages, beside its own interface.
FILE_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com")


def signature(secret: str, body: bytes) -> str:
    """Return what Meta writes into X-Hub-Signature-256."""
    return f"sha256={signed(secret, body, hashlib.sha256).hex()}"


class WhatsApp:
    name = TextProviderName.WHATSAPP.value
    label = "WhatsApp"
    url = "https://graph.facebook.com"
    account_label = _("Phone number ID")
    secret_label = _("Access token")
    hook_secret_label: Any = _("App secret")
    thanks = (b"", "text/plain")

    def send(self, account: Account, one: Outbound) -> HandedOver:
        said: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": one.to.lstrip("+"),
            "biz_opaque_callback_data": one.ref,
        }
        if one.template:
            parameters = [{"type": "text", "text": text} for text in one.fields]
            said |= {
                "type": "template",
                "template": {
                    "name": one.template,
                    "language": {"code": one.language},
                    "components": [{"type": "body", "parameters": parameters}] if parameters else [],
                },
            }
        else:
            said |= {"type": "text", "text": {"preview_url": False, "body": one.text}}
        try:
            answer = self._asked(account, "POST", f"{quote(account.account, safe='')}/messages", said)
        except net.NotReached as error:
            return in_doubt(error.sentence)
        if not 200 <= answer.status < 300:
            return _refused(answer)
        number = word(next(iter(rows(_json(answer.body), "messages")), None), "id")
        return HandedOver(came=Came.SENT, number=number) if number else in_doubt(_why(answer.body))

    def is_genuine(self, account: Account, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-hub-signature-256", "")
        wanted = signature(account.hook_secret, body)
        return bool(account.hook_secret) and hmac.compare_digest(given.encode(), wanted.encode())

    def read(self, account: Account, query: str, body: bytes) -> Handed:
        call = in_json(body)
        if not isinstance(call, dict) or not isinstance(call.get("entry"), list):
            raise NotUnderstood("broken")
        handed = Handed()
        for entry in rows(call, "entry"):
            for change in rows(entry, "changes"):
                value = change.get("value") if isinstance(change, dict) else None
                about = word(value.get("metadata") if isinstance(value, dict) else None, "phone_number_id")
                # One app may serve several numbers; what is for another one is told at that one's address.
                if about == account.account:
                    handed.texts.extend(text for row in rows(value, "messages") if (text := _text(row, value)))
                    handed.reports.extend(said for row in rows(value, "statuses") if (said := _report(row)))
        return handed

    def fetch(self, account: Account, there: FileThere, most_bytes: int) -> FileValues:
        try:
            answer = self._asked(account, "GET", quote(there.place, safe=""))
        except (net.NotReached, LineTrouble) as error:
            raise FileNotFetched from error
        url = word(_json(answer.body), "url", 2_000)
        if answer.status != 200 or not is_under(url, (host_of(account.url), *FILE_HOSTS)):
            raise FileNotFetched
        return fetched(url, _let_in(account), most_bytes, there.name or "file", there.content_type)

    def try_out(self, account: Account) -> str:
        path = f"{quote(account.account, safe='')}?fields=display_phone_number,verified_name"
        answer = self._asked(account, "GET", path)
        if not 200 <= answer.status < 300:
            _refused(answer)
            raise LineTrouble(_why(answer.body))
        return word(_json(answer.body), "verified_name") or word(_json(answer.body), "display_phone_number")

    def _asked(self, account: Account, method: str, path: str, said: Any = None) -> net.Answer:
        headers = _let_in(account)
        body = b""
        if said is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(said).encode()
        return asked(method, f"{account.url}/{VERSION}/{path}", body=body, headers=headers)


def _text(row: Any, value: Any) -> TextIn | None:
    number, sender, kind = word(row, "id"), word(row, "from", 40), word(row, "type", 40)
    if not number or not sender:
        return None
    part = row.get(kind) if kind else None
    text, files = "", []
    if kind == "text":
        text = word(part, "body", 70_000)
    elif kind in WITH_FILES:
        text = word(part, "caption", 70_000)
        if place := word(part, "id"):
            content_type = word(part, "mime_type", 100)
            ending = content_type.partition(";")[0].rpartition("/")[2]
            files = [
                FileThere(place=place, name=word(part, "filename") or f"{kind}.{ending}", content_type=content_type)
            ]
    elif kind == "button":
        text = word(part, "text", 2_000)
    elif kind == "interactive":
        chosen = part.get(word(part, "type")) if isinstance(part, dict) else None
        text = word(chosen, "title", 2_000)
    elif kind == "reaction":
        text = word(part, "emoji")
    elif kind == "location" and isinstance(part, dict):
        places = [str(part[name])[:20] for name in ("latitude", "longitude") if isinstance(part.get(name), int | float)]
        text = " ".join(said for said in (word(part, "name"), word(part, "address"), ", ".join(places)) if said)
    name = next(
        (
            word(one.get("profile"), "name", 200)
            for one in rows(value, "contacts")
            if isinstance(one, dict) and word(one, "wa_id") == sender
        ),
        "",
    )
    return TextIn(
        number=number,
        sender=f"+{sender.lstrip('+')}",
        text=text,
        name=name,
        said_at=moment(word(row, "timestamp")),
        files=files,
    )


def _report(row: Any) -> Report | None:
    number, state = word(row, "id"), STATES.get(word(row, "status"), "")
    if not number or not state:
        return None
    error = next(iter(rows(row, "errors")), None)
    why = " ".join(said for said in (word(error, "code"), word(error, "title") or word(error, "message")) if said)
    return Report(
        number=number,
        state=state,
        ref=word(row, "biz_opaque_callback_data", 40),
        why=why[:200],
        at=moment(word(row, "timestamp")),
    )


def _refused(answer: net.Answer) -> HandedOver:
    found = _json(answer.body)
    error = found.get("error") if isinstance(found, dict) else None
    code = word(error, "code")
    why = _why(answer.body)
    if code in LATER:
        return HandedOver(came=Came.LATER, answer=why)
    status = 401 if code in NOT_LET_IN else answer.status
    refused = judged(status, why)
    return refused if refused is not None else in_doubt(why)


def _json(body: bytes) -> Any:
    try:
        return in_json(body)
    except NotUnderstood:
        return None


def _why(body: bytes) -> str:
    found = _json(body)
    error = found.get("error") if isinstance(found, dict) else None
    details = word(error.get("error_data") if isinstance(error, dict) else None, "details")
    said = " ".join(part for part in (word(error, "code"), details or word(error, "message")) if part)
    return said or clean(" ".join(body[:200].decode("utf-8", "replace").split()))


def _let_in(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secret}", "Accept": "application/json"}
