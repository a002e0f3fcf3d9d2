"""What can have happened to a customer's profile."""

from stamkunde.customers.events.agreement import ConsentGiven, ConsentWithdrawn
from stamkunde.customers.events.contact import (
    AddressAdded,
    AddressChanged,
    AddressConfirmed,
    AddressRemoved,
    ContactPointAdded,
    ContactPointChanged,
    ContactPointConfirmed,
    ContactPointRemoved,
)
from stamkunde.customers.events.custom_field import CustomFieldChanged, CustomFieldDefined, CustomValueChanged
from stamkunde.customers.events.human import (
    RelationAdded,
    RelationRemoved,
    TraitChanged,
    TraitNoted,
    TraitRemoved,
)
from stamkunde.customers.events.merging import CustomersMerged, CustomersToldApart, CustomersUnmerged
from stamkunde.customers.events.note import (
    FileAdded,
    FileRemoved,
    FileRestored,
    NoteChanged,
    NotePinned,
    NoteRemoved,
    NoteRestored,
    NoteUnpinned,
    NoteWritten,
)
from stamkunde.customers.events.profile import (
    CustomerChanged,
    CustomerCreated,
    CustomerRestored,
    CustomersCleared,
    CustomerTrashed,
    FormerNameNoted,
    FormerNameRemoved,
    NameChanged,
)
from stamkunde.customers.events.restriction import CustomerRestricted, MarketingObjected, RestrictionLifted

__all__ = [
    "CustomerRestricted",
    "MarketingObjected",
    "RestrictionLifted",
    "AddressAdded",
    "AddressChanged",
    "AddressConfirmed",
    "AddressRemoved",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContactPointAdded",
    "ContactPointChanged",
    "ContactPointConfirmed",
    "ContactPointRemoved",
    "CustomFieldChanged",
    "CustomFieldDefined",
    "CustomValueChanged",
    "CustomerChanged",
    "CustomerCreated",
    "CustomerRestored",
    "CustomerTrashed",
    "CustomersCleared",
    "CustomersMerged",
    "CustomersToldApart",
    "CustomersUnmerged",
    "FileAdded",
    "FileRemoved",
    "FileRestored",
    "FormerNameNoted",
    "FormerNameRemoved",
    "NameChanged",
    "NoteChanged",
    "NotePinned",
    "NoteRemoved",
    "NoteRestored",
    "NoteUnpinned",
    "NoteWritten",
    "RelationAdded",
    "RelationRemoved",
    "TraitChanged",
    "TraitNoted",
    "TraitRemoved",
]
