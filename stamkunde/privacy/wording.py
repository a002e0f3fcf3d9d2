"""How the rows of a copy are put into words that people read: names of columns, of choices, and moments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.models import Language
from stamkunde.accounts.roles import Role
from stamkunde.kit import shown
from stamkunde.kit.actor import ActorKind
from stamkunde.kit.money import Money, MoneyError
from stamkunde.kit.privacy import Holding, holdings
from stamkunde.privacy.document import AccessDocument, Section

# What each value is called. Names that a column of the table itself explains in full are read from there.
LABELS: dict[str, Any] = {
    "added_at": gettext_lazy("Added"),
    "address": gettext_lazy("Address"),
    "address_lines": gettext_lazy("Address as it was printed"),
    "alike": gettext_lazy("What was alike"),
    "amount": gettext_lazy("Amount"),
    "answered_at": gettext_lazy("Answered"),
    "answered_by": gettext_lazy("Answered by"),
    "asked_at": gettext_lazy("Asked"),
    "asked_by": gettext_lazy("Who asked"),
    "asked_for_at": gettext_lazy("Promised"),
    "at": gettext_lazy("When"),
    "basket": gettext_lazy("Basket"),
    "balance": gettext_lazy("What is on it"),
    "batch": gettext_lazy("Batch of codes"),
    "began_at": gettext_lazy("Since"),
    "begins_at": gettext_lazy("Begins"),
    "bought": gettext_lazy("Bought"),
    "business_day": gettext_lazy("Business day"),
    "card": gettext_lazy("Gift card"),
    "card_brand": gettext_lazy("Kind of card"),
    "card_end": gettext_lazy("The number of the card ends in"),
    "carrier": gettext_lazy("Carrier"),
    "changed_at": gettext_lazy("Changed"),
    "channel": gettext_lazy("Channel"),
    "closed_at": gettext_lazy("Closed"),
    "content": gettext_lazy("As it was given out"),
    "code": gettext_lazy("Code"),
    "content_type": gettext_lazy("Kind of file"),
    "cost": gettext_lazy("Postage"),
    "created_at": gettext_lazy("Since"),
    "currency": gettext_lazy("Currency"),
    "description": gettext_lazy("What"),
    "details": gettext_lazy("In detail"),
    "digest": gettext_lazy("Digest (SHA-256)"),
    "discount": gettext_lazy("Discount"),
    "done": gettext_lazy("Of which handed over"),
    "done_at": gettext_lazy("Done"),
    "done_by": gettext_lazy("Done by"),
    "due_on": gettext_lazy("To be answered by"),
    "ends_at": gettext_lazy("Ends"),
    "evidence": gettext_lazy("Proof"),
    "executed_at": gettext_lazy("Erased"),
    "expires_on": gettext_lazy("Can be used until"),
    "extended_on": gettext_lazy("Extended"),
    "extension_reason": gettext_lazy("Why it takes longer"),
    "fetched_at": gettext_lazy("Fetched"),
    "field": gettext_lazy("Field"),
    "file": gettext_lazy("File"),
    "first_visit_at": gettext_lazy("First visit"),
    "form": gettext_lazy("Format"),
    "former_values": gettext_lazy("What stood there before"),
    "frozen_at": gettext_lazy("Locked"),
    "given_at": gettext_lazy("Given"),
    "found_at": gettext_lazy("Found"),
    "from_you": gettext_lazy("Noted on your profile"),
    "greeting": gettext_lazy("Greeting"),
    "ground": gettext_lazy("Ground"),
    "home_store__name": gettext_lazy("Usual store"),
    "identity": gettext_lazy("How it was checked who asks"),
    "identity_note": gettext_lazy("What was shown"),
    "is_accepted": gettext_lazy("Accepted"),
    "is_pinned": gettext_lazy("Pinned"),
    "is_preferred": gettext_lazy("The one to use first"),
    "issued_at": gettext_lazy("Given out"),
    "key": gettext_lazy("Key there"),
    "kind": gettext_lazy("Kind"),
    "label": gettext_lazy("Whose, or what for"),
    "language": gettext_lazy("Language"),
    "last_at": gettext_lazy("Last time"),
    "last_on": gettext_lazy("Used last"),
    "last_visit_at": gettext_lazy("Last visit"),
    "lifted_at": gettext_lazy("Lifted"),
    "lifted_because": gettext_lazy("Why it was lifted"),
    "credited": gettext_lazy("Brought back"),
    "issued_on": gettext_lazy("Issued on"),
    "once": gettext_lazy("What it is about"),
    "paid_on": gettext_lazy("Paid on"),
    "posted_on": gettext_lazy("Posted on"),
    "return_reason": gettext_lazy("What the post says"),
    "to_country": gettext_lazy("Country"),
    "to_pay_by": gettext_lazy("To be paid by"),
    "likelihood": gettext_lazy("Likelihood, in millionths"),
    "lines": gettext_lazy("Lines"),
    "programme": gettext_lazy("Programme"),
    "decided_at": gettext_lazy("Decided"),
    "left_at": gettext_lazy("Left"),
    "points": gettext_lazy("Points"),
    "sent": gettext_lazy("As it was sent"),
    "made_at": gettext_lazy("Taken in"),
    "method": gettext_lazy("Paid by"),
    "name": gettext_lazy("Name"),
    "names_staff": gettext_lazy("Staff are named"),
    "names_staff_reason": gettext_lazy("Why they are named"),
    "net": gettext_lazy("After returns"),
    "next_visit_expected_on": gettext_lazy("Next visit expected"),
    "note": gettext_lazy("Note"),
    "noted_at": gettext_lazy("Noted"),
    "number": gettext_lazy("Number"),
    "offer": gettext_lazy("Offer"),
    "opened_at": gettext_lazy("Begun"),
    "orders": gettext_lazy("Purchases"),
    "outcome": gettext_lazy("What was answered"),
    "placed_at": gettext_lazy("When"),
    "planned_on": gettext_lazy("Planned on"),
    "price_steps": gettext_lazy("Offers and price books"),
    "product": gettext_lazy("Product number"),
    "purpose": gettext_lazy("What for"),
    "put_off_at": gettext_lazy("Put off"),
    "quantity": gettext_lazy("How many"),
    "raw": gettext_lazy("As it was written"),
    "reason": gettext_lazy("Reason"),
    "reasons": gettext_lazy("Reasons"),
    "receipt_number": gettext_lazy("Receipt number"),
    "received_on": gettext_lazy("Received"),
    "recorded_at": gettext_lazy("Written down"),
    "ref": gettext_lazy("Reference"),
    "reference": gettext_lazy("Payment reference"),
    "returned": gettext_lazy("Returned"),
    "returned_at": gettext_lazy("When"),
    "returned_quantity": gettext_lazy("Of which returned"),
    "role": gettext_lazy("Role"),
    "rounding": gettext_lazy("Rounding in cash"),
    "row": gettext_lazy("Row"),
    "rows": gettext_lazy("Rows"),
    "saved_at": gettext_lazy("Saved"),
    "sent_at": gettext_lazy("Sent"),
    "size": gettext_lazy("Size in bytes"),
    "source": gettext_lazy("Source"),
    "settled_at": gettext_lazy("Settled"),
    "started_at": gettext_lazy("Begun"),
    "state": gettext_lazy("State"),
    "status": gettext_lazy("State"),
    "store": gettext_lazy("Store"),
    "table": gettext_lazy("Table"),
    "text": gettext_lazy("Text"),
    "till": gettext_lazy("Till"),
    "title": gettext_lazy("Title"),
    "told_how": gettext_lazy("How you were told"),
    "total": gettext_lazy("Total"),
    "tracking": gettext_lazy("Tracking number"),
    "trashed_at": gettext_lazy("Put in the trash"),
    "typical_interval_days": gettext_lazy("Days between visits"),
    "undone_at": gettext_lazy("Taken apart"),
    "unit_price": gettext_lazy("Price"),
    "until": gettext_lazy("Until"),
    "valid_until": gettext_lazy("Valid until"),
    "used": gettext_lazy("How often used"),
    "value": gettext_lazy("Value"),
    "vat": gettext_lazy("VAT"),
    "verified_at": gettext_lazy("Confirmed"),
    "visits": gettext_lazy("Visits"),
    "wanted_on": gettext_lazy("Wanted on"),
    "was_bought": gettext_lazy("Became a purchase"),
    "was_note": gettext_lazy("It was a note"),
    "way": gettext_lazy("How it is handed over"),
    "what": gettext_lazy("What"),
    "who": gettext_lazy("Who"),
    "wording": gettext_lazy("Wording"),
    "words": gettext_lazy("Own words"),
    "written_at": gettext_lazy("Written"),
    "evaluated_at": gettext_lazy("Last worked out"),
    "since": gettext_lazy("From when"),
    "occurred_at": gettext_lazy("When it happened"),
    "tier__name": gettext_lazy("Level"),
    "answer": gettext_lazy("Answer of the other side"),
    "direction": gettext_lazy("Direction"),
    "template": gettext_lazy("Approved template"),
    "envelope_to": gettext_lazy("Address on the envelope"),
    "first_contact_at": gettext_lazy("First contact"),
    "from_address": gettext_lazy("From"),
    "from_name": gettext_lazy("Sender's name"),
    "html": gettext_lazy("Text with its layout"),
    "in_reply_to": gettext_lazy("Answers"),
    "joined_at": gettext_lazy("Joined"),
    "last_message_at": gettext_lazy("Last message"),
    "message_id": gettext_lazy("Number of the message"),
    "preview": gettext_lazy("Beginning"),
    "quoted": gettext_lazy("Quoted"),
    "refusal": gettext_lazy("Why it was not taken"),
    "received_at": gettext_lazy("Came"),
    "recipients": gettext_lazy("To"),
    "references": gettext_lazy("Refers to"),
    "said_at": gettext_lazy("Said"),
    "seen_at": gettext_lazy("Seen"),
    "subject": gettext_lazy("Subject"),
    "tag__name": gettext_lazy("Tag"),
}
# What only machines need: it stands in the other parts of the package.
_FOR_MACHINES = {"events.Happening": {"name", "details"}}
_WHO: dict[str, Any] = {
    ActorKind.STAFF: gettext_lazy("Staff"),
    ActorKind.CUSTOMER: gettext_lazy("Yourself"),
    ActorKind.MACHINE: gettext_lazy("Another program"),
    ActorKind.SYSTEM: gettext_lazy("Stamkunde itself"),
}
_NUMBERED = 16
# As exports write them.
_AMOUNT = re.compile(r"(?P<amount>-?\d{1,15}(\.\d{1,3})?) (?P<currency>[A-Z]{3})")
_QUANTITY = re.compile(r"-?\d{1,12}\.\d{3}")


@dataclass(frozen=True)
class ReadableSection:
    """A table as people read it: its title, what for, and rows of text under the names of the columns."""

    title: str
    purpose: str
    stays: list[str]
    columns: list[str]
    rows: list[list[str]]

    @property
    def is_short(self) -> bool:
        """Say whether it is one row, which reads better as a list of names and values."""
        return len(self.rows) == 1

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in zip(self.columns, self.rows[0], strict=True) if value]


def readable(document: AccessDocument) -> list[ReadableSection]:
    """Return the tables that hold anything, in the language that is active."""
    by_label = {holding.model._meta.label: holding for holding in holdings()}
    return [_readable(section, by_label[section.table]) for section in document.sections if section.rows]


def _readable(section: Section, holding: Holding) -> ReadableSection:
    hidden = _FOR_MACHINES.get(section.table, set())
    names = [name for name in dict.fromkeys(name for row in section.rows for name in row) if name not in hidden]
    # A column in which nothing ever stands would only push the others aside.
    names = [name for name in names if any(row.get(name) not in (None, "", [], {}) for row in section.rows)]
    choices = {name: _choices(holding, name) for name in names}
    return ReadableSection(
        section.title,
        section.purpose,
        section.stays,
        [label_of(holding, name) for name in names],
        [[said(row.get(name), choices[name]) for name in names] for row in section.rows],
    )


def label_of(holding: Holding, name: str) -> str:
    """Return what a value is called: by the table of names, or as its column calls itself."""
    if name in LABELS:
        return str(LABELS[name])
    column = next((field for field in holding.model._meta.concrete_fields if field.name == name), None)
    return capfirst(str(column.verbose_name)) if column is not None else name


def _choices(holding: Holding, name: str) -> dict[Any, Any]:
    if name == "role":
        return dict(Role.choices)
    if name == "done_by":
        return _WHO
    if name == "language":
        return dict(Language.choices)
    column = next((field for field in holding.model._meta.concrete_fields if field.name == name), None)
    return dict(getattr(column, "flatchoices", None) or [])


def said(value: Any, choices: dict[Any, Any] | None = None) -> str:
    """Return a plain value as a reader of the language writes it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str):
        if choices and value in choices:
            return str(choices[value])
        return _moment(value) or _number(value) or value
    if isinstance(value, int):
        return shown.number(value) if value < 10**_NUMBERED else str(value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said(inner)}" for name, inner in value.items() if inner not in (None, "", [], {}))
    return _listed(value)


def _number(text: str) -> str:
    """Return an amount with its currency, or a quantity, as it is read; nothing for any other text."""
    if found := _AMOUNT.fullmatch(text):
        try:
            return Money.of(found["amount"], found["currency"]).shown(shown.language())
        except MoneyError:
            return ""
    return shown.number(Decimal(text)) if _QUANTITY.fullmatch(text) else ""


def _listed(values: Sequence[Any]) -> str:
    return ", ".join(said(inner) for inner in values)


def _moment(text: str) -> str:
    """Return a moment or a day as it is read; nothing for any other text."""
    if len(text) < len("2026-01-01") or not text[:4].isdecimal() or text[4] != "-":
        return ""
    try:
        at: datetime | date | None = parse_datetime(text) if "T" in text else parse_date(text)
    except ValueError:
        return ""
    if isinstance(at, datetime):
        return shown.instant(at) if at.tzinfo else ""
    return shown.long_day(at) if at is not None else ""
