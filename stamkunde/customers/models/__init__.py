"""The tables of the customer's profile, by noun."""

from stamkunde.customers.models.consent import Consent, ConsentChannel, ConsentState
from stamkunde.customers.models.contact import Address, ContactKind, ContactPoint, ContactStatus
from stamkunde.customers.models.custom_field import CustomField, CustomFieldKind, CustomValue
from stamkunde.customers.models.customer import Customer, CustomerKind, FormerName
from stamkunde.customers.models.lookup import HitList, LookUp, LookUpPurpose
from stamkunde.customers.models.merge import DuplicateScan, LikelyPair, Merge, MergeEntry, PairState
from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.models.note import Note, StoredFile
from stamkunde.customers.models.relation import Relation, RelationKind
from stamkunde.customers.models.restriction import Restriction, RestrictionGround
from stamkunde.customers.models.suppression import Suppression
from stamkunde.customers.models.trait import Trait, TraitKind

__all__ = [
    "Address",
    "Consent",
    "ConsentChannel",
    "ConsentState",
    "ContactKind",
    "ContactPoint",
    "ContactStatus",
    "CustomField",
    "CustomFieldKind",
    "CustomValue",
    "Customer",
    "CustomerKind",
    "DuplicateScan",
    "FormerName",
    "HitList",
    "LikelyPair",
    "LookUp",
    "LookUpPurpose",
    "Merge",
    "MergeEntry",
    "NameWord",
    "Note",
    "PairState",
    "Relation",
    "RelationKind",
    "Restriction",
    "RestrictionGround",
    "StoredFile",
    "Suppression",
    "Trait",
    "TraitKind",
]
