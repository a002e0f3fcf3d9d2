"""Letters: written, printed, posted, and come back; as machines do it."""

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language
from stamkunde.conversations.access import ANSWER, PRINT, SEE, conversation_for, letter_for, print_run_for
from stamkunde.conversations.actions import (
    cancel_run,
    note_returned,
    post_letters,
    put_back,
    start_letter,
    write_letter,
)
from stamkunde.conversations.letter_files import run_file
from stamkunde.conversations.models import DispatchState, Letter, PrintRun, PrintState
from stamkunde.conversations.print_runs import content_of_letter
from stamkunde.conversations.printing import print_in_background
from stamkunde.conversations.queries.letters import PILES, Pile, in_pile, pile, visible_letters
from stamkunde.conversations.values import LetterValues
from stamkunde.customers.access import customer_for
from stamkunde.kit.api.fields import Count, Day, Given, Id, Limit, Line, Mark, PathId, QueryWord, Sent, Text, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import invalid
from stamkunde.kit.api.routes import Routes

routes = Routes("Letters", "Letters on paper: written, printed together, posted, and what came back.")
WHICH = f"Which list: {', '.join(one.value for one in PILES)}."


class LetterGiven(Given):
    """A letter, and how far it is."""

    id: int
    conversation_id: int
    said_id: int = Field(description="The message that it is, in its conversation.")
    store_id: int = Field(description="Where it is printed.")
    state: DispatchState
    address_id: int | None
    address_lines: list[str] = Field(description="As printed.", examples=[["Kari Ødegård", "Storgata 1", "0155 Oslo"]])
    language: str
    subject: str
    pages: int
    enclosed_sheets: int
    run_id: int | None = Field(description="The print run it is in.")
    printings: int = Field(description="How often it was printed.")
    posted_on: date | None
    cost: int | None = Field(description="Postage in minor units; expected before it is posted, paid afterwards.")
    currency: str
    returned_at: datetime | None
    return_reason: str


class LetterSent(Sent):
    """A letter to one of the customer's addresses."""

    text: Text = Field(examples=["Your kettle is repaired."])
    subject: Line = ""
    address_id: Id
    store_id: Id = Field(description="The store that prints it.")
    language: Language | None = Field(None, description="The customer's language if left out.")
    enclosed_sheets: Count = 0


class NewLetterSent(LetterSent):
    """A letter that begins a conversation."""

    customer_id: Id


class PrintRunGiven(Given):
    """Letters that were taken out of the queue together, as one PDF."""

    id: int
    state: PrintState
    store_id: int | None
    number: int = Field(description="How many letters were put into it.")
    sheets: int
    left_out: int = Field(0, description="How many of those asked for did not wait any more.")
    has_file: bool = Field(description="Whether its PDF can be fetched: from when it is made until all is posted.")
    made_at: datetime
    made_by: str


class PrintRunSent(Sent):
    letter_ids: list[Id] = Field(min_length=1, max_length=1_000)


class PostingSent(Sent):
    posted_on: Day | None = Field(None, description="Today if left out.", examples=["2026-11-28"])


class LetterReturnSent(Sent):
    reason: Line = Field("", description="What the post says.", examples=["Moved"])


@routes.get("/letters", PRINT, Listed[LetterGiven])
def list_letters(
    request: HttpRequest,
    list: QueryWord = query(Pile.WAITING, description=WHICH, examples=["printed"]),
    store_id: PathId | None = query(None, description="Only those that are printed there."),
    team_id: PathId | None = query(None, description="Only those of this team's conversations."),
    mark: Mark = query(""),
    limit: Limit = query(LIMIT),
) -> Listed[LetterGiven]:
    """List letters: those that wait in the order they were written, the others newest first."""
    if list not in PILES:
        raise invalid(f"Choose one of these lists: {', '.join(one.value for one in PILES)}.", "list")
    rows, page = pile(bearer(request), Pile(list), store_id=store_id, team_id=team_id, mark=mark, size=limit)
    return Listed[LetterGiven](items=[_given(row.letter, row.price, row.currency) for row in rows], **marks_of(page))


@routes.post("/letters", ANSWER, LetterGiven)
def start_letter_(request: HttpRequest, sent: NewLetterSent) -> LetterGiven:
    """Begin a conversation by a letter; it waits until somebody prints it."""
    user = bearer(request)
    try:
        customer = customer_for(user, sent.customer_id)
    except Http404 as error:
        raise invalid("There is no customer with this number.", "customer_id") from error
    message = start_letter(customer.pk, _values(sent), by=user.actor)
    return _again(request, Letter.objects.get(message=message).pk)


@routes.get("/letters/{letter_id}", SEE, LetterGiven)
def get_letter(request: HttpRequest, letter_id: PathId) -> LetterGiven:
    """Read one letter."""
    return _again(request, letter_id)


@routes.get("/letters/{letter_id}/content", SEE, bytes, gives_file=True)
def get_letter_content(request: HttpRequest, letter_id: PathId) -> HttpResponseBase:
    """Fetch one letter as PDF, to be looked at."""
    found = letter_for(bearer(request), letter_id)
    response = HttpResponse(content_of_letter(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{found.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@routes.post("/conversations/{conversation_id}/letters", ANSWER, LetterGiven)
def write_letter_(request: HttpRequest, conversation_id: PathId, sent: LetterSent) -> LetterGiven:
    """Write a letter in a conversation; it waits until somebody prints it."""
    user = bearer(request)
    message = write_letter(conversation_for(user, conversation_id), _values(sent), by=user.actor)
    return _again(request, Letter.objects.get(message=message).pk)


@routes.post("/letters/{letter_id}/posting", PRINT, LetterGiven, 200)
def post_letter(request: HttpRequest, letter_id: PathId, sent: PostingSent) -> LetterGiven:
    """Say on which day a printed letter was posted; what it cost is written down as postage is now."""
    user = bearer(request)
    post_letters([letter_for(user, letter_id)], sent.posted_on, by=user.actor)
    return _again(request, letter_id)


@routes.post("/letters/{letter_id}/reprinting", PRINT, LetterGiven, 200)
def reprint_letter(request: HttpRequest, letter_id: PathId) -> LetterGiven:
    """Let a printed letter wait again: the printer ate it."""
    user = bearer(request)
    put_back([letter_for(user, letter_id)], by=user.actor)
    return _again(request, letter_id)


@routes.post("/letters/{letter_id}/return", PRINT, LetterGiven, 200)
def return_letter(request: HttpRequest, letter_id: PathId, sent: LetterReturnSent) -> LetterGiven:
    """Note that a letter came back: its address is offered no more."""
    user = bearer(request)
    note_returned(letter_for(user, letter_id), sent.reason, by=user.actor)
    return _again(request, letter_id)


@routes.post("/print-runs", PRINT, PrintRunGiven)
def print_letters_(request: HttpRequest, sent: PrintRunSent) -> PrintRunGiven:
    """Take letters out of the queue and make them one PDF, in the background.

    Of two who print the same letters at once each letter is in one run only; how many were left out is said.
    """
    user = bearer(request)
    found = visible_letters(user).filter(pk__in=sent.letter_ids).values_list("pk", flat=True)
    taken = print_in_background(list(found), by=user.actor)
    return _run_given(taken.run, taken.left_out)


@routes.get("/print-runs/{print_run_id}", PRINT, PrintRunGiven)
def get_print_run(request: HttpRequest, print_run_id: PathId) -> PrintRunGiven:
    """Read how far a print run is."""
    return _run_given(print_run_for(bearer(request), print_run_id))


@routes.get("/print-runs/{print_run_id}/content", PRINT, bytes, gives_file=True)
def get_print_run_content(request: HttpRequest, print_run_id: PathId) -> HttpResponseBase:
    """Fetch the PDF of a print run, as long as its letters are not all posted."""
    return run_file(print_run_for(bearer(request), print_run_id))


@routes.post("/print-runs/{print_run_id}/posting", PRINT, PrintRunGiven, 200)
def post_print_run(request: HttpRequest, print_run_id: PathId, sent: PostingSent) -> PrintRunGiven:
    """Say on which day all letters of a run were posted."""
    user = bearer(request)
    run = print_run_for(user, print_run_id)
    post_letters(list(run.letters.all()), sent.posted_on, by=user.actor)
    return _run_given(print_run_for(user, print_run_id))


@routes.post("/print-runs/{print_run_id}/cancellation", PRINT, PrintRunGiven, 200)
def cancel_print_run(request: HttpRequest, print_run_id: PathId) -> PrintRunGiven:
    """Give a run up: its letters that were not posted wait to be printed again."""
    user = bearer(request)
    cancel_run(print_run_for(user, print_run_id), by=user.actor)
    return _run_given(PrintRun.objects.get(pk=print_run_id))


def _values(sent: LetterSent) -> LetterValues:
    return LetterValues(
        text=sent.text,
        subject=sent.subject,
        address_id=sent.address_id,
        store_id=sent.store_id,
        language=sent.language or "",
        enclosed_sheets=sent.enclosed_sheets,
    )


def _again(request: HttpRequest, letter_id: int) -> LetterGiven:
    row = in_pile([letter_for(bearer(request), letter_id)])[0]
    return _given(row.letter, row.price, row.currency)


def _given(letter: Letter, price: int | None, currency: str) -> LetterGiven:
    return LetterGiven(
        id=letter.pk,
        conversation_id=letter.message.conversation_id,
        said_id=letter.message_id,
        store_id=letter.store_id,
        state=DispatchState(letter.message.dispatch.state),
        address_id=letter.address_id,
        address_lines=[str(line) for line in letter.address_lines],
        language=letter.language,
        subject=letter.message.subject,
        pages=letter.pages,
        enclosed_sheets=letter.enclosed_sheets,
        run_id=letter.run_id,
        printings=letter.printings,
        posted_on=letter.posted_on,
        cost=price,
        currency=currency,
        returned_at=letter.returned_at,
        return_reason=letter.return_reason,
    )


def _run_given(run: PrintRun, left_out: int = 0) -> PrintRunGiven:
    return PrintRunGiven(
        id=run.pk,
        state=PrintState(run.state),
        store_id=run.store_id,
        number=run.number,
        sheets=run.sheets,
        left_out=left_out,
        has_file=bool(run.digest),
        made_at=run.made_at,
        made_by=run.made_by,
    )
