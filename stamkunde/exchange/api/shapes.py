"""What imports and exports look like to a machine."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from stamkunde.exchange.actions.receiving import obstacles
from stamkunde.exchange.models import ExportState, ImportRun, RunState
from stamkunde.kit.api.fields import Currency, Flag, Given, Id, Line, Sent, Word
from stamkunde.kit.importing import CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN
from stamkunde.kit.tabular.layout import Layout


class Counts(Given):
    """What became of the rows; the parts add up to those received."""

    received: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    also: dict[str, int] = Field(default={}, description="What was made on the way.", examples=[{}])


class ReadingGiven(Given):
    """How the file is read."""

    encoding: str
    encoding_certain: bool
    delimiter: str
    decimal: str = Field(description="Empty while it is not certain.", examples=[","])
    date_order: str = Field(description="Empty while it is not certain.", examples=["dmy"])
    sheet: str
    columns: list[str]


class ImportGiven(Given):
    """A file on its way in."""

    id: int
    kind: str = Field(description="What its rows are.", examples=["customers"])
    source: str = Field(description="The system it is from.", examples=["old till"])
    state: RunState
    file_name: str
    file_size: int
    reading: ReadingGiven
    mapping: dict[str, str] = Field(description="The column of each field.", examples=[{"given_name": "Fornavn"}])
    obstacles: list[str] = Field(description="What must be settled before it can be imported.", examples=[[]])
    rehearsal: Counts | None
    result: Counts
    job_id: int | None = Field(description="The work that is busy with it, or was last.")
    trouble: str = Field(description="Why it stopped, if it did.")
    created_at: datetime
    finished_at: datetime | None


class ReadingSent(Sent):
    """Corrections of how the file is read; what is left out stays as it is."""

    kind: Word | None = Field(None, examples=["customers"])
    source: Word | None = Field(None, examples=["old till"])
    encoding: Word | None = None
    delimiter: Word | None = None
    decimal: Word | None = Field(None, examples=[","])
    date_order: Word | None = Field(None, examples=["dmy"])
    sheet: Line | None = None
    two_digit_years: Flag | None = None
    mapping: dict[Word, Line] | None = Field(None, description="The column of each field.", max_length=500)
    store_id: Id | None = Field(None, description="Of rows that name no store.")
    currency: Currency | None = Field(None, description="Of amounts that name none.", examples=["NOK"])


class SkippedGiven(Given):
    """A row that was not taken, and why."""

    row: int
    reason: str = Field(description="A lasting word for the reason.")
    sentence: str
    cells: list[str]


class KnownPeople(StrEnum):
    """What becomes of a row whose person is likely here already."""

    CREATE = CREATE_ANYWAY
    SKIP = LEAVE_OUT
    UPDATE = UPDATE_KNOWN


class LikenessGiven(Given):
    """A row whose person is likely here already."""

    row: int
    name: str = Field(examples=["Kari Nordmann"])
    customer_id: int
    reasons: list[str]


RowNumber = Annotated[str, StringConstraints(strict=True, pattern=r"^[1-9][0-9]{0,17}$")]


class KnownPeopleSent(Sent):
    """What becomes of such rows: of all of them, and of single ones."""

    known_people: KnownPeople
    choices: dict[RowNumber, KnownPeople] = Field(
        default={}, description="Of single rows, by their numbers.", examples=[{"7": "update"}], max_length=10_000
    )


class ImportKind(Given):
    """What the rows of a file can be."""

    name: str = Field(examples=["customers"])
    label: str = Field(description="In the language asked for.", examples=["Customers"])
    fields: list[str] = Field(examples=[["given_name", "family_name"]])
    example: list[dict[str, str]] = Field(description="Rows as they are meant.")


class ImportKinds(Given):
    items: list[ImportKind]


class ExportSent(Sent):
    """What shall be exported, and why."""

    kind: Word = Field(examples=["customers"])
    format: Word = Field(examples=["csv"])
    reason: Line = Field(description="Kept with the export, for files leave the house.", examples=["Yearly audit"])


class ExportGiven(Given):
    """A file on its way out."""

    id: int
    kind: str = Field(examples=["customers"])
    format: str = Field(validation_alias="form", examples=["csv"])
    reason: str
    state: ExportState
    rows: int
    size: int
    digest: str = Field(description="SHA-256 of its bytes.")
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime


def import_of(run: ImportRun) -> ImportGiven:
    layout: Layout = run.reading
    return ImportGiven(
        id=run.pk,
        kind=run.kind,
        source=run.source,
        state=RunState(run.state),
        file_name=run.file_name,
        file_size=run.file_size,
        reading=ReadingGiven(
            encoding=layout.encoding,
            encoding_certain=layout.encoding_certain,
            delimiter=layout.delimiter,
            decimal=layout.decimal,
            date_order=layout.date_order,
            sheet=layout.sheet,
            columns=list(layout.columns),
        ),
        mapping=run.mapping,
        obstacles=obstacles(run) if run.may_be_mapped else [],
        rehearsal=Counts(**_known(run.rehearsal)) if run.rehearsal else None,
        result=Counts(**_known(run.counts())),
        job_id=run.job_id,
        trouble=run.trouble,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )


def _known(counts: dict[str, Any]) -> dict[str, Any]:
    return {name: counts[name] for name in Counts.model_fields if name in counts}
