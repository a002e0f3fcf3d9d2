"""The kinds of record that can be imported: one line each, and the pages, the command and the contract test know it."""

from stamkunde.catalogue.imports import PRICES, PRODUCTS
from stamkunde.customers.imports import CONSENTS, CUSTOMERS
from stamkunde.kit.importing import RecordType, Undoer
from stamkunde.sales.imports import PURCHASES

# In this order they lean on one another: purchases on customers and products, and within a kind the parts on the whole.
RECORD_TYPES: tuple[RecordType, ...] = (CUSTOMERS, PRODUCTS, PRICES, PURCHASES, CONSENTS)


def record_type(name: str) -> RecordType:
    return next(each for each in RECORD_TYPES if each.name == name)


def undoer_of(kind: str) -> Undoer:
    """Return who can take back changes to a kind of thing, whichever record it came with."""
    return next(undoer for each in RECORD_TYPES for undoer in each.undoers if undoer.kind == kind)


def parts_first() -> list[str]:
    """Return the kinds of things in the order in which they are taken back: none before what leans on it."""
    return list(dict.fromkeys(undoer.kind for each in reversed(RECORD_TYPES) for undoer in reversed(each.undoers)))
