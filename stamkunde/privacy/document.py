"""Everything that is held about one customer, as one document whose shape is published.

The shape is that of the classes here; `schema()` gives it as JSON Schema. Values are plain: text, numbers, true and
false, moments in ISO 8601. Amounts are text with their currency.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from stamkunde.accounts.models import Country
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import Customer, LookUp, StoredFile
from stamkunde.customers.privacy.trail import lookups_with_names
from stamkunde.customers.queries.merges import part_of
from stamkunde.kit.clock import now
from stamkunde.kit.privacy import Holding, holdings, recipients_of

FORMAT = "stamkunde.access/1"
Progress = Callable[[int, int], None]
# Whom a person can complain to, in the country of the shop.
AUTHORITIES = {
    Country.NORWAY: "Datatilsynet, www.datatilsynet.no",
    Country.SWEDEN: "Integritetsskyddsmyndigheten, www.imy.se",
    Country.LATVIA: "Datu valsts inspekcija, www.dvi.gov.lv",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Section(_Part):
    """One table: what is in it, what for, and every row about the customer."""

    table: str = Field(description="The table's lasting name.", examples=["customers.ContactPoint"])
    title: str = Field(description="What it holds, in the language of the document.")
    purpose: str = Field(description="What it is kept for.")
    stays: list[str] = Field(description="What of it stays after an erasure, why and until when.")
    rows: list[dict[str, Any]]


class RecipientGiven(_Part):
    """Whoever was given something of the customer."""

    name: str
    what: str
    at: datetime


class Withheld(_Part):
    """A personal column that is not in the document, and the ground."""

    table: str
    column: str
    ground: str


class FileGiven(_Part):
    """A file kept with the customer, which lies beside the document."""

    name: str
    path: str
    size: int
    sha256: str


class About(_Part):
    """Who the document is about."""

    number: int
    ref: UUID = Field(description="By which imports know the customer again.")
    name: str
    merged_numbers: list[int] = Field(description="Numbers of profiles that became part of this one.")


class AccessDocument(_Part):
    """A copy of everything that is held about one customer (GDPR articles 15 and 20)."""

    format: Literal["stamkunde.access/1"]
    made_at: datetime
    language: str
    shop: str
    authority: str = Field(description="Whom the customer can complain to.")
    customer: About
    sections: list[Section]
    recipients: list[RecipientGiven]
    withheld: list[Withheld]
    files: list[FileGiven]


def schema() -> dict[str, Any]:
    """Return the published shape of a document, as JSON Schema."""
    return AccessDocument.model_json_schema()


def compose(customer: Customer, *, names_staff: bool = False, progress: Progress | None = None) -> AccessDocument:
    """Read everything that is held about a customer; texts are in the language that is active.

    Staff are named in the record of look-ups only where the privacy officer has decided so.
    """
    held = sorted(holdings(), key=lambda holding: holding.model is not Customer)
    sections = []
    for done, holding in enumerate(held, start=1):
        sections.append(_section(holding, customer.pk, names_staff=names_staff))
        if progress is not None:
            progress(done, len(held))
    return AccessDocument(
        format="stamkunde.access/1",
        made_at=now(),
        language=translation.get_language() or "en",
        shop=the_shop().name,
        authority=authority(),
        customer=About(number=customer.pk, ref=customer.ref, name=customer.name, merged_numbers=part_of(customer.pk)),
        sections=sections,
        recipients=[RecipientGiven(name=one.name, what=one.what, at=one.at) for one in recipients_of(customer.pk)],
        withheld=[
            Withheld(table=holding.model._meta.label, column=column, ground=str(ground))
            for holding in held
            for column, ground in holding.withheld.items()
        ],
        files=[
            FileGiven(name=file.name, path=beside(file), size=file.size, sha256=file.digest)
            for file in StoredFile.objects.filter(customer=customer).order_by("pk")
        ],
    )


def authority() -> str:
    """Return the supervisory authority of the shop's country."""
    return AUTHORITIES.get(Country(the_shop().country), _("the data protection authority where you live"))


def beside(file: StoredFile) -> str:
    """Return where a file lies in the package; its number keeps two of one name apart."""
    return f"files/{file.pk}-{file.name}"


def _section(holding: Holding, customer_id: int, *, names_staff: bool) -> Section:
    rows: Iterable[dict[str, Any]] = holding.export(customer_id)
    if names_staff and holding.model is LookUp:
        rows = lookups_with_names(customer_id)
    return Section(
        table=holding.model._meta.label,
        title=str(holding.title),
        purpose=str(holding.purpose),
        stays=[stay.sentence for stay in holding.stays(customer_id)],
        rows=[{name: plain(value) for name, value in row.items()} for row in rows],
    )


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    return str(value)
