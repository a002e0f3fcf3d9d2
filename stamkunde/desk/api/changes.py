"""Changes of many customers at once: asked for, followed, stopped and taken back."""

from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, QueryDict
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import User
from stamkunde.customers.access import SEE, visible_customers
from stamkunde.customers.models import CustomField
from stamkunde.desk.access import CHANGE_MANY, change_for, visible_changes
from stamkunde.desk.actions import DeskError
from stamkunde.desk.actions.asking import ask_for_change, ask_for_undo
from stamkunde.desk.actions.bulk import settle_with_job
from stamkunde.desk.api.lists import ConditionSent, pairs_of
from stamkunde.desk.api.saved_views import state_of
from stamkunde.desk.bulk_forms import FORMS
from stamkunde.desk.bulk_kinds import BULK_KINDS
from stamkunde.desk.bulk_words import said
from stamkunde.desk.models import BulkChange, ChangeState
from stamkunde.desk.queries import changed_in_words
from stamkunde.desk.selecting import everybody_in, ticked
from stamkunde.jobs.actions import cancel_job
from stamkunde.kit.api.fields import Day, Flag, Given, Id, Limit, Line, Mark, PathId, Sent, Text, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.filtering import MOST_CONDITIONS
from stamkunde.kit.paging import Order, page
from stamkunde.kit.selections import Selection, SelectionError, exporter_for

routes = Routes("Changes of many", "Something done with many customers at once, and taken back.")

MOST_NUMBERS = 5_000
EXPORT = "export"


class ChangeKind(StrEnum):
    NOTE = "note"
    PUT_OFF = "put_off"
    STORE = "store"
    LANGUAGE = "language"
    OWN_FIELD = "own_field"
    TRASH = "trash"


class Whom(Sent):
    """Who is meant: some by their numbers, or everybody whom a list shows."""

    customer_ids: list[Id] | None = Field(
        None, description=f"Some customers, {MOST_NUMBERS} at most; more go as a list.", examples=[[4711, 4712]]
    )
    everybody: Flag = Field(False, description="Everybody whom the filters let through; needs `desk.change_many`.")
    filters: list[ConditionSent] = Field(default=[], max_length=MOST_CONDITIONS, examples=[[]])
    sort: Word = Field("name", description="An order by a figure leaves out those who have none.")


class ChangeSent(Whom):
    """What is to be done with whom; which of the values is needed, the kind says."""

    kind: ChangeKind = Field(examples=["language"])
    text: Text | None = Field(None, description="The words of a note.", examples=[None])
    until: Day | None = Field(None, description="Until when getting in touch is put off.", examples=[None])
    store_id: Id | None = Field(None, description="The usual store.", examples=[None])
    language: Word | None = Field(None, description="The language.", examples=["nb"])
    field: Word | None = Field(None, description="The key of one of the shop's own fields.", examples=[None])
    value: Line | None = Field(None, description="What the own field is filled with; empty empties it.")


class SelectionSent(Whom):
    """Whose records a file shall hold, and why it is written."""

    format: Word = Field(examples=["csv"])
    reason: Line = Field(description="Kept with the export, for files leave the house.", examples=["Letters in June"])


class ChangeGiven(Given):
    """A change of many customers, and how far it is."""

    id: int
    kind: ChangeKind
    said: str = Field(description="What is done, in the language asked for.", examples=["Set the language: Svenska"])
    outcome: str = Field(description="What came of it so far, in the language asked for.")
    state: ChangeState
    total: int = Field(description="How many are meant; it grows while they are being written down.")
    done: int = Field(description="How many of them are through.")
    changed: int = Field(description="How many were changed; the others were so already.")
    taken_back: int
    asked_at: datetime
    may_be_undone: bool


class ExportAsked(Given):
    """A file that is being written; its number is that of an export."""

    export_id: int


@said_as(DeskError)
def _refused(error: DeskError) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "not_possible_now", str(error))


@said_as(SelectionError)
def _unknown_selection(error: SelectionError) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "not_possible_now", str(error))


@routes.get("/customers/changes", SEE, Listed[ChangeGiven])
def list_changes(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[ChangeGiven]:
    """List changes of many customers, the newest first; those older than thirty days are gone."""
    rows = page(visible_changes(bearer(request)), Order("pk"), mark=mark, size=limit)
    return Listed[ChangeGiven](items=[_change(change) for change in rows.rows], **marks_of(rows))


@routes.post("/customers/changes", SEE, ChangeGiven, 202)
def ask_for_change_(request: HttpRequest, sent: ChangeSent) -> ChangeGiven:
    """Change many customers at once.

    Up to 200 named by their numbers are changed before the answer comes; more, and everybody of a list, by work in the
    background. Who that is, is settled when it begins. It can be stopped, and taken back for thirty days. Besides
    what the kind needs, changing everybody of a list needs `desk.change_many`.
    """
    user = bearer(request)
    kind = BULK_KINDS[sent.kind.value]
    if not user.may(kind.permission):
        raise PermissionDenied
    selection, values = _selection(sent, user), _values(sent)
    return _change(ask_for_change(kind.name, values, selection, back="", user=user))


@routes.get("/customers/changes/{change_id}", SEE, ChangeGiven)
def get_change(request: HttpRequest, change_id: PathId) -> ChangeGiven:
    """Read how far a change of many customers is."""
    return _change(settle_with_job(change_for(bearer(request), change_id)))


@routes.post("/customers/changes/{change_id}/cancellation", SEE, ChangeGiven, 200)
def cancel_change(request: HttpRequest, change_id: PathId) -> ChangeGiven:
    """Stop a change where it is; what is done so far can be taken back."""
    user = bearer(request)
    change = settle_with_job(change_for(user, change_id))
    if change.is_busy and change.job_id:
        cancel_job(change.job_id, by=user.actor)
    return _change(settle_with_job(change_for(user, change_id)))


@routes.post("/customers/changes/{change_id}/undoings", SEE, ChangeGiven, 202)
def undo_change(request: HttpRequest, change_id: PathId) -> ChangeGiven:
    """Take a change back; whoever was touched since stays as they are."""
    user = bearer(request)
    change = settle_with_job(change_for(user, change_id))
    if not user.may(BULK_KINDS[change.kind].permission):
        raise PermissionDenied
    return _change(ask_for_undo(change, user=user))


@routes.post("/customers/exports", SEE, ExportAsked, 202)
def export_selection(request: HttpRequest, sent: SelectionSent) -> ExportAsked:
    """Ask for a file with some customers, or everybody of a list; needs `exchange.export` too."""
    user = bearer(request)
    exporter = exporter_for(user)
    if exporter is None:
        raise PermissionDenied
    selection = _selection(sent, user, is_change=False)
    values = _checked(EXPORT, {"form": sent.format, "reason": sent.reason}, {"form": "format"})
    made: Any = exporter.ask(**values, selection=selection, owner=user, by=user.actor)
    return ExportAsked(export_id=made.pk)


def _selection(sent: Whom, user: User, *, is_change: bool = True) -> Selection:
    if (sent.customer_ids is None) == (not sent.everybody):
        raise invalid("Name customers by their numbers, or say everybody; not both.", "customer_ids")
    if sent.customer_ids is None:
        if is_change and not user.may(CHANGE_MANY.name):
            raise PermissionDenied
        return everybody_in(state_of(pairs_of(sent.filters), sent.sort, user))
    if len(sent.customer_ids) > MOST_NUMBERS:
        detail = f"Name {MOST_NUMBERS} customers at most; more go as everybody of a list."
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
    here = set(visible_customers(user).filter(pk__in=sent.customer_ids).values_list("pk", flat=True))
    missing = [place for place, number in enumerate(sent.customer_ids) if number not in here]
    if missing or not here:
        raise invalid("There is no such customer.", f"customer_ids.{missing[0]}" if missing else "customer_ids")
    return ticked(sorted(here))


def _values(sent: ChangeSent) -> dict[str, Any]:
    """Return what the change keeps, checked by the very form that people fill in."""
    match sent.kind:
        case ChangeKind.NOTE:
            return _checked("note", {"text": sent.text})
        case ChangeKind.PUT_OFF:
            return _checked("put_off", {"until": sent.until})
        case ChangeKind.STORE:
            return _checked("store", {"value": sent.store_id}, {"value": "store_id"})
        case ChangeKind.LANGUAGE:
            return _checked("language", {"value": sent.language}, {"value": "language"})
        case ChangeKind.OWN_FIELD:
            own = CustomField.objects.shown().filter(key=sent.field or "").first()
            if own is None:
                raise invalid("There is no such field.", "field")
            return _checked("own_field", {"field": own.pk, "value": sent.value or ""})
        case ChangeKind.TRASH:
            return {}


def _checked(name: str, values: dict[str, Any], fields: dict[str, str] | None = None) -> dict[str, Any]:
    filled = QueryDict(mutable=True)
    for key, value in values.items():
        if value is not None:
            filled[key] = value.isoformat() if isinstance(value, date) else str(value)
    form = FORMS[name](filled)
    if not form.is_valid():
        own = fields or {}
        raise ValidationError({own.get(field, field): errors for field, errors in form.errors.as_data().items()})
    return form.values()


def _change(change: BulkChange) -> ChangeGiven:
    return ChangeGiven(
        id=change.pk,
        kind=ChangeKind(change.kind),
        said=said(change.kind, change.values),
        outcome=changed_in_words(change),
        state=ChangeState(change.state),
        total=change.total,
        done=change.done,
        changed=change.changed,
        taken_back=change.taken_back,
        asked_at=change.asked_at,
        may_be_undone=change.may_be_undone,
    )
