"""Consents from files: only a value that is known to mean yes or no counts, and an empty cell is no consent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.events import ConsentGiven, ConsentWithdrawn
from stamkunde.customers.imports.directory import KEY_SYNONYMS, CustomerDirectory
from stamkunde.customers.models import Consent, ConsentChannel, ConsentState
from stamkunde.customers.preparing import read_consent
from stamkunde.customers.values import ConsentValues
from stamkunde.events.publishing import publish_in_bulk
from stamkunde.kit.importing import (
    Change,
    Field,
    FieldKind,
    Importer,
    Journal,
    Kept,
    Keys,
    Line,
    RecordType,
    Tally,
    Terms,
    Undoer,
)

CONSENT = "customers.consent"
_Said = list[tuple[datetime, str]]
_AT_ONCE = 900
_YES_NO = {
    ConsentState.GIVEN.value: (
        "yes", "ja", "jā", "true", "1", "x", "y", "j", "on", "given", "opt-in", "subscribed", "samtykke", "samtykker",
        "samtycker", "piekrītu", "gitt", "given consent", "granted",
    ),
    ConsentState.WITHDRAWN.value: (
        "no", "nei", "nej", "nē", "false", "0", "n", "off", "withdrawn", "opt-out", "unsubscribed", "trukket",
        "återkallat", "atsaukts", "denied",
    ),
}  # fmt: skip
_CHANNELS = {
    ConsentChannel.EMAIL.value: ("email", "e-mail", "e-post", "epost", "mail", "newsletter", "nyhetsbrev", "e-pasts"),
    ConsentChannel.SMS.value: ("sms", "text", "text message", "tekstmelding", "textmeddelande", "īsziņa"),
    ConsentChannel.PHONE.value: ("phone", "telephone", "call", "telefon", "tālrunis"),
    ConsentChannel.LETTER.value: ("letter", "post", "mail by post", "brev", "vēstule", "pasts"),
    ConsentChannel.PROFILING.value: ("profiling", "personal suggestions", "profilering", "profilēšana"),
}


def _channel_field(channel: ConsentChannel, label: Any, *synonyms: str) -> Field:
    return Field(
        name=f"consent_{channel.value}",
        label=label,
        kind=FieldKind.CHOICE,
        choices=_YES_NO,
        synonyms=synonyms,
        unknown_is_blank=True,
        hint=gettext_lazy("Only a value that means yes or no counts; an empty cell is no consent."),
    )


CHANNEL_FIELDS = (
    _channel_field(ConsentChannel.EMAIL, gettext_lazy("Consent to e-mail"), "email consent", "newsletter", "nyhetsbrev",
                   "samtykke e-post", "samtycke e-post", "accepts marketing", "accepts email marketing", "email opt-in",
                   "piekrišana e-pastam", "marketing"),
    _channel_field(ConsentChannel.SMS, gettext_lazy("Consent to SMS"), "sms consent", "samtykke sms", "samtycke sms",
                   "accepts sms marketing", "sms opt-in", "piekrišana sms"),
    _channel_field(ConsentChannel.PHONE, gettext_lazy("Consent to calls"), "phone consent", "samtykke telefon",
                   "samtycke telefon", "piekrišana zvaniem"),
    _channel_field(ConsentChannel.LETTER, gettext_lazy("Consent to letters"), "letter consent", "samtykke brev",
                   "samtycke brev", "piekrišana vēstulēm"),
)  # fmt: skip


_CHANNEL_OF = {f"consent_{channel.value}": channel for channel in ConsentChannel}


def consents_of(line: Line, terms: Terms) -> list[ConsentValues]:
    """Return what the line says yes or no to, with the import as its proof."""
    given = line.values
    said: list[tuple[ConsentChannel, str]] = [
        (channel, given[name]) for name, channel in _CHANNEL_OF.items() if given.get(name)
    ]
    if given.get("channel") and given.get("state"):
        said.append((ConsentChannel(given["channel"]), given["state"]))
    if not said:
        return []
    at = given.get("at") or terms.at
    wording = given.get("wording") or ""
    evidence = f"{given['evidence']} ({terms.evidence})"[:300] if given.get("evidence") else terms.evidence
    return [
        ConsentValues(channel=channel, state=ConsentState(state), evidence=evidence, wording=wording, at=at)
        for channel, state in said
    ]


class Agreements:
    """Writes those consents that say something new of a customer."""

    def __init__(self, terms: Terms, journal: Journal) -> None:
        self._terms, self._journal = terms, journal
        self._imagined: dict[int, dict[str, _Said]] = {}

    def known(self, customers: Collection[int]) -> dict[tuple[int, str], _Said]:
        """Return what each of them has said so far about each channel, the newest last."""
        known: dict[tuple[int, str], _Said] = {}
        wanted = sorted(set(customers))
        for start in range(0, len(wanted), _AT_ONCE):
            rows = Consent.objects.filter(customer__in=wanted[start : start + _AT_ONCE]).order_by("at", "pk")
            for customer, channel, state, at in rows.values_list("customer", "channel", "state", "at"):
                known.setdefault((customer, channel), []).append((at, state))
        for customer in wanted:
            for channel, said in self._imagined.get(customer, {}).items():
                known.setdefault((customer, channel), []).extend(said)
        return known

    def write(self, said: Sequence[tuple[int, ConsentValues]]) -> list[bool]:
        """Return for each whether it was news: another answer than the last one, or one given before it."""
        known = self.known({customer for customer, _values in said})
        news: list[bool] = []
        rows: list[Consent] = []
        for customer, values in said:
            so_far = known.setdefault((customer, values.channel.value), [])
            moment = values.at or self._terms.at
            at, state = max(so_far, default=(None, ""))
            is_news = (moment, values.state.value) not in so_far if at and moment < at else state != values.state.value
            news.append(is_news)
            if is_news:
                so_far.append((moment, values.state.value))
                row = read_consent(values)
                row.customer_id, row.noted_by = customer, self._terms.by.label[:120]
                rows.append(row)
        if self._terms.is_rehearsal:
            for row in rows:
                if row.customer_id > 0:
                    said_so_far = self._imagined.setdefault(row.customer_id, {})
                    said_so_far.setdefault(row.channel, []).append((row.at, row.state))
            return news
        Consent.objects.bulk_create(rows)
        self._journal.created(CONSENT, [row.pk for row in rows])
        publish_in_bulk(
            (
                (
                    (ConsentGiven if row.state == ConsentState.GIVEN else ConsentWithdrawn)(
                        customer_id=row.customer_id,
                        consent_id=row.pk,
                        channel=row.channel,
                        evidence=row.evidence,
                        wording=row.wording,
                    ),
                    row.at,
                )
                for row in rows
            ),
            by=self._terms.by,
        )
        return news


class _ConsentImporter:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms = terms
        self._directory = CustomerDirectory(terms, keys, journal)
        self._agreements = Agreements(terms, journal)

    def remember(self, lines: Sequence[Line]) -> None:
        """What earlier lines said stands in the database."""

    def take(self, lines: Sequence[Line]) -> Tally:
        tally = Tally()
        ids = self._directory.ids({line.values["customer"] for line in lines})
        said: list[tuple[int, ConsentValues]] = []
        spans: list[tuple[int, int]] = []
        for line in lines:
            customer = ids.get(line.values["customer"])
            if customer is None:
                tally.skip(line, _("No customer here came with this key."))
                continue
            consents = consents_of(line, self._terms)
            if not consents:
                tally.skip(line, _("Nothing in this row is known to mean yes or no."))
                continue
            try:
                for consent in consents:
                    read_consent(consent)
            except ValidationError as error:
                tally.skip(line, _("The consent cannot be kept."), " ".join(error.messages))
                continue
            spans.append((len(said), len(said) + len(consents)))
            said += [(customer, consent) for consent in consents]
        news = self._agreements.write(said)
        for start, end in spans:
            if any(news[start:end]):
                tally.created += 1
            else:
                tally.unchanged += 1
        return tally


@dataclass(frozen=True)
class ConsentRecords:
    name: str = "consents"
    label: Any = gettext_lazy("Consents")
    sentence: Any = gettext_lazy(
        "What customers said yes or no to: a column for each channel, or a row for each answer."
    )
    group_by: str = ""
    also_labels: Mapping[str, Any] = field(default_factory=dict)
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="customer", label=gettext_lazy("Customer"), kind=FieldKind.KEY, is_required=True, max_length=200,
              synonyms=("id", *KEY_SYNONYMS)),
        *CHANNEL_FIELDS,
        Field(name="channel", label=gettext_lazy("Channel"), kind=FieldKind.CHOICE, choices=_CHANNELS,
              synonyms=("kanal", "kanāls", "type", "consent type")),
        Field(name="state", label=gettext_lazy("Answer"), kind=FieldKind.CHOICE, choices=_YES_NO, unknown_is_blank=True,
              synonyms=("consent", "value", "status", "samtykke", "samtycke", "piekrišana", "svar", "atbilde")),
        Field(name="at", label=gettext_lazy("Said on"), kind=FieldKind.MOMENT,
              synonyms=("date", "consent date", "given at", "dato", "datum", "datums", "timestamp", "updated at")),
        Field(name="wording", label=gettext_lazy("Wording"), max_length=60,
              synonyms=("text version", "version", "versjon", "tekst", "text", "formulering", "teksts")),
        Field(name="evidence", label=gettext_lazy("Proof"), max_length=200,
              synonyms=("evidence", "source", "how", "kilde", "källa", "avots", "bevis", "pierādījums")),
    )  # fmt: skip
    example: ClassVar[tuple[dict[str, str], ...]] = (
        {"customer": "1001", "consent_email": "yes", "consent_sms": "no", "at": "2026-01-31"},
    )

    @property
    def undoers(self) -> tuple[Undoer, ...]:
        return (_UndoConsents(),)

    def refusal(self, mapped: Collection[str]) -> str:
        by_channel = any(field.name in mapped for field in CHANNEL_FIELDS)
        if by_channel or {"channel", "state"} <= set(mapped):
            return ""
        return _("Choose a column for the consent to a channel, or both the columns for channel and answer.")

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer:
        return _ConsentImporter(terms, keys, journal)


class _UndoConsents:
    kind = CONSENT
    happenings = (ConsentGiven.name, ConsentWithdrawn.name)
    key_kinds: tuple[str, ...] = ()

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]:
        """An answer that was never given is taken away; later answers stand on their own."""
        Consent.objects.filter(pk__in=[change.object_id for change in changes]).delete()
        return []


CONSENTS: RecordType = ConsentRecords()
