"""Customers by the keys of the source system, and those that only purchases have told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from stamkunde.customers.actions.customer import create_customers
from stamkunde.customers.actions.merging import TURN
from stamkunde.customers.models import Customer
from stamkunde.customers.preparing import PreparedCustomer
from stamkunde.customers.queries.merges import latest_change, survivors
from stamkunde.customers.suppressing import OWN, digest_of_key, is_anybody_suppressed, suppressed
from stamkunde.kit.importing import CUSTOMER, Journal, Keys, Terms, as_refs
from stamkunde.kit.turns import take_turn

KEY_SYNONYMS = (
    "customer id", "customer no", "customer number", "customerid", "customer_id", "client id", "client number",
    "member number", "member id", "kundenummer", "kundenr", "kunde-id", "kunde nr", "kundnummer", "kundnr", "kund-id",
    "medlemsnummer", "medlemsnr", "klienta numurs", "klienta id", "klienta kods", "pircēja numurs", "klients",
    "customer key", "debitornummer", "debitor", "user id",
)  # fmt: skip


class CustomerDirectory:
    """Remembers for a whole run which key is which customer."""

    _MOST_KEPT = 300_000

    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._keys, self._journal = terms, keys, journal
        self._known: dict[str, int] = {}
        self._merges = latest_change()
        self.knows_erased = is_anybody_suppressed()

    def ids(self, keys: Collection[str]) -> dict[str, int]:
        # No merge moves rows while this batch is written, and what was merged meanwhile is looked up anew.
        take_turn(TURN, shared=True)
        merges = latest_change()
        if len(self._known) > self._MOST_KEPT or merges != self._merges:
            self._known.clear()
        self._merges = merges
        missing = [key for key in keys if key not in self._known]
        if missing:
            self._known.update(self._keys.find(CUSTOMER, missing))
            if refs := as_refs(key for key in missing if key not in self._known):
                # What this system exported comes home as who it was.
                found = dict(Customer.objects.filter(ref__in=refs).values_list("ref", "pk"))
                ends = survivors(found.values())
                self._known.update({str(ref): ends.get(number, number) for ref, number in found.items()})
        return {key: self._known[key] for key in keys if key in self._known}

    def erased(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that were of somebody who has been erased; they are nobody's now."""
        if not self.knows_erased:
            return set()
        digests = {digest_of_key(self._terms.source, key): key for key in keys}
        # A file that this system once wrote brings references of its own, from whichever source it says it is.
        digests.update({digest_of_key(OWN, key): key for key in as_refs(keys)})
        return {digests[digest] for digest in suppressed(digests)}

    def meet(self, met: Mapping[str, int]) -> None:
        """Keep for keys never seen before whose they are, because somebody has said so."""
        self._keys.add(CUSTOMER, met)
        self._known.update(met)

    def create(self, prepared: Mapping[str, PreparedCustomer]) -> dict[str, int]:
        """Write new customers with their keys and the journal; their happenings come with them."""
        if self._terms.is_rehearsal:
            made = dict.fromkeys(prepared, -1)
        else:
            rows: Sequence[PreparedCustomer] = list(prepared.values())
            customers = create_customers(rows, by=self._terms.by)
            made = {key: customer.pk for key, customer in zip(prepared, customers, strict=True)}
            self._journal.created(CUSTOMER, made.values())
        self._keys.add(CUSTOMER, made)
        self._known.update(made)
        return made
