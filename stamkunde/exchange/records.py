"""The kinds of record that can be imported: one line each, and the pages, the command and the contract test know it."""

from stamkunde.catalogue.imports import PRICES, PRODUCTS
from stamkunde.customers.imports import CONSENTS, CUSTOMERS
from stamkunde.kit.importing import RecordType, Undoer
from stamkunde.sales.imports import PURCHASES

RECORD_TYPES: tuple[RecordType, ...] = (CUSTOMERS, PRODUCTS, PRICES, PURCHASES, CONSENTS)


def record_type(name: str) -> RecordType:
    return next(each for each in RECORD_TYPES if each.name == name)


def undoer_of(kind: str) -> Undoer:
    """Return who can take back changes to a kind of thing, whichever record it came with."""
    return next(undoer for each in RECORD_TYPES for undoer in each.undoers if undoer.kind == kind)
