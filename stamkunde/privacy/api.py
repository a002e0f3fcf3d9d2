"""What people ask about their data, as another program takes it in and answers it."""

from datetime import date, datetime
from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Day, Flag, Given, Limit, Line, Mark, PathId, Sent, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page
from stamkunde.privacy.access import ANSWER, file_for, request_for, visible_requests
from stamkunde.privacy.actions.asking import ask_for_copy, ask_for_erasure
from stamkunde.privacy.actions.copies import note_fetched, path_of, remove_copy
from stamkunde.privacy.actions.requests import (
    RequestValues,
    close_request,
    extend_request,
    note_identity,
    receive_request,
)
from stamkunde.privacy.document import schema
from stamkunde.privacy.models import AccessFile, DataRequest, Erasure, IdentityProof, RequestKind, RequestState
from stamkunde.privacy.planning import plan_of
from stamkunde.privacy.refusals import RequestRefused

routes = Routes("Requests about data", "What people ask about their data: the clock it runs by, and the answer.")

ROUTES = (routes,)


@said_as(RequestRefused)
def _refused(error: RequestRefused) -> Problem:
    return invalid(error.sentence, error.field) if error.field else Problem(409, "not_possible_now", error.sentence)


class CopyGiven(Given):
    """A copy of somebody's data."""

    id: int
    state: AccessFile.State
    language: Language
    rows: int
    size: int
    digest: str = Field(description="SHA-256 of the package; empty until it is ready.")
    job_id: int | None = Field(description="The work that writes it.")
    asked_at: datetime
    ready_at: datetime | None
    fetched_at: datetime | None
    expires_at: datetime


class DataRequestGiven(Given):
    """What somebody asks about their data."""

    id: int
    kind: RequestKind
    customer_id: int | None = Field(description="Nothing once the person has been erased.")
    state: RequestState
    asked_by: str
    identity: IdentityProof
    identity_note: str
    language: Language
    names_staff: bool
    received_on: date
    due_on: date = Field(description="The last day for the answer.")
    extended_on: date | None
    extension_reason: str
    outcome: str
    made_at: datetime
    closed_at: datetime | None
    copies: list[CopyGiven] = []


class GoingGiven(Given):
    """A table, and how many rows about the person it holds."""

    title: str
    rows: int


class StayingGiven(Given):
    """What stays, why, and until when."""

    sentence: str
    until: date | None
    ground: str


class ErasurePlanGiven(Given):
    """What an erasure takes away and what it leaves."""

    going: list[GoingGiven]
    staying: list[StayingGiven]


class MentionGiven(Given):
    """A text of another customer that mentions the person."""

    table: str
    row: int
    customer_id: int | None


class ErasureGiven(Given):
    """An erasure under way or done."""

    id: int
    state: Erasure.State
    job_id: int | None
    asked_at: datetime
    frozen_at: datetime | None
    executed_at: datetime | None
    verified_at: datetime | None
    counts: dict[str, int] = Field(description="How many rows there were, by table.", examples=[{"Your profile": 1}])
    stays: list[str] = Field(description="What stays, why, and until when.")
    mentions: list[MentionGiven] = Field(description="Where texts of other customers mention the person.")


class DataRequestSent(Sent):
    """A request as it came in."""

    kind: RequestKind
    asked_by: Line = Field(description="The customer, or who acts for them.", examples=["The customer, at the counter"])
    received_on: Day | None = Field(None, description="Today if left out; the answer is due a month later.")
    identity: IdentityProof = IdentityProof.NONE
    identity_note: Line = ""
    language: Language | None = Field(None, description="The customer's own if left out, or else the shop's.")
    names_staff: Flag = False
    names_staff_reason: Line = ""


class IdentitySent(Sent):
    """How it was checked who asks."""

    identity: IdentityProof
    identity_note: Line = ""


class ExtensionSent(Sent):
    """Why it takes longer, as the customer was told it."""

    reason: Line


class ClosingSent(Sent):
    """How a request ends."""

    is_refused: Flag = False
    outcome: Line = Field(description="What the customer was answered.", examples=["Handed over at the counter."])


def given(request: DataRequest) -> DataRequestGiven:
    told = DataRequestGiven.model_validate(request)
    told.copies = [CopyGiven.model_validate(file) for file in request.files.order_by("-pk")[:20]]
    return told


@routes.get("/data-requests", ANSWER, Listed[DataRequestGiven])
def list_data_requests(
    request: HttpRequest,
    state: RequestState | None = query(None),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[DataRequestGiven]:
    """List requests, those that are due first on top."""
    found = visible_requests(bearer(request))
    if state:
        found = found.filter(state=state)
    rows = page(found, Order("due_on", falling=False), mark=mark, size=limit, parse=date.fromisoformat)
    return Listed[DataRequestGiven](items=[DataRequestGiven.model_validate(one) for one in rows.rows], **marks_of(rows))


@routes.post("/customers/{customer_id}/data-requests", ANSWER, DataRequestGiven)
def receive_data_request(request: HttpRequest, customer_id: PathId, sent: DataRequestSent) -> DataRequestGiven:
    """Take in what a customer asks about their data; the clock runs from the day on which it came."""
    user = bearer(request)
    values = sent.model_dump()
    values["language"] = values["language"] or ""
    customer = customer_for(user, customer_id, or_trashed=True, or_restricted=True)
    made = receive_request(customer, RequestValues(**values), by=user.actor)
    return given(made)


@routes.get("/data-requests/{request_id}", ANSWER, DataRequestGiven)
def get_data_request(request: HttpRequest, request_id: PathId) -> DataRequestGiven:
    """Read a request, with the copies that were written for it."""
    return given(request_for(bearer(request), request_id))


@routes.put("/data-requests/{request_id}/identity", ANSWER, DataRequestGiven)
def check_identity(request: HttpRequest, request_id: PathId, sent: IdentitySent) -> DataRequestGiven:
    """Note how it was checked who asks; before that nothing is given out or erased."""
    user = bearer(request)
    found = request_for(user, request_id)
    return given(note_identity(found.pk, sent.identity, sent.identity_note, by=user.actor))


@routes.post("/data-requests/{request_id}/extension", ANSWER, DataRequestGiven, 200)
def extend_data_request(request: HttpRequest, request_id: PathId, sent: ExtensionSent) -> DataRequestGiven:
    """Note that the customer was told, within the first month, that the answer takes two months more."""
    user = bearer(request)
    return given(extend_request(request_for(user, request_id).pk, sent.reason, by=user.actor))


@routes.post("/data-requests/{request_id}/closing", ANSWER, DataRequestGiven, 200)
def close_data_request(request: HttpRequest, request_id: PathId, sent: ClosingSent) -> DataRequestGiven:
    """Close a request with what the customer was answered."""
    user = bearer(request)
    found = request_for(user, request_id)
    return given(close_request(found.pk, is_refused=sent.is_refused, outcome=sent.outcome, by=user.actor))


@routes.post("/data-requests/{request_id}/copies", ANSWER, CopyGiven, 202)
def write_data_copy(request: HttpRequest, request_id: PathId) -> CopyGiven:
    """Ask for a copy of everything that is held about the customer; it is written in the background."""
    user = bearer(request)
    return CopyGiven.model_validate(ask_for_copy(request_for(user, request_id).pk, by=user.actor))


@routes.get("/data-requests/{request_id}/copies/{copy_id}/content", ANSWER, bytes, gives_file=True)
def get_data_copy(request: HttpRequest, request_id: PathId, copy_id: PathId) -> HttpResponseBase:
    """Fetch a copy that is ready: a ZIP with data.json, its schema, tables, a page to read, and portable records."""
    user = bearer(request)
    file = file_for(user, request_id, copy_id)
    path = path_of(file.stored_as)
    if not path.exists():
        raise Http404
    note_fetched(file, by=user.actor)
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"data-{file.request_id}-{file.asked_at:%Y-%m-%d}.zip",
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponseBase, response)


@routes.remove("/data-requests/{request_id}/copies/{copy_id}", ANSWER)
def remove_data_copy(request: HttpRequest, request_id: PathId, copy_id: PathId) -> None:
    """Take a copy away before its days are over."""
    user = bearer(request)
    remove_copy(file_for(user, request_id, copy_id), by=user.actor)


@routes.get("/data-requests/{request_id}/erasure-plan", ANSWER, ErasurePlanGiven)
def get_erasure_plan(request: HttpRequest, request_id: PathId) -> ErasurePlanGiven:
    """Read what an erasure would take away, and what stays, why and until when; nothing is done."""
    return ErasurePlanGiven.model_validate(plan_of(_erasable(request, request_id)))


@routes.post("/data-requests/{request_id}/erasure", ANSWER, ErasureGiven, 202)
def erase_person(request: HttpRequest, request_id: PathId) -> ErasureGiven:
    """Erase the person for good; it is done in the background and finishes by itself."""
    user = bearer(request)
    return erasure_given(ask_for_erasure(request_for(user, request_id).pk, by=user.actor))


@routes.get("/data-requests/{request_id}/erasure", ANSWER, ErasureGiven)
def get_erasure(request: HttpRequest, request_id: PathId) -> ErasureGiven:
    """Read how far an erasure is, and its receipt."""
    found = Erasure.objects.filter(request=request_for(bearer(request), request_id)).first()
    if found is None:
        raise Http404
    return erasure_given(found)


def _erasable(request: HttpRequest, request_id: int) -> int:
    found = request_for(bearer(request), request_id)
    if found.kind != RequestKind.ERASURE or found.customer_id is None:
        raise Http404
    return found.customer_id


def erasure_given(erasure: Erasure) -> ErasureGiven:
    return ErasureGiven(
        id=erasure.pk,
        state=Erasure.State(erasure.state),
        job_id=erasure.job_id,
        asked_at=erasure.asked_at,
        frozen_at=erasure.frozen_at,
        executed_at=erasure.executed_at,
        verified_at=erasure.verified_at,
        counts=erasure.receipt.get("counts", {}),
        stays=[one["sentence"] for one in erasure.receipt.get("stays", [])],
        mentions=[MentionGiven(**one) for one in erasure.mentions],
    )


class SchemaGiven(Given):
    """The shape of data.json, as JSON Schema."""

    document: dict[str, Any] = Field(description="The schema itself.", examples=[{"title": "AccessDocument"}])


@routes.get("/data-requests-schema", ANSWER, SchemaGiven)
def get_data_copy_schema(request: HttpRequest) -> SchemaGiven:
    """Read the shape of the document in a copy."""
    return SchemaGiven(document=schema())
