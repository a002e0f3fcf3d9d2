"""A server that behaves like 46elks, Twilio and WhatsApp, sends nothing, and tells what would have happened.

It stands for the providers in tests and in a demo shop, so it does what real ones do at their worst: it answers late,
or not at all after it has taken a message, hands the same thing in twice or in the wrong order, signs wrongly, and
refuses. `Carrier.faults` says what goes wrong next. A message to a number that ends in 99 is not delivered.
"""

import base64
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from stamkunde.conversations.channels.text.providers import twilio, whatsapp
from stamkunde.kit.net import NotReached, send

# A picture of one point, as a file that somebody sends along.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_MOST_BYTES = 200_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Reply = tuple[int, dict[str, str], bytes]


class NoAnswer(Exception):
    """The connection is closed without a word: whether anything was done is not told."""


@dataclass
class Carried:
    """A message as the provider took it; `hook` is where its reports go."""

    id: str
    provider: str
    to: str
    text: str
    hook: str
    ref: str
    said: dict[str, Any]


@dataclass
class Carrier:
    """The providers as one: what they were asked to carry, and what goes wrong. `faults` are used up one by one.

    `silent` takes the message and does not answer, `lost` does not even take it, `broken` takes it and answers 500,
    `garbage` takes it and answers nonsense, `busy` answers 429, `poor` lets nobody in, `refused` says that the number
    is none, `late` keeps one waiting. `telling` is how reports go out: once, twice, backwards, forged or never.
    """

    account: str = "shop"
    secret: str = "trial-secret"  # noqa: S105 - it opens nothing
    hook_secret: str = "trial-app-secret"  # noqa: S105
    base: str = ""
    # Where WhatsApp hands in: that provider is told so in its own settings, the others with each message.
    hook: str = ""
    telling: str = "once"
    slow: float = 0.0
    carried: list[Carried] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    outbox: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def asked(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request of a shop. Raises NoAnswer."""
        said = {name.lower(): value for name, value in headers.items()}
        path = urlsplit(target).path
        if path.startswith("/media/"):
            return (200, {"Content-Type": "image/png"}, PICTURE) if path.endswith("picture") else (404, {}, b"")
        if not self._lets_in(said):
            return _json(401, {"code": 20003, "message": "Authenticate", "error": {"code": 190, "message": "Token"}})
        if method == "GET":
            return self._told_of_itself(path)
        provider, message = self._read(path, body)
        fault = ""
        with self._lock:
            if self.faults:
                fault = self.faults.popleft()
        if fault == "lost":
            raise NoAnswer
        if fault == "late":
            time.sleep(self.slow)
        if (refused := _refused(fault)) is not None:
            return refused
        with self._lock:
            self.carried.append(message)
        self._report(message)
        if fault == "silent":
            raise NoAnswer
        if fault == "broken":
            return 500, {}, b"Internal error"
        if fault == "garbage":
            return 200, {}, b"<html>\xff"
        return _taken(provider, message)

    def _lets_in(self, headers: Mapping[str, str]) -> bool:
        basic = base64.b64encode(f"{self.account}:{self.secret}".encode()).decode()
        return headers.get("authorization", "") in (f"Basic {basic}", f"Bearer {self.secret}")

    def _told_of_itself(self, path: str) -> Reply:
        if path.endswith("/picture"):
            return _json(200, {"url": f"{self.base}/media/picture", "mime_type": "image/png"})
        return _json(200, {"displayname": "Trial", "friendly_name": "Trial", "verified_name": "Trial", "balance": 0})

    def _read(self, path: str, body: bytes) -> tuple[str, Carried]:
        number = secrets.token_hex(8)
        if path == "/a1/sms":
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            return "46elks", Carried(
                f"s{number}", "46elks", form["to"], form["message"], form.get("whendelivered", ""), "", form
            )
        if path.startswith("/2010-04-01/Accounts/"):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            return "twilio", Carried(
                f"SM{number}", "twilio", form["To"], form["Body"], form.get("StatusCallback", ""), "", form
            )
        said = json.loads(body)
        text = said.get("text", {}).get("body", "") or json.dumps(said.get("template", {}))
        ref = said.get("biz_opaque_callback_data", "")
        return "whatsapp", Carried(f"wamid.{number}", "whatsapp", f"+{said['to']}", text, self.hook, ref, said)

    def _report(self, message: Carried) -> None:
        if not message.hook or self.telling == "never":
            return
        is_reached = not message.to.endswith("99")
        states = ["sent", "delivered"] if is_reached else ["sent", "failed"]
        if message.provider == "whatsapp" and is_reached:
            states.append("read")
        if message.provider == "46elks":
            states = states[1:]
        if self.telling == "backwards":
            states.reverse()
        for state in states:
            for _time in range(2 if self.telling == "twice" else 1):
                self.outbox.append(self._handed(message, state))

    def _handed(self, message: Carried, state: str) -> tuple[str, dict[str, str], bytes]:
        if message.provider == "46elks":
            return message.hook, FORM, urlencode({"id": message.id, "status": state}).encode()
        if message.provider == "twilio":
            status = "undelivered" if state == "failed" else state
            form = {"MessageSid": message.id, "MessageStatus": status, "To": message.to}
            if state == "failed":
                form["ErrorCode"] = "30003"
            return self.signed_form(message.hook, form)
        status_said: dict[str, Any] = {
            "id": message.id, "status": state, "timestamp": str(int(time.time())),
            "recipient_id": message.to.lstrip("+"), "biz_opaque_callback_data": message.ref,
        }  # fmt: skip
        if state == "failed":
            status_said["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
        return self.signed_call(message.hook, {"statuses": [status_said]})

    def signed_form(self, url: str, form: Mapping[str, str]) -> tuple[str, dict[str, str], bytes]:
        """Return a form as Twilio hands it in."""
        body = urlencode(form).encode()
        token = "wrong" if self.telling == "forged" else self.secret
        return url, FORM | {"X-Twilio-Signature": twilio.signature(token, url, body)}, body

    def signed_call(self, url: str, value: Mapping[str, Any]) -> tuple[str, dict[str, str], bytes]:
        """Return a call as Meta hands it in."""
        about = {"metadata": {"phone_number_id": self.account}, **value}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [{"value": about}]}]}).encode()
        secret = "wrong" if self.telling == "forged" else self.hook_secret
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": whatsapp.signature(secret, body)}
        return url, headers, body

    def said(
        self, provider: str, hook: str, sender: str, text: str, *, number: str = "", with_picture: bool = False
    ) -> tuple[str, dict[str, str], bytes]:
        """Return what the provider hands in when somebody writes to the shop."""
        number = number or secrets.token_hex(8)
        place = f"{self.base}/media/picture"
        if provider == "46elks":
            form = {"id": number, "from": sender, "to": "+46766861004", "message": text, "direction": "incoming"}
            return hook, FORM, urlencode(form | ({"image": place} if with_picture else {})).encode()
        if provider == "twilio":
            form = {"MessageSid": number, "From": sender, "To": "+4740612345", "Body": text, "NumMedia": "0"}
            if with_picture:
                form |= {"NumMedia": "1", "MediaUrl0": place, "MediaContentType0": "image/png"}
            return self.signed_form(hook, form)
        row: dict[str, Any] = {"id": number, "from": sender.lstrip("+"), "timestamp": str(int(time.time()))}
        if with_picture:
            row |= {"type": "image", "image": {"id": "picture", "mime_type": "image/png", "caption": text}}
        else:
            row |= {"type": "text", "text": {"body": text}}
        contact = {"wa_id": sender.lstrip("+"), "profile": {"name": "Kari"}}
        return self.signed_call(hook, {"messages": [row], "contacts": [contact]})

    def deliver(self) -> list[int]:
        """Hand in all that waits, and return with which statuses it was taken."""
        with self._lock:
            some, self.outbox = self.outbox, []
        taken = []
        for url, headers, body in some:
            try:
                taken.append(send("POST", url, body=body, headers=headers).status)
            except NotReached:
                taken.append(0)
        return taken


def _refused(fault: str) -> Reply | None:
    if fault == "busy":
        return _json(429, {"code": 20429, "message": "Too many requests", "error": {"code": 130429, "message": "Slow"}})
    if fault == "poor":
        return _json(402, {"message": "Not enough credits", "error": {"code": 131042, "message": "Payment issue"}})
    if fault == "refused":
        return _json(400, {"code": 21211, "message": "Invalid To", "error": {"code": 131026, "message": "Invalid To"}})
    return None


def _taken(provider: str, message: Carried) -> Reply:
    if provider == "46elks":
        return _json(200, {"id": message.id, "status": "created", "to": message.to, "parts": 1, "cost": 3500})
    if provider == "twilio":
        return _json(201, {"sid": message.id, "status": "queued", "num_segments": "1"})
    return _json(200, {"messaging_product": "whatsapp", "messages": [{"id": message.id}]})


def _json(status: int, said: Any) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


def serve(carrier: Carrier, port: int = 0) -> tuple[ThreadingHTTPServer, Callable[[], None]]:
    """Let it be reached on loopback; return its server and what ends it."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES)
            body = self.rfile.read(length)
            try:
                status, headers, content = carrier.asked(self.command, self.path, dict(self.headers), body)
            except NoAnswer:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(content)), "Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        do_GET = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Door)
    server.daemon_threads = True
    carrier.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server, end
