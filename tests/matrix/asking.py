"""Knocking at every door: which numbers fill the gaps of an address, what is sent, and what the answer means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from stamkunde.config.api import API
from tests.architecture.test_doors import FOR_MACHINES, PAGES
from tests.matrix.seeded import (
    ARCHIVED,
    ERASED,
    MERGED,
    MIXED,
    NONE,
    OTHER,
    OWN,
    RESTRICTED,
    TRASHED,
    Asker,
    Seeded,
)

IN = "in"
GAP = re.compile(r"<(?:\w+:)?(\w+)>")

# What a page's first number is of, by how its address begins; the longest beginning counts.
FIRST = {
    "customers/": "customer",
    "customers/changes/": "change",
    "customers/views/": "view",
    "customers/duplicates/": "pair",
    "points/requests/": "correction",
    "offers/": "offer",
    "price-books/": "book",
    "programmes/": "programme",
    "levels/": "level",
    "members/": "membership",
    "memberships/": "membership",
    "member-cards/": "card",
    "vouchers/": "batch",
    "products/": "product",
    "purchases/": "order",
    "purchases/offline/": "offline_sale",
    "returns/": "return",
    "quotes/": "quote",
    "gift-cards/": "gift_card",
    "invoices/": "invoice",
    "conversations/": "conversation",
    "letters/": "letter",
    "letters/runs/": "print_run",
    "settings/letters/postage/": "postage",
    "conversations/saved-replies/": "saved_reply",
    "conversations/tags/": "tag",
    "tasks/": "task",
    "payments/": "payment",
    "payment-refunds/": "provider_refund",
    "counter/receipts/": "order",
    "counter/returns/": "return",
    "imports/": "import",
    "exports/": "export",
    "privacy/requests/": "request",
    "breaches/": "breach",
    "processors/": "processor",
    "retention/runs/": "run",
    "work/": "job",
    "till/": "staff",
    "settings/staff/": "staff",
    "settings/rights/": "staff",
    "settings/departments/": "department",
    "settings/teams/": "team",
    "settings/stores/": "store",
    "settings/tills/": "till",
    "settings/devices/": "device",
    "settings/categories/": "category",
    "settings/fields/": "field",
    "settings/tokens/": "token",
    "settings/webhooks/": "webhook",
    "settings/mailboxes/": "mailbox",
    "settings/text-lines/": "text_line",
    "settings/text-templates/": "template",
    "texts/set-aside/": "text",
    "mails/set-aside/": "mail",
    "settings/profile/sessions/": "session",
    "settings/profile/second-factor/passkeys/": "passkey",
}
GAPS = {
    "address_pk": "address",
    "point_pk": "point",
    "trait_pk": "trait",
    "former_pk": "former",
    "note_pk": "note",
    "file_pk": "file",
    "relation_pk": "relation",
    "merge_pk": "merge",
    "happening_pk": "happening",
    "other_pk": "friend",
    "field_pk": "field",
    "barcode_pk": "barcode",
    "price_pk": "price",
    "number": "version",
    "message_pk": "message",
    "said_pk": "said",
    "attached_pk": "attached",
    "refund_pk": "provider_refund",
    "contact_point_id": "point",
    "row_pk": "point",
    "former_name_id": "former",
    "pair_id": "pair",
    "key": "key",
}
# A word in an address is of no kind: it is the same for whatever is asked about.
WORDS = {
    "desk:guide_page": {"slug": "first-day"},
    "desk:guide_picture": {"name": "none.png"},
    "exchange:api_subject": {"slug": "customers"},
    "exchange:example": {"kind": "customers"},
    "customers:field": {"name": "birth_date"},
    "customers:part": {"name": "contact"},
    "customers:first": {"name": "email"},
    "customers:first_value": {"name": "email"},
    "sales:quote_link": {"token": "nothing"},
    "sales:pay_link": {"token": "nothing"},
    "sales:payment_notice": {"provider": "trial"},
    "conversations:mail_hook_secret": {"secret": "nothing"},
    "conversations:text_hook": {"key": "nothing"},
    "conversations:letterhead": {"country": "NO"},
    "conversations:letterhead_logo": {"country": "NO"},
    "conversations:letterhead_picture": {"country": "NO"},
    "conversations:letterhead_test": {"country": "NO"},
    "api:nothing": {"rest": "nothing"},
    "accountability:rule": {"key": "sales.documents:NO"},
    "api:changeRetentionRule": {"key": "sales.documents:NO"},
}
# Parts of a customer, of which another customer's may not answer under one's own.
PARTS = frozenset(
    {"address", "point", "trait", "former", "note", "file", "relation", "merge", "happening", "pair", "copy"}
)
ONE_OF_MANY_STORES = frozenset(
    {
        "order",
        "return",
        "gift_card",
        "invoice",
        "device",
        "quote",
        "held",
        "delivery",
        "booking",
        "payment",
        "provider_refund",
        "offline_sale",
    }
)
OF_A_MEMBER = frozenset({"correction", "reservation"})
OF_A_PERSON = frozenset({"view", "change", "export", "token", "session"})


@dataclass(frozen=True)
class Question:
    """A method at an address, about something of a kind."""

    door: str
    method: str
    kind: str
    address: str
    families: tuple[tuple[str, str], ...]
    is_for_machines: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.door, self.method, self.kind

    def path(self, seeded: Seeded, asker: Asker) -> str | None:
        """Return the address with its gaps filled; None where there is no such thing."""
        path = self.address
        for place, (gap, family) in enumerate(self.families):
            kind = self.kind
            if kind == MIXED:
                kind = OTHER if place else OWN
            value = WORDS.get(self.door, {}).get(gap) or seeded.number(family, kind, asker)
            if value is None and place and family not in PARTS:
                # What the whole shop has is the same whoever the first thing belongs to.
                value = seeded.number(family, OWN, asker)
            if value is None:
                return None
            path = re.sub(rf"<(?:\w+:)?{gap}>", str(value), path, count=1)
        return path


def questions() -> Iterator[Question]:
    """Yield everything there is to ask; a gap that nobody knows to fill raises."""
    for door, address, _view in PAGES:
        families = _families(door, address, first=_first(address))
        for method in ("GET", "POST"):
            for kind in _kinds(families):
                yield Question(door, method, kind, f"/{address}", families, is_for_machines=False)
    for _name, address, view in FOR_MACHINES:
        for method, route in view.routes.items():
            families = _families(f"api:{route.operation}", address, first="")
            for kind in _kinds(families):
                yield Question(f"api:{route.operation}", method, kind, f"/{address}", families, is_for_machines=True)


def _first(address: str) -> str:
    fitting = [beginning for beginning in FIRST if address.startswith(beginning)]
    return FIRST[max(fitting, key=len)] if fitting else ""


def _families(door: str, address: str, first: str) -> tuple[tuple[str, str], ...]:
    found = []
    for gap in GAP.findall(address):
        if door.startswith("privacy:") and gap == "file_pk":
            found.append((gap, "copy"))
        elif gap in WORDS.get(door, {}):
            found.append((gap, ""))
        elif gap == "pk" and first:
            found.append((gap, first))
        elif gap in GAPS:
            found.append((gap, GAPS[gap]))
        elif gap.endswith("_id"):
            found.append((gap, gap.removesuffix("_id")))
        else:
            raise LookupError(f"{address}: what is “{gap}” the number of?")
    return tuple(found)


def _kinds(families: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    names = [family for _gap, family in families if family]
    if not names:
        return ("",)
    kinds = [OWN]
    if names[0] in ONE_OF_MANY_STORES | OF_A_PERSON | {"customer", "pair", "request"} | OF_A_MEMBER:
        kinds.append(OTHER)
    if names[0] in {"customer", "pair"} | OF_A_MEMBER:
        kinds.append(TRASHED)
    if names[0] == "customer":
        kinds += (RESTRICTED, MERGED)
    if names[0] in {"conversation", "letter", "task"}:
        kinds += (OTHER, RESTRICTED)
    if names[0] == "conversation" and len(names) > 1:
        kinds.append(MIXED)
    if names[0] in {"customer", "request", "order", "return"}:
        kinds.append(ERASED)
    if names[0] in {"order", "return"}:
        kinds.append(ARCHIVED)
    if len(names) > 1 and names[0] in {"customer", "request"} and names[1] in PARTS:
        kinds.append(MIXED)
    return (*kinds, NONE)


def _examples() -> dict[str, Any]:
    document = API.description()
    return {
        operation["operationId"]: operation.get("requestBody", {})
        .get("content", {})
        .get("application/json", {})
        .get("example")
        for operations in document["paths"].values()
        for operation in operations.values()
    }


EXAMPLES = _examples()
ROUTES = {route.operation: route for route in API.routes}


def ask(question: Question, path: str, asker: Asker) -> Any:
    """Send the request and return the answer; what it takes, a machine sends as the description shows it."""
    if not question.is_for_machines:
        if asker.client is None:
            return Client().generic(question.method, path)
        asker.take_cookies()
        return asker.client.generic(question.method, path)
    route = ROUTES[question.door.removeprefix("api:")]
    body = EXAMPLES[route.operation] if route.takes_body else None
    if asker.machine is None:
        return Client().generic(question.method, path)
    if route.takes_file:
        return asker.machine.send(
            question.method, path.removeprefix("/api/v1"), b"x", Content_Type="application/octet-stream"
        )
    return asker.machine.send(question.method, path.removeprefix("/api/v1"), body)


def meant(answer: Any) -> str:
    """Return what an answer says about who may come in; whatever else it says, somebody was let in to be told."""
    status, location = answer.status_code, answer.get("Location", "")
    if status in {401, 403, 404, 405, 423}:
        return str(status)
    if status == 307:
        return "leads on"
    if status in {302, 303} and location.startswith("/sign-in/"):
        return "sign in"
    assert status < 500, f"{status}: {answer.content[:300]!r}"
    return IN
