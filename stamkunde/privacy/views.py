"""Pages about what people ask about their data: the list with its clocks, one request, and the copy."""

import zipfile
from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.customers.access import customer_for
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.privacy.access import ANSWER, file_for, request_for, visible_requests
from stamkunde.privacy.actions.asking import ask_for_copy, ask_for_erasure
from stamkunde.privacy.actions.copies import note_fetched, path_of, remove_copy
from stamkunde.privacy.actions.requests import (
    close_request,
    extend_request,
    note_identity,
    receive_request,
    today,
)
from stamkunde.privacy.forms import ClosingForm, ExtensionForm, IdentityForm, RequestForm, add_refusal, initial_of
from stamkunde.privacy.models import AccessFile, DataRequest, RequestKind
from stamkunde.privacy.packing import LETTER
from stamkunde.privacy.planning import plan_of
from stamkunde.privacy.queries import closed_requests, copies_of, erasure_of, open_requests, requests_of, row_of
from stamkunde.privacy.refusals import RequestRefused

LIST = "/privacy/requests/"
_STEPS: dict[str, type[Form]] = {"identity": IdentityForm, "extension": ExtensionForm, "closing": ClosingForm}
_READING = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@requires(ANSWER.name)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """List what is open by when it is due, or what is closed."""
    user = signed_in(request)
    shows_closed = request.GET.get("state") == "closed"
    listed = closed_requests if shows_closed else open_requests
    try:
        rows, page = listed(visible_requests(user), request.GET.get("page", ""), today())
    except CursorError as error:
        raise Http404 from error
    return render(request, "privacy/requests.html", {"rows": rows, "page": page, "shows_closed": shows_closed})


@requires(ANSWER.name)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_requests(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a customer has asked about their data, and take in what they ask now."""
    user = signed_in(request)
    customer = customer_for(user, pk, or_trashed=True, or_restricted=True)
    form = RequestForm(request.POST or None, initial=initial_of(customer.language or the_shop().language, today()))
    if request.method == "POST" and form.is_valid():
        try:
            made = receive_request(customer, form.values(), by=user.actor)
        except RequestRefused as refusal:
            add_refusal(form, refusal.sentence, refusal.field)
        else:
            messages.success(request, _("The request was taken in. The clock runs."))
            return redirect(made)
    context = {
        "customer": customer,
        "form": form,
        "rows": requests_of(visible_requests(user), pk, today()),
        "crumbs": [(_("Customers"), "/customers/"), (customer.name, customer.get_absolute_url()), (_("Requests"), "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "privacy/customer_requests.html", context, status=status)


@requires(ANSWER.name)
@require_GET
def data_request(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, request_for(signed_in(request), pk))


def _shown(request: HttpRequest, found: DataRequest, sent: Form | None = None) -> HttpResponse:
    """Show a request with the forms of its steps; the one that was sent as it came, with what is wrong in it."""
    name = found.customer.name if found.customer else _("Erased")
    context = {
        "found": found,
        "row": row_of(found, today()),
        "is_access": found.kind == RequestKind.ACCESS,
        "copies": copies_of(found),
        "erasure": erasure_of(found),
        **{step: sent if isinstance(sent, form) else form() for step, form in _STEPS.items()},
        "crumbs": [(_("Requests about data"), LIST), (name, "")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sent is not None and sent.errors else HTTPStatus.OK
    return render(request, "privacy/request.html", context, status=status)


@requires(ANSWER.name)
@require_POST
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    return _stepped(request, pk, "identity", note_identity, said=_("It is noted how it was checked who asks."))


@requires(ANSWER.name)
@require_POST
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    return _stepped(request, pk, "extension", extend_request, said=_("The answer is now due two months later."))


@requires(ANSWER.name)
@require_POST
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    return _stepped(request, pk, "closing", close_request, said=_("The request is closed."), then=LIST)


def _stepped(
    request: HttpRequest, pk: int, step: str, act: Callable[..., DataRequest], *, said: str, then: str = ""
) -> HttpResponse:
    """Hand a step's form to its action, whose keywords are the form's fields; say what was done, or what is wrong."""
    user = signed_in(request)
    found = request_for(user, pk)
    form = _STEPS[step](request.POST)
    if form.is_valid():
        try:
            act(pk, **form.cleaned_data, by=user.actor)
        except RequestRefused as refusal:
            add_refusal(form, refusal.sentence, refusal.field)
        else:
            messages.success(request, said)
            return redirect(then or found)
    return _shown(request, found, form)


@requires(ANSWER.name)
@asks_again
@require_POST
def copies(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a copy; it is written in the background."""
    user = signed_in(request)
    found = request_for(user, pk)
    try:
        ask_for_copy(pk, by=user.actor)
    except RequestRefused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("The copy is being written. It will stand here when it is ready."))
    return redirect(found)


@requires(ANSWER.name)
@asks_again
@require_GET
def copy_content(request: HttpRequest, pk: int, file_pk: int) -> FileResponse:
    """Fetch the package, to be handed over."""
    user = signed_in(request)
    file = file_for(user, pk, file_pk)
    path = path_of(file.stored_as)
    if not path.exists():
        raise Http404
    note_fetched(file, by=user.actor)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name_of(file), content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


@requires(ANSWER.name)
@asks_again
@require_GET
def copy_reading(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Show the part for people, to be read or printed."""
    user = signed_in(request)
    file = file_for(user, pk, file_pk)
    try:
        with zipfile.ZipFile(path_of(file.stored_as)) as package:
            letter = package.read(LETTER)
    except FileNotFoundError as error:
        raise Http404 from error
    note_fetched(file, by=user.actor)
    response = HttpResponse(letter, content_type="text/html; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _READING
    return response


@requires(ANSWER.name)
@require_POST
def copy_removal(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    user = signed_in(request)
    remove_copy(file_for(user, pk, file_pk), by=user.actor)
    messages.success(request, _("The file was removed."))
    return redirect("privacy:request", pk)


@requires(ANSWER.name)
@asks_again
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what goes, what stays, why and until when; and erase."""
    user = signed_in(request)
    found = request_for(user, pk)
    if found.kind != RequestKind.ERASURE or found.customer is None:
        raise Http404
    if request.method == "POST":
        try:
            ask_for_erasure(pk, by=user.actor)
        except RequestRefused as refusal:
            messages.warning(request, refusal.sentence)
        else:
            messages.success(request, _("The person is being erased. It finishes by itself."))
        return redirect(found)
    context = {
        "found": found,
        "customer": found.customer,
        "plan": plan_of(found.customer.pk),
        "crumbs": [
            (_("Requests about data"), LIST),
            (found.customer.name, found.get_absolute_url()),
            (_("Erase"), ""),
        ],
    }
    return render(request, "privacy/erasure.html", context)


def name_of(file: AccessFile) -> str:
    return f"data-{file.request_id}-{file.asked_at:%Y-%m-%d}.zip"
