"""Notes about a customer, and the files kept with them."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers import files
from stamkunde.customers.access import NOTE, SEE, customer_for, file_for, note_for
from stamkunde.customers.actions import (
    add_file,
    change_note,
    pin_note,
    remove_file,
    remove_note,
    restore_file,
    restore_note,
    unpin_note,
    write_note,
)
from stamkunde.customers.api.sent import NoteSent
from stamkunde.customers.models import Note, StoredFile
from stamkunde.kit.api.fields import Given, Limit, Mark, PathId, QueryText, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.paging import Order, instant, page

routes = Routes("Notes and files", "What staff wrote down about a customer, and the files kept with them.")


class NoteGiven(Given):
    """A remark about a customer."""

    id: int
    text: str
    is_pinned: bool = Field(description="It stands at the top of the timeline.")
    written_by: str
    written_at: datetime
    changed_at: datetime | None
    version: int


class FileGiven(Given):
    """A file kept with a customer."""

    id: int
    name: str
    content_type: str = Field(description="What its first bytes look like.", examples=["application/pdf"])
    size: int = Field(description="In bytes.")
    digest: str = Field(description="SHA-256 of its bytes.")
    added_by: str
    added_at: datetime


class Files(Given):
    items: list[FileGiven]


@routes.get("/customers/{customer_id}/notes", SEE, Listed[NoteGiven])
def list_notes(
    request: HttpRequest,
    customer_id: PathId,
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[NoteGiven]:
    """List the notes about a customer, the newest first."""
    notes = Note.objects.filter(customer=customer_for(bearer(request), customer_id), trashed_at=None)
    rows = page(notes, Order("written_at"), mark=mark, size=limit, parse=instant)
    return Listed[NoteGiven](items=[NoteGiven.model_validate(note) for note in rows.rows], **marks_of(rows))


@routes.post("/customers/{customer_id}/notes", NOTE, NoteGiven)
def write_note_(request: HttpRequest, customer_id: PathId, sent: NoteSent) -> NoteGiven:
    """Write a note about a customer."""
    user = bearer(request)
    note = write_note(customer_for(user, customer_id).pk, sent.text, by=user.actor)
    return _given(request, note)


@routes.put("/customers/{customer_id}/notes/{note_id}", NOTE, NoteGiven)
def change_note_(request: HttpRequest, customer_id: PathId, note_id: PathId, sent: NoteSent) -> NoteGiven:
    """Change a note; what it said before stays on the timeline."""
    note = _note(request, customer_id, note_id)
    seen = seen_version(request, note.version)
    return _given(request, change_note(note, sent.text, version=seen, by=bearer(request).actor))


@routes.put("/customers/{customer_id}/notes/{note_id}/pin", NOTE, NoteGiven)
def pin_note_(request: HttpRequest, customer_id: PathId, note_id: PathId) -> NoteGiven:
    """Pin a note to the top of the timeline."""
    pin_note(_note(request, customer_id, note_id), by=bearer(request).actor)
    return _given(request, _note(request, customer_id, note_id))


@routes.remove("/customers/{customer_id}/notes/{note_id}/pin", NOTE)
def unpin_note_(request: HttpRequest, customer_id: PathId, note_id: PathId) -> None:
    """Take the pin out of a note."""
    unpin_note(_note(request, customer_id, note_id), by=bearer(request).actor)


@routes.remove("/customers/{customer_id}/notes/{note_id}", NOTE)
def remove_note_(request: HttpRequest, customer_id: PathId, note_id: PathId) -> None:
    """Put a note in the trash for thirty days."""
    remove_note(_note(request, customer_id, note_id), by=bearer(request).actor)


@routes.post("/customers/{customer_id}/notes/{note_id}/restoration", NOTE, NoteGiven, 200)
def restore_note_(request: HttpRequest, customer_id: PathId, note_id: PathId) -> NoteGiven:
    """Take a note back from the trash."""
    user = bearer(request)
    restore_note(note_for(user, customer_id, note_id), by=user.actor)
    return _given(request, _note(request, customer_id, note_id))


@routes.get("/customers/{customer_id}/files", SEE, Files)
def list_files(request: HttpRequest, customer_id: PathId) -> Files:
    """List the files kept with a customer, the newest first."""
    customer = customer_for(bearer(request), customer_id)
    kept = StoredFile.objects.filter(customer=customer, trashed_at=None)[:500]
    return Files(items=[FileGiven.model_validate(stored) for stored in kept])


@routes.post("/customers/{customer_id}/files", NOTE, FileGiven, takes_file=True)
def add_file_(
    request: HttpRequest,
    customer_id: PathId,
    name: QueryText = query(..., description="What it is called.", min_length=1, examples=["receipt.pdf"]),
) -> FileGiven:
    """Keep a file with a customer.

    The body is the file itself, whatever it is; it is only ever handed out as a download.
    """
    user = bearer(request)
    customer = customer_for(user, customer_id)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isascii() and announced.isdecimal() and int(announced[:18]) > files.limit_in_bytes():
        raise Problem(413, "too_large", " ".join(files.too_large().messages))
    with files.staged(_blocks(request)) as staged:
        return FileGiven.model_validate(add_file(customer.pk, staged, name, by=user.actor))


@routes.get("/customers/{customer_id}/files/{file_id}/content", SEE, bytes, gives_file=True)
def get_file(request: HttpRequest, customer_id: PathId, file_id: PathId) -> HttpResponseBase:
    """Fetch a file as it was kept."""
    stored = _file(request, customer_id, file_id)
    try:
        content = files.opened(stored.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=stored.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponseBase, response)


@routes.remove("/customers/{customer_id}/files/{file_id}", NOTE)
def remove_file_(request: HttpRequest, customer_id: PathId, file_id: PathId) -> None:
    """Put a file in the trash for thirty days."""
    remove_file(_file(request, customer_id, file_id), by=bearer(request).actor)


@routes.post("/customers/{customer_id}/files/{file_id}/restoration", NOTE, FileGiven, 200)
def restore_file_(request: HttpRequest, customer_id: PathId, file_id: PathId) -> FileGiven:
    """Take a file back from the trash."""
    user = bearer(request)
    restore_file(file_for(user, customer_id, file_id), by=user.actor)
    return FileGiven.model_validate(_file(request, customer_id, file_id))


def _note(request: HttpRequest, customer_id: int, note_id: int) -> Note:
    """Return a note that is not in the trash: one that is cannot be changed until it is back."""
    note = note_for(bearer(request), customer_id, note_id)
    if note.trashed_at is not None:
        raise Http404
    return note


def _given(request: HttpRequest, note: Note) -> NoteGiven:
    versioned(request, note.version)
    return NoteGiven.model_validate(note)


def _file(request: HttpRequest, customer_id: int, file_id: int) -> StoredFile:
    stored = file_for(bearer(request), customer_id, file_id)
    if stored.trashed_at is not None:
        raise Http404
    return stored


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(1 << 20):
        yield block
