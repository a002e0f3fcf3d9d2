"""Correcting a note. Writing, pinning and removing notes belongs to the timeline they stand on."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import NOTE, customer_for, note_for
from stamkunde.customers.actions import StaleRow, change_note
from stamkunde.customers.forms.creating import put_errors
from stamkunde.customers.forms.profile import NoteForm
from stamkunde.customers.models import Customer, Note
from stamkunde.customers.views.answers import now_says, version_in
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(NOTE.name)
def note(request: HttpRequest, pk: int, note_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, written = customer_for(user, pk), note_for(user, pk, note_pk)
    if written.trashed_at is not None:
        raise Http404
    if request.method == "GET":
        return _page(request, customer, NoteForm(initial={"text": written.text}), written.version)
    form = NoteForm(request.POST)
    version = version_in(request)
    if not form.is_valid():
        return _page(request, customer, form, version, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        change_note(written, form.cleaned_data["text"], version=version, by=user.actor)
    except ValidationError as error:
        put_errors(form, error)
        return _page(request, customer, form, version, HTTPStatus.UNPROCESSABLE_ENTITY)
    except StaleRow as stale:
        theirs = stale.current if isinstance(stale.current, Note) else written
        form.add_error(None, now_says(theirs.text))
        return _page(request, customer, form, theirs.version, HTTPStatus.CONFLICT)
    messages.success(request, _("Saved."))
    return redirect(customer.get_absolute_url())


def _page(
    request: HttpRequest, customer: Customer, form: NoteForm, version: int, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "customer": customer,
        "form": form,
        "form_url": request.path,
        "form_title": _("Change the note"),
        "version": version,
    }
    return render(request, "customers/form.html", context, status=status)
