"""What a new customer may come with, as plain values: from a form, a file or another program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from stamkunde.customers.models import ConsentChannel, ConsentState, ContactKind, CustomerKind, TraitKind


@dataclass(frozen=True, kw_only=True)
class ContactValues:
    """A way to reach somebody, as it was written.

    `region` is the country whose numbers may lack a country code. A number that cannot be called is refused, unless it
    is to be `kept_as_written`: then it is kept, marked as not working.
    """

    kind: ContactKind
    raw: str
    label: str = ""
    is_preferred: bool = False
    region: str = ""
    kept_as_written: bool = False


@dataclass(frozen=True, kw_only=True)
class AddressValues:
    """A postal address; `kept_as_written` spares it the check of its postcode."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = "NO"
    care_of: str = ""
    label: str = ""
    is_preferred: bool = False
    kept_as_written: bool = False


@dataclass(frozen=True, kw_only=True)
class TraitValues:
    text: str
    kind: TraitKind = TraitKind.OTHER


@dataclass(frozen=True, kw_only=True)
class ConsentValues:
    """A yes or a no with its proof. There is no value for "unknown": who did not answer has no record."""

    channel: ConsentChannel
    state: ConsentState
    evidence: str
    wording: str = ""
    language: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerValues:
    """A customer to be; some name is all that is required. `custom` holds raw texts by the keys of own fields."""

    kind: CustomerKind = CustomerKind.PERSON
    title: str = ""
    given_name: str = ""
    family_name: str = ""
    preferred_name: str = ""
    company_name: str = ""
    company_number: str = ""
    greeting: str = ""
    language: str = ""
    birth_date: date | None = None
    home_store_id: int | None = None
    former_names: tuple[str, ...] = ()
    contacts: tuple[ContactValues, ...] = ()
    addresses: tuple[AddressValues, ...] = ()
    traits: tuple[TraitValues, ...] = ()
    consents: tuple[ConsentValues, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    source: str = ""
