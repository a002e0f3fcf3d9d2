"""Customers from files: known again by the source's key, made like any other, updated where a cell says more."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.events import CustomerChanged, NoteWritten
from stamkunde.customers.imports.agreement import Agreements, consents_of
from stamkunde.customers.imports.directory import CustomerDirectory
from stamkunde.customers.imports.fields import EXAMPLE, FIELDS, custom_fields
from stamkunde.customers.imports.several import addresses_of, contacts_of, traits_of
from stamkunde.customers.imports.undoing import ADDRESS, CONTACT, CUSTOM, NOTE, TRAIT, UNDOERS
from stamkunde.customers.models import (
    Address,
    ContactKind,
    ContactPoint,
    Customer,
    CustomField,
    CustomValue,
    Note,
    Trait,
)
from stamkunde.customers.preparing import NAMES, PreparedCustomer, prepare_customer, put_words, read_columns
from stamkunde.customers.queries.likeness import likenesses
from stamkunde.customers.recognition.vocabulary import learn_words
from stamkunde.customers.suppressing import digests_of, suppressed
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues
from stamkunde.events.publishing import publish_in_bulk
from stamkunde.kit.folding import fold
from stamkunde.kit.importing import (
    CREATE_ANYWAY,
    CUSTOMER,
    LEAVE_OUT,
    UPDATE_KNOWN,
    Alike,
    Field,
    Importer,
    Journal,
    Keys,
    Line,
    RecordType,
    Tally,
    Terms,
    Undoer,
)
from stamkunde.kit.many_keys import ManyKeys

_LABELS = {field.name: field.label for field in FIELDS}
_COLUMNS = ("kind", "title", *NAMES, "company_number", "greeting", "language", "birth_date")
_TEXTS = tuple(name for name in _COLUMNS if name not in ("kind", "birth_date"))
_CONTACTS = (
    *((ContactKind.EMAIL, name) for name in ("email", "email_2")),
    *((ContactKind.PHONE, name) for name in ("phone", "phone_2", "phone_3")),
)
_AT_ONCE = 900


@dataclass
class _Wanted:
    """What one line wants of a customer; `note` and `consents` are written apart from the profile."""

    line: Line
    prepared: PreparedCustomer
    note: str
    consents: list[ConsentValues]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of which the line says something, as they would be kept."""
        return read_columns({name: value for name, value in columns_of(self.line.values).items() if value})


class _CustomerImporter:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._keys, self._journal = terms, keys, journal
        self._directory = CustomerDirectory(terms, keys, journal)
        self._agreements = Agreements(terms, journal)
        self._seen = ManyKeys()
        self._prepared: dict[int, _Wanted | ValidationError] = {}
        self._custom = {one.key: one for one in CustomField.objects.all()}
        self._own_fields = [(key, f"custom:{key}") for key in self._custom]
        self._source = terms.evidence[:120]

    def remember(self, lines: Sequence[Line]) -> None:
        self._seen.update(key_of(line) for line in lines)

    def prepare(self, lines: Sequence[Line]) -> None:
        self._prepared = {line.number: self._tried(line) for line in lines}

    def take(self, lines: Sequence[Line]) -> Tally:
        tally = Tally()
        wanted: dict[str, _Wanted] = {}
        for line in lines:
            key = key_of(line)
            if not self._seen.add(key):
                tally.skip(line, _("This customer stands in the file more than once; the first row counts."))
                continue
            read = self._prepared[line.number] if line.number in self._prepared else self._tried(line)
            if isinstance(read, ValidationError):
                tally.skip(line, *_told(read))
            else:
                wanted[key] = read
        ids = self._directory.ids(wanted)
        new = {key: one for key, one in wanted.items() if key not in ids}
        self._leave_out_erased(new, tally)
        ids |= self._met(new, tally)
        made = self._directory.create({key: one.prepared for key, one in new.items()})
        tally.created += len(new)
        self._write_notes([(made[key], one.note) for key, one in new.items() if one.note])
        known = self._once_each(ids, wanted, tally)
        changed = self._update(known)
        tally.updated += len(changed)
        tally.unchanged += len(known) - len(changed)
        return tally

    def _once_each(self, ids: Mapping[str, int], wanted: Mapping[str, _Wanted], tally: Tally) -> dict[int, _Wanted]:
        """Return which line speaks for which known customer; two keys may have come to be one person's."""
        known: dict[int, _Wanted] = {}
        restricted = set(
            Customer.objects.filter(pk__in=set(ids.values()), restricted_at__isnull=False).values_list("pk", flat=True)
        )
        for key, one in wanted.items():
            if key not in ids:
                continue
            if ids[key] in restricted:
                tally.skip(one.line, _("This customer may not be changed at present. Ask the privacy officer."))
                continue
            if ids[key] in known:
                tally.skip(one.line, _("Another row of the file is of the same customer; the first one counts."))
            else:
                known[ids[key]] = one
        return known

    def _leave_out_erased(self, new: dict[str, _Wanted], tally: Tally) -> None:
        """Leave out whoever asked to be erased; if they come back, somebody adds them by hand."""
        if not self._directory.knows_erased:
            return
        points = {key: digests_of(one.prepared.contacts) for key, one in new.items()}
        known = suppressed([digest for digests in points.values() for digest in digests])
        erased = self._directory.erased(new)
        for key, digests in points.items():
            if key in erased or known.intersection(digests):
                tally.skip(
                    new.pop(key).line,
                    _("This person asked to be erased and is not taken in again by a file. If they have come back, "
                      "add them by hand."),
                )  # fmt: skip

    def _met(self, new: dict[str, _Wanted], tally: Tally) -> dict[str, int]:
        """Settle those of the new ones who are likely here already as was chosen; return who they are to be."""
        terms = self._terms
        if not (terms.is_rehearsal or terms.choices or terms.known_people != CREATE_ANYWAY):
            return {}
        met: dict[str, int] = {}
        for key, like in likenesses({key: one.prepared for key, one in new.items()}).items():
            line = new[key].line
            name = new[key].prepared.customer.name
            tally.alike.append(Alike(line, name, like.customer_id, like.reasons))
            choice = terms.choice_for(line)
            if choice == UPDATE_KNOWN and like.is_sole:
                met[key] = like.customer_id
            elif choice == UPDATE_KNOWN:
                tally.skip(line, _("Several people here are as like this row. Update the right one by hand."))
            elif choice == LEAVE_OUT:
                tally.skip(line, _("This person is likely here already, and such rows are left out."))
            else:
                continue
            del new[key]
        if met:
            self._directory.meet(met)
        return met

    def _tried(self, line: Line) -> _Wanted | ValidationError:
        """Return what the line wants, or why it cannot be taken."""
        try:
            return self._read(line)
        except ValidationError as error:
            return error

    def _read(self, line: Line) -> _Wanted:
        given = line.values
        columns = columns_of(given)
        values = CustomerValues(
            **columns,
            contacts=tuple(_contacts(given, self._terms)),
            addresses=tuple(_addresses(given, self._terms)),
            former_names=tuple(_lines_of(given["former_name"])) if given["former_name"] else (),
            traits=traits_of(given),
            custom={key: given[name] for key, name in self._own_fields if given.get(name)},
            consents=tuple(consents_of(line, self._terms)),
            created_at=given["customer_since"] or self._terms.at,
            source=self._source,
        )
        prepared = prepare_customer(values, fields=self._custom)
        return _Wanted(line, prepared, given["note"] or "", list(values.consents))

    def _update(self, known: Mapping[int, _Wanted]) -> set[int]:
        """Change what the cells say otherwise; return which customers were changed."""
        changed: set[int] = set()
        present = {number for number in known if number > 0}
        for start in range(0, len(present), _AT_ONCE):
            some = sorted(present)[start : start + _AT_ONCE]
            rows = Customer.objects.filter(pk__in=some).prefetch_related(
                "contact_points", "addresses", "former_names", "custom_values", "traits"
            )
            changed |= self._update_rows([(row, known[row.pk]) for row in rows])
        said = [(number, consent) for number in sorted(present) for consent in known[number].consents]
        for (number, _consent), is_news in zip(said, self._agreements.write(said), strict=True):
            if is_news:
                changed.add(number)
        return changed | self._add_notes({number: known[number].note for number in present if known[number].note})

    def _add_notes(self, notes: Mapping[int, str]) -> set[int]:
        """Add the remarks that are not there yet."""
        there = set(Note.objects.filter(customer__in=notes).values_list("customer", "text")) if notes else set()
        new = [(number, text) for number, text in notes.items() if (number, text) not in there]
        self._journal.created(NOTE, self._write_notes(new))
        return {number for number, _text in new}

    def _update_rows(self, rows: list[tuple[Customer, _Wanted]]) -> set[int]:
        before: dict[int, dict[str, Any]] = {}
        contacts: list[ContactPoint] = []
        addresses: list[Address] = []
        custom: list[CustomValue] = []
        traits: list[Trait] = []
        told: list[CustomerChanged] = []
        for customer, one in rows:
            differing = {
                name: value for name, value in one.columns.items() if getattr(customer, name) != value and value != ""
            }
            if differing:
                before[customer.pk] = {name: _plain(getattr(customer, name)) for name in differing}
                fields = {
                    name: [_plain(getattr(customer, name)) or "", _plain(value) or ""]
                    for name, value in differing.items()
                    if name != "birth_day"
                }
                told.append(CustomerChanged(customer_id=customer.pk, fields=fields, version=customer.version + 1))
                for name, value in differing.items():
                    setattr(customer, name, value)
            contacts += _new_contacts(customer, one)
            addresses += _new_addresses(customer, one)
            custom += _new_custom(customer, one)
            traits += self._new_traits(customer, one)
        touched = {row.customer_id for row in contacts} | {row.customer_id for row in addresses} | set(before)
        touched |= {row.customer_id for row in custom} | {row.customer_id for row in traits}
        if not self._terms.is_rehearsal and touched:
            self._write(rows, touched, before, contacts, addresses, custom, traits)
            publish_in_bulk(((event, None) for event in told), by=self._terms.by)
        return touched

    def _write(
        self,
        rows: list[tuple[Customer, _Wanted]],
        touched: set[int],
        before: dict[int, dict[str, Any]],
        contacts: list[ContactPoint],
        addresses: list[Address],
        custom: list[CustomValue],
        traits: list[Trait],
    ) -> None:
        self._journal.updated(CUSTOMER, before)
        for kind, made in (
            (CONTACT, ContactPoint.objects.bulk_create(contacts)),
            (ADDRESS, Address.objects.bulk_create(addresses)),
            (CUSTOM, CustomValue.objects.bulk_create(custom)),
            (TRAIT, Trait.objects.bulk_create(traits)),
        ):
            self._journal.created(kind, [row.pk for row in made])
        new_addresses: dict[int, list[Address]] = {}
        for address in addresses:
            new_addresses.setdefault(address.customer_id, []).append(address)
        words: set[str] = set()
        changed = [customer for customer, _one in rows if customer.pk in touched]
        for customer in changed:
            former = [former.name for former in customer.former_names.all()]
            put_words(customer, former, [*customer.addresses.all(), *new_addresses.get(customer.pk, [])])
            words.update(customer.words.split())
        Customer.objects.bulk_update(changed, [*_COLUMNS, "birth_day", "words", "sort_name"], batch_size=400)
        Customer.objects.filter(pk__in=touched).update(version=F("version") + 1)
        learn_words(words)

    def _new_traits(self, customer: Customer, one: _Wanted) -> list[Trait]:
        known = {(trait.kind, trait.text) for trait in customer.traits.all()}
        new = [trait for trait in one.prepared.traits if (trait.kind, trait.text) not in known]
        for trait in new:
            trait.customer, trait.noted_by, trait.noted_at = customer, self._terms.by.label[:120], self._terms.at
        return new

    def _write_notes(self, notes: Sequence[tuple[int, str]]) -> list[int]:
        if self._terms.is_rehearsal or not notes:
            return []
        label = self._terms.by.label[:120]
        rows = Note.objects.bulk_create(
            [Note(customer_id=number, text=text, written_by=label, written_at=self._terms.at) for number, text in notes]
        )
        publish_in_bulk(
            ((NoteWritten(customer_id=row.customer_id, note_id=row.pk, text=row.text), None) for row in rows),
            by=self._terms.by,
        )
        return [row.pk for row in rows]


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _told(error: ValidationError) -> tuple[str, str]:
    """Return why a row cannot be taken, for the list of reasons and of this row, with the columns it is about."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    labels = {name: str(_LABELS[name]) for name in by_field if name in _LABELS}
    said = " ".join(
        f"{labels[name]}: {message}" if name in labels else message
        for name, messages in by_field.items()
        for message in messages
    )
    if len(by_field) == len(labels) == 1:
        return _("“%(field)s” cannot be kept as written.") % {"field": next(iter(labels.values()))}, said
    return _("The customer cannot be kept as written."), said


def key_of(line: Line) -> str:
    """Return the source's key, or one made of who the line says it is, by which the same line is known again."""
    given = line.values
    if given["key"]:
        return str(given["key"])
    who = (
        *(fold(given[name] or "") for name in (*NAMES, "full_name")),
        (given["email"] or "").casefold(),
        "".join(char for char in given["phone"] or "" if char.isdigit()),
        str(given["birth_date"] or ""),
    )
    return f"#{hashlib.blake2b('|'.join(who).encode(), digest_size=16).hexdigest()}"


def columns_of(given: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: given[name] or "" for name in _TEXTS}
    columns["birth_date"] = given["birth_date"]
    if given["full_name"] and not (columns["given_name"] or columns["family_name"]):
        columns["given_name"], columns["family_name"] = split_name(given["full_name"])
    only_company = columns["company_name"] and not (columns["given_name"] or columns["family_name"])
    columns["kind"] = given["kind"] or ("company" if only_company else "person")
    return columns


def split_name(full: str) -> tuple[str, str]:
    """Take a whole name apart as far as it says itself: “Nordmann, Kari”, or the last word for the family."""
    if "," in full:
        family, _comma, own = full.partition(",")
        return own.strip(), family.strip()
    own, _blank, family = full.strip().rpartition(" ")
    return (own, family) if own else (family, "")


def _contacts(given: Mapping[str, Any], terms: Terms) -> list[ContactValues]:
    written = [(kind, given[name]) for kind, name in _CONTACTS]
    written += contacts_of(given)
    region = given["country"] or terms.country
    # What cannot be dialled is kept and marked, for it may be a number within some house; an e-mail address that is
    # not one reaches nobody, and is refused here as it is on the profile.
    return [
        ContactValues(kind=kind, raw=raw, region=region, kept_as_written=kind == ContactKind.PHONE)
        for kind, raw in written
        if raw
    ]


def _addresses(given: Mapping[str, Any], terms: Terms) -> list[AddressValues]:
    parts: dict[str, Any] = {name: given[name] or "" for name in ("street", "postcode", "town", "care_of")}
    country = given["country"] or (terms.country if len(terms.country) == 2 and terms.country != "EU" else "NO")
    others = addresses_of(given, country)
    if not (parts["street"] or parts["postcode"] or parts["town"]):
        return others
    return [AddressValues(**parts, country=country, kept_as_written=True), *others]


def _new_contacts(customer: Customer, one: _Wanted) -> list[ContactPoint]:
    known = {(point.kind, point.value) for point in customer.contact_points.all()}
    preferred = {point.kind for point in customer.contact_points.all() if point.is_preferred}
    new = [point for point in one.prepared.contacts if (point.kind, point.value) not in known]
    for point in new:
        point.customer = customer
        point.is_preferred = point.is_preferred and point.kind not in preferred
    return new


def _new_addresses(customer: Customer, one: _Wanted) -> list[Address]:
    known = {(row.street, row.postcode, row.town, row.country) for row in customer.addresses.all()}
    new = [row for row in one.prepared.addresses if (row.street, row.postcode, row.town, row.country) not in known]
    for row in new:
        row.customer = customer
        row.is_preferred = not known
    return new


def _new_custom(customer: Customer, one: _Wanted) -> list[CustomValue]:
    known = {row.field_id for row in customer.custom_values.all()}
    new = [row for row in one.prepared.custom if row.field_id not in known]
    for row in new:
        row.customer = customer
    return new


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class CustomerRecords:
    name: str = "customers"
    label: Any = gettext_lazy("Customers")
    sentence: Any = gettext_lazy(
        "People and companies with names, contact points, address and whatever else is known of them."
    )
    group_by: str = ""
    also_labels: Mapping[str, Any] = field(default_factory=dict)
    example: tuple[dict[str, str], ...] = EXAMPLE

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fixed fields, then those the shop has defined itself."""
        return (*FIELDS, *custom_fields())

    @property
    def undoers(self) -> tuple[Undoer, ...]:
        return UNDOERS

    def refusal(self, mapped: Collection[str]) -> str:
        if any(name in mapped for name in (*NAMES, "full_name")):
            return ""
        return _("Choose a column for a name: given, family, full or company name.")

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer:
        return _CustomerImporter(terms, keys, journal)


CUSTOMERS: RecordType = CustomerRecords()
