"""What a customer looks like to a machine."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from stamkunde.customers.custom_values import written_custom
from stamkunde.customers.models import (
    Address,
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    ContactStatus,
    Customer,
    CustomerKind,
    CustomField,
    Relation,
    RelationKind,
    Trait,
    TraitKind,
)
from stamkunde.customers.queries import greeting_of, rows
from stamkunde.kit.api.fields import Given


class ContactPointGiven(Given):
    """A way to reach the customer."""

    id: int
    kind: ContactKind
    value: str = Field(description="In comparable form: E.164, or small letters.", examples=["+4791234567"])
    label: str
    is_preferred: bool
    status: ContactStatus
    evidence: str = Field(description="How it is known that it works, or does not.")
    version: int


class AddressGiven(Given):
    """A postal address."""

    id: int
    label: str
    care_of: str
    street: str = Field(examples=["Bogstadveien 12"])
    postcode: str = Field(examples=["0355"])
    town: str = Field(examples=["Oslo"])
    country: str = Field(examples=["NO"])
    is_preferred: bool
    status: ContactStatus = Field(description="Whether letters reach it; failing once one came back.")
    version: int


class TraitGiven(Given):
    """Something that is good to know."""

    id: int
    kind: TraitKind
    text: str
    noted_by: str
    noted_at: datetime
    version: int


class ConsentGiven(Given):
    """A yes or a no with its proof. For a channel without any, the answer is not known, and that is no yes."""

    id: int
    channel: ConsentChannel
    state: ConsentState
    at: datetime
    evidence: str
    wording: str
    noted_by: str


class RelationGiven(Given):
    """How two customers belong together, read as “customer kind other”."""

    id: int
    kind: RelationKind
    customer_id: int
    other_id: int


class FormerNameGiven(Given):
    """A name by which people may still ask."""

    id: int
    name: str


class CustomerRow(Given):
    """A customer as a list gives them: enough to tell who it is; how they are reached stands in the profile."""

    id: int
    ref: UUID = Field(description="A lasting name that says nothing about the person.")
    kind: CustomerKind
    name: str = Field(description="The name as people use it.", examples=["Kari Nordmann"])
    given_name: str = Field(examples=["Kari"])
    family_name: str = Field(examples=["Nordmann"])
    preferred_name: str
    company_name: str
    language: str = Field(examples=["nb"])
    home_store_id: int | None
    visits: int = Field(description="Days with at least one purchase that was kept.")
    last_visit_at: datetime | None
    next_visit_expected_on: date | None
    version: int
    created_at: datetime


class CustomerGiven(CustomerRow):
    """A customer's profile."""

    title: str
    company_number: str
    greeting: str = Field(description="How to open a conversation with them.", examples=["Hei Kari,"])
    birth_date: date | None
    first_visit_at: datetime | None
    typical_interval_days: int | None
    former_names: list[FormerNameGiven]
    contact_points: list[ContactPointGiven]
    addresses: list[AddressGiven]
    traits: list[TraitGiven]
    consents: list[ConsentGiven] = Field(description="The newest answer for each channel that has one.")
    relations: list[RelationGiven]
    custom: dict[str, str] = Field(
        description="The shop's own fields by their keys, as plain text; days as 2026-05-17, yes and no as such.",
        examples=[{"shoe_size": "39"}],
    )


ROW_COLUMNS = (
    "ref", "kind", "title", "given_name", "family_name", "preferred_name", "company_name", "language", "home_store_id",
    "visits", "last_visit_at", "next_visit_expected_on", "version", "created_at",
)  # fmt: skip


def row_of(customer: Customer) -> CustomerRow:
    return CustomerRow.model_validate(customer)


def profile_of(customer: Customer) -> CustomerGiven:
    """Return all that hangs on a customer; two queries."""
    found = rows.rows_of(customer.pk)
    return CustomerGiven(
        **row_of(customer).model_dump(),
        title=customer.title,
        company_number=customer.company_number,
        greeting=greeting_of(customer),
        birth_date=customer.birth_date,
        first_visit_at=customer.first_visit_at,
        typical_interval_days=customer.typical_interval_days,
        former_names=[FormerNameGiven(id=row.id, name=row.texts[0]) for row in found[rows.FORMER]],
        contact_points=[_contact_point(row) for row in found[rows.CONTACT]],
        addresses=[_address(row) for row in found[rows.ADDRESS]],
        traits=[_trait(row) for row in found[rows.TRAIT]],
        consents=[_consent(row) for row in found[rows.CONSENT]],
        relations=[
            *(_relation(row, customer.pk, row.number) for row in found[rows.RELATION]),
            *(_relation(row, row.number, customer.pk) for row in found[rows.RELATION_TO]),
        ],
        custom=_custom(found[rows.CUSTOM]),
    )


def _contact_point(row: rows.Row) -> ContactPointGiven:
    kind, value, label, status, evidence, _unused = row.texts
    return ContactPointGiven(
        id=row.id,
        kind=ContactKind(kind),
        value=value,
        label=label,
        is_preferred=row.flag,
        status=ContactStatus(status),
        evidence=evidence,
        version=row.version,
    )


def _address(row: rows.Row) -> AddressGiven:
    label, care_of, street, postcode, town, country = row.texts
    return AddressGiven(
        id=row.id,
        label=label,
        care_of=care_of,
        street=street,
        postcode=postcode,
        town=town,
        country=country,
        is_preferred=row.flag,
        status=ContactStatus(rows.ADDRESS_STATES[row.number]),
        version=row.version,
    )


def _trait(row: rows.Row) -> TraitGiven:
    kind, text, noted_by, *_unused = row.texts
    assert row.at is not None  # noqa: S101 - the column holds always a moment
    return TraitGiven(
        id=row.id, kind=TraitKind(kind), text=text, noted_by=noted_by, noted_at=row.at, version=row.version
    )


def _consent(row: rows.Row) -> ConsentGiven:
    channel, state, evidence, noted_by, wording, _unused = row.texts
    assert row.at is not None  # noqa: S101 - the column holds always a moment
    return ConsentGiven(
        id=row.id,
        channel=ConsentChannel(channel),
        state=ConsentState(state),
        at=row.at,
        evidence=evidence,
        wording=wording,
        noted_by=noted_by,
    )


def _relation(row: rows.Row, customer_id: int, other_id: int) -> RelationGiven:
    return RelationGiven(id=row.id, kind=RelationKind(row.texts[0]), customer_id=customer_id, other_id=other_id)


def _custom(fields: list[rows.Row]) -> dict[str, str]:
    if not fields:
        return {}
    keys = dict(CustomField.objects.values_list("pk", "key"))
    found = {}
    for row in fields:
        _label, _kind, text, number, day, yes_no = row.texts
        written = written_custom(
            {
                "text": text,
                "number": Decimal(number) if number else None,
                "date": date.fromisoformat(day) if day else None,
                # SQLite keeps 1 for true.
                "yes_no": yes_no in {"true", "1"} if yes_no else None,
            }
        )
        if written:
            found[keys[row.id]] = written
    return found


def contact_point_of(point: ContactPoint) -> ContactPointGiven:
    return ContactPointGiven.model_validate(point)


def address_of(address: Address) -> AddressGiven:
    return AddressGiven.model_validate(address)


def trait_of(trait: Trait) -> TraitGiven:
    return TraitGiven.model_validate(trait)


def relation_of(relation: Relation) -> RelationGiven:
    return RelationGiven.model_validate(relation)
