"""The server of the trial provider: it keeps payments in memory, shows a page to pay on, and tells what happened.

It stands for a provider in tests, in proofs and in a demo shop, so it does what real ones do at their worst: it answers
late, or not at all after it has taken the money, tells the same thing twice or in the wrong order, signs wrongly, and
refuses. `Desk.faults` says what goes wrong next; on the page whoever pays can choose the same.
"""

import hashlib
import html
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stamkunde.kit.net import NotReached, send
from stamkunde.sales.payment_providers.trial import signature

CURRENCIES = frozenset({"NOK", "SEK", "DKK", "EUR"})
EXPIRES_AFTER = 30 * 60
LATE_SECONDS = 12.0
GOOD_CARD, NO_REFUNDS = "4242", "0036"
_MOST_BYTES = 50_000
_CHANGES = {"captures": "capture", "cancel": "cancel", "refunds": "refund"}

Reply = tuple[int, dict[str, str], bytes]


class NoAnswer(Exception):
    """The connection is closed without a word: whether anything was done is not told."""


@dataclass
class Paid:
    """A payment as the provider keeps it."""

    id: str
    reference: str
    amount: int
    currency: str
    text: str
    return_url: str
    notice_url: str
    terminal: str
    is_later: bool
    begun: float
    state: str = "pending"
    captured: int = 0
    refunded: int = 0
    card_end: str = ""
    reason: str = ""

    def told(self, base: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "reference": self.reference,
            "state": self.state,
            "amount": self.amount,
            "captured": self.captured,
            "refunded": self.refunded,
            "page_url": "" if self.terminal else f"{base}/page/{self.id}",
            "card_brand": "Visa" if self.card_end else "",
            "card_end": self.card_end,
            "reason": self.reason,
        }


@dataclass
class Desk:
    """The provider itself: what it was asked and what became of it. `faults` are used up one after the other.

    A fault is named by what is asked (start, ask, capture, cancel, refund): `silent` does it and does not answer,
    `lost` does not even do it, `broken` does it and answers 500, `garbage` answers nonsense, `late` keeps one waiting.
    Every answer is `slow` by so many seconds, after it was done. `telling` is how notifications go out: once, twice,
    backwards, forged, stale or never.
    """

    account: str = "shop"
    key: str = "trial-key"
    secret: str = "trial-secret"  # noqa: S105 - it opens nothing
    base: str = ""
    telling: str = "once"
    slow: float = 0.0
    clock: Callable[[], float] = time.time
    payments: dict[str, Paid] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: dict[str, deque[str]] = field(default_factory=dict)
    outbox: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def next(self, what: str, *faults: str) -> None:
        self.faults.setdefault(what, deque()).extend(faults)

    def charged(self) -> int:
        """Return all that was taken in and not given back."""
        return sum(one.captured - one.refunded for one in self.payments.values())

    def asked(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request of a shop. Raises NoAnswer."""
        said = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(target)
        steps = [step for step in parts.path.split("/") if step]
        if said.get("authorization") != f"Bearer {self.key}" or steps[:1] != [self.account]:
            return _refused(401, "unauthorised")
        steps = steps[1:]
        if steps == ["account"]:
            return _answer(200, {"account": self.account})
        what = "start" if (method, len(steps)) == ("POST", 1) else "ask" if method == "GET" else ""
        what = what or {"captures": "capture", "cancel": "cancel", "refunds": "refund"}.get(
            steps[-1] if steps else "", ""
        )
        if steps[:1] != ["payments"] or not what:
            return _refused(404, "nothing")
        fault = self._fault(what)
        if fault == "lost":
            raise NoAnswer
        with self._lock:
            answer = self._done(what, steps, parts.query, said.get("idempotency-key", ""), body)
        time.sleep(self.slow)
        if fault == "silent":
            raise NoAnswer
        if fault == "late":
            time.sleep(LATE_SECONDS)
        if fault == "broken":
            return _refused(500, "broken")
        return (200, {}, b"<html>Back soon</html>") if fault == "garbage" else answer

    def _fault(self, what: str) -> str:
        with self._lock:
            waiting = self.faults.get(what)
            return waiting.popleft() if waiting else ""

    def _done(self, what: str, steps: list[str], query: str, key: str, body: bytes) -> Reply:
        if what == "ask":
            found = self._found(steps, query)
            return _answer(200, found.told(self.base)) if found else _refused(404, "nothing")
        try:
            read = json.loads(body or b"{}")
        except ValueError:
            return _refused(400, "unreadable")
        digest = hashlib.sha256(body).hexdigest() + "/".join(steps)
        if key in self.keys:
            before, number = self.keys[key]
            if before != digest:
                return _refused(409, "key_reused")
            return _answer(200, self.payments[number].told(self.base))
        if what == "start":
            answer, number = self._start(read)
        else:
            own = self._found(steps, "")
            if own is None:
                return _refused(404, "nothing")
            answer, number = getattr(self, f"_{what}")(own, read), own.id
        if answer[0] < 400 and key:
            self.keys[key] = digest, number
        return answer

    def _found(self, steps: list[str], query: str) -> Paid | None:
        if len(steps) > 1:
            own = self.payments.get(steps[1])
        else:
            wanted = parse_qs(query).get("reference", [""])[0]
            own = next((one for one in self.payments.values() if one.reference == wanted), None)
        if own is not None and own.state == "pending" and self.clock() - own.begun > EXPIRES_AFTER:
            own.state = "expired"
        return own

    def _start(self, read: dict[str, Any]) -> tuple[Reply, str]:
        if read.get("currency") not in CURRENCIES:
            return _refused(422, "currency"), ""
        terminal = str(read.get("terminal", ""))
        if terminal.startswith("missing"):
            return _refused(422, "no_terminal"), ""
        if terminal and any(one.terminal == terminal and one.state == "pending" for one in self.payments.values()):
            return _refused(409, "busy"), ""
        own = Paid(
            id=f"trial_{secrets.token_hex(8)}",
            reference=str(read["reference"]),
            amount=int(read["amount"]),
            currency=str(read["currency"]),
            text=str(read.get("text", "")),
            return_url=str(read.get("return_url", "")),
            notice_url=str(read.get("notice_url", "")),
            terminal=terminal,
            is_later=read.get("capture") == "later",
            begun=self.clock(),
        )
        self.payments[own.id] = own
        return _answer(201, own.told(self.base)), own.id

    def _capture(self, own: Paid, read: dict[str, Any]) -> Reply:
        amount = int(read.get("amount", 0))
        if own.state != "authorised":
            return _refused(409, "over")
        if not 0 < amount <= own.amount - own.captured:
            return _refused(422, "too_much")
        own.captured += amount
        if own.captured == own.amount:
            own.state = "captured"
        self.tell(own)
        return _answer(200, own.told(self.base))

    def _cancel(self, own: Paid, read: dict[str, Any]) -> Reply:
        if own.state not in {"pending", "authorised"}:
            return _refused(409, "over")
        own.state = "captured" if own.captured else "cancelled"
        self.tell(own)
        return _answer(200, own.told(self.base))

    def _refund(self, own: Paid, read: dict[str, Any]) -> Reply:
        amount = int(read.get("amount", 0))
        if not 0 < amount <= own.captured - own.refunded:
            return _refused(422, "too_much")
        if own.card_end == NO_REFUNDS:
            return _refused(422, "refund_failed")
        own.refunded += amount
        self.tell(own)
        return _answer(200, own.told(self.base))

    def decide(self, number: str, act: str, card_end: str = GOOD_CARD) -> Paid:
        """Let whoever pays approve or decline."""
        with self._lock:
            own = self.payments[number]
            if own.state == "pending" and act == "approve":
                own.card_end = card_end
                own.state = "authorised" if own.is_later else "captured"
                own.captured = 0 if own.is_later else own.amount
                self.tell(own)
            elif own.state == "pending" and act == "decline":
                own.state, own.reason = "failed", "declined"
                self.tell(own)
            return own

    def tell(self, own: Paid) -> None:
        """Put what happened in the outbox, as `telling` says."""
        if not own.notice_url or self.telling == "never":
            return
        body = json.dumps({"id": f"notice_{secrets.token_hex(8)}", "payment": own.id, "state": own.state}).encode()
        at = int(self.clock()) - (3_600 if self.telling == "stale" else 0)
        secret = "somebody else's" if self.telling == "forged" else self.secret
        letter = own.notice_url, {"Trial-Signature": signature([secret], at, body)}, body
        with self._lock:
            if self.telling == "backwards":
                self.outbox.insert(0, letter)
            else:
                self.outbox += [letter] * (2 if self.telling == "twice" else 1)

    def page(self, method: str, target: str, body: bytes) -> Reply | None:
        """Answer whoever pays: the page of a payment or of a terminal. None where there is none."""
        steps = [step for step in urlsplit(target).path.split("/") if step]
        if len(steps) != 2 or steps[0] not in {"page", "terminal"}:
            return None
        if steps[0] == "terminal":
            own = next((p for p in self.payments.values() if p.terminal == steps[1] and p.state == "pending"), None)
        else:
            own = self.payments.get(steps[1])
        if own is None and steps[0] == "page":
            return None
        if method == "POST" and own is not None:
            said = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
            self.telling = said.get("telling", "once")
            if said.get("act") in {"approve", "decline"}:
                self.decide(own.id, said["act"], NO_REFUNDS if said.get("card") == NO_REFUNDS else GOOD_CARD)
            where = own.return_url if steps[0] == "page" else target
            return 303, {"Location": where}, b""
        return 200, {"Content-Type": "text/html; charset=utf-8"}, _page(own, steps[1]).encode()


def _answer(status: int, said: dict[str, Any]) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


def _refused(status: int, code: str) -> Reply:
    return _answer(status, {"code": code})


_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:8vh auto;padding:0 1rem;color-scheme:light dark}"
    "form{display:grid;gap:.75rem}button{font:inherit;padding:.7rem 1rem;border-radius:.6rem;border:1px solid #888}"
    "button[value=approve]{background:#1d6b45;color:#fff;border-color:#1d6b45}label{display:grid;gap:.25rem}"
    "select{font:inherit;padding:.5rem}p.sum{font-size:2rem;margin:.5rem 0}small{opacity:.75}"
)


def _page(own: Paid | None, name: str) -> str:
    if own is None:
        inner = f"<h1>Terminal {html.escape(name)}</h1><p>Nothing is asked for.</p>"
    else:
        major = f"{own.amount // 100:,}".replace(",", " ")
        inner = f"<h1>{html.escape(own.text)}</h1>"
        inner += f"<p class=sum>{major}.{own.amount % 100:02d} {html.escape(own.currency)}</p>"
        if own.state != "pending":
            inner += f"<p>This payment is over: {html.escape(own.state)}.</p>"
            inner += f'<p><a href="{html.escape(own.return_url)}">Back to the shop</a></p>' if own.return_url else ""
        else:
            inner += (
                "<form method=post><label>Card<select name=card><option value=4242>Visa ending in 4242</option>"
                f"<option value={NO_REFUNDS}>Visa ending in {NO_REFUNDS}: cannot be paid back</option></select></label>"
                "<label>How the shop is told<select name=telling><option value=once>at once</option>"
                "<option value=twice>twice</option><option value=forged>with a wrong signature</option>"
                "<option value=stale>an hour too late</option><option value=never>never</option></select></label>"
                "<button name=act value=approve>Approve</button><button name=act value=decline>Decline</button>"
                "<button name=act value=leave>Leave without paying</button></form>"
            )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Trial payment</title><style>{_STYLE}</style><main>{inner}"
        "<p><small>Trial provider: no money is moved here.</small></p></main></html>"
    )


def serve(desk: Desk, port: int = 0, *, tells: bool = True) -> tuple[ThreadingHTTPServer, Callable[[], None]]:
    """Stand the desk up on a port of the loopback; return the server and how to end it.

    With `tells` it sends what is in its outbox, as it comes.
    """

    class Hands(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES))
            try:
                reply = desk.page(self.command, self.path, body) or desk.asked(
                    self.command, self.path, dict(self.headers.items()), body
                )
            except NoAnswer:
                self.close_connection = True
                return
            status, headers, content = reply
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Stay quiet about whoever went away before the answer came."""

    server = Server(("127.0.0.1", port), Hands)
    server.daemon_threads = True
    desk.base = f"http://127.0.0.1:{server.server_address[1]}"
    is_over = threading.Event()

    def tell() -> None:
        while not is_over.wait(0.2):
            while desk.outbox:
                url, headers, body = desk.outbox.pop(0)
                try:
                    send("POST", url, body=body, headers={**headers, "Content-Type": "application/json"}, seconds=5)
                except NotReached:
                    continue

    def end() -> None:
        is_over.set()
        server.shutdown()
        server.server_close()

    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    if tells:
        threading.Thread(target=tell, daemon=True).start()
    return server, end
