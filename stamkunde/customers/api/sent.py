"""What machines may send about a customer, and the values it becomes."""

from pydantic import Field

from stamkunde.accounts.models import Language, User
from stamkunde.customers.forms.creating import country_of
from stamkunde.customers.models import ConsentChannel, ConsentState, ContactKind, CustomerKind, TraitKind
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues, TraitValues
from stamkunde.kit.api.fields import Day, Flag, Id, Line, Moment, Sent, Text, Word
from stamkunde.kit.api.many import MOST, Keyed

MOST_PARTS = 50


class ContactPointSent(Sent):
    """A way to reach the customer."""

    kind: ContactKind
    value: Line = Field(description="As it was written.", examples=["912 34 567"])
    label: Word = Field("", examples=["mobile"])
    is_preferred: Flag = Field(False, description="The one to be used first among those of its kind.")
    region: Word = Field(
        "", description="The country whose numbers may lack a country code; else that of the store.", examples=["NO"]
    )


class AddressSent(Sent):
    """A postal address."""

    street: Line = Field("", examples=["Bogstadveien 12"])
    postcode: Word = Field("", examples=["0355"])
    town: Line = Field("", examples=["Oslo"])
    country: Word = Field("NO", description="Two letters, or its name.", examples=["NO"])
    care_of: Line = ""
    label: Word = Field("", examples=["home"])
    is_preferred: Flag = Field(False, description="The one letters go to.")


class TraitSent(Sent):
    """Something that is good to know."""

    text: Line = Field(examples=["Takes size 39"])
    kind: TraitKind = TraitKind.OTHER


class ConsentSent(Sent):
    """A yes or a no with its proof. Whoever did not answer has no record: there is no value for silence."""

    channel: ConsentChannel
    state: ConsentState
    evidence: Line = Field(
        description="How they said so: where, on which form, to whom.", examples=["Ticked on the web shop's form"]
    )
    wording: Word = Field("", description="Which text they agreed to.", examples=["newsletter-2026-1"])
    language: Language | None = None
    at: Moment | None = Field(None, description="When they said so; now if it is left out.")


class CustomerSent(Sent):
    """A customer to be; some name is all that is required."""

    kind: CustomerKind = CustomerKind.PERSON
    title: Word = ""
    given_name: Line = Field("", examples=["Kari"])
    family_name: Line = Field("", examples=["Nordmann"])
    preferred_name: Line = Field("", description="What they are called, where that is another name.")
    company_name: Line = ""
    company_number: Word = ""
    greeting: Line = Field("", description="How to open a conversation, where the usual greeting does not fit.")
    language: Language | None = Field(None, examples=["nb"])
    birth_date: Day | None = Field(None, examples=["1979-05-17"])
    home_store_id: Id | None = Field(None, description="The store they usually come to.", examples=[None])
    former_names: list[Line] = Field(default=[], max_length=MOST_PARTS)
    contact_points: list[ContactPointSent] = Field(default=[], max_length=MOST_PARTS)
    addresses: list[AddressSent] = Field(default=[], max_length=MOST_PARTS)
    traits: list[TraitSent] = Field(default=[], max_length=MOST_PARTS)
    consents: list[ConsentSent] = Field(default=[], max_length=MOST_PARTS)
    custom: dict[Word, Line] = Field(
        default={}, description="The shop's own fields, by their keys, as plain text.", examples=[{}], max_length=200
    )


class KeyedCustomer(CustomerSent, Keyed):
    """One of many customers to be."""


class CustomersSent(Sent):
    """Many customers to be."""

    items: list[KeyedCustomer] = Field(min_length=1, max_length=MOST)


class CustomerChange(Sent):
    """What is to change; what is left out stays as it is."""

    kind: CustomerKind = CustomerKind.PERSON
    title: Word = ""
    given_name: Line = Field("", examples=["Kari"])
    family_name: Line = Field("", examples=["Hansen"])
    preferred_name: Line = ""
    company_name: Line = ""
    company_number: Word = ""
    greeting: Line = ""
    language: Language | None = Field(None, description="Null for none.", examples=["nb"])
    birth_date: Day | None = Field(None, description="Null for none.", examples=["1979-05-17"])
    home_store_id: Id | None = Field(None, description="Null for none.", examples=[None])

    def changes(self) -> dict[str, object]:
        """Return the columns that were named, as the action takes them."""
        found = {name: getattr(self, name) for name in self.model_fields_set}
        return {**found, **({"language": found["language"] or ""} if "language" in found else {})}


class NoteSent(Sent):
    text: Text = Field(examples=["Asked for the green coat in size 40."])


def contact_values(sent: ContactPointSent, user: User) -> ContactValues:
    return ContactValues(
        kind=sent.kind,
        raw=sent.value,
        label=sent.label,
        is_preferred=sent.is_preferred,
        region=sent.region.upper() or country_of(user),
    )


def address_values(sent: AddressSent) -> AddressValues:
    return AddressValues(**sent.model_dump())


def trait_values(sent: TraitSent) -> TraitValues:
    return TraitValues(text=sent.text, kind=sent.kind)


def consent_values(sent: ConsentSent) -> ConsentValues:
    return ConsentValues(
        channel=sent.channel,
        state=sent.state,
        evidence=sent.evidence,
        wording=sent.wording,
        language=sent.language or "",
        at=sent.at,
    )


def customer_values(sent: CustomerSent, user: User) -> CustomerValues:
    return CustomerValues(
        kind=sent.kind,
        title=sent.title,
        given_name=sent.given_name,
        family_name=sent.family_name,
        preferred_name=sent.preferred_name,
        company_name=sent.company_name,
        company_number=sent.company_number,
        greeting=sent.greeting,
        language=sent.language or "",
        birth_date=sent.birth_date,
        home_store_id=sent.home_store_id,
        former_names=tuple(sent.former_names),
        contacts=tuple(contact_values(one, user) for one in sent.contact_points),
        addresses=tuple(address_values(one) for one in sent.addresses),
        traits=tuple(trait_values(one) for one in sent.traits),
        consents=tuple(consent_values(one) for one in sent.consents),
        custom=sent.custom,
    )
