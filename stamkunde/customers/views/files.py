"""Files kept with a customer. They are only ever handed out as downloads, whatever is in them."""

from http import HTTPStatus
from typing import cast

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers import actions, files
from stamkunde.customers.access import NOTE, SEE, customer_for, file_for
from stamkunde.customers.forms.creating import put_errors
from stamkunde.customers.forms.profile import FileForm
from stamkunde.customers.views.answers import asked, done, refused
from stamkunde.kit.policy import requires

# What a form needs around the file itself.
_ALLOWANCE = 64 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
@requires(NOTE.name)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a file; one that is too large is refused before its bytes are read, hence the check of forgery afterwards."""
    if request.method == "POST" and _announced(request) > files.limit_in_bytes() + _ALLOWANCE:
        return _too_large(request, pk)
    return _add(request, pk)


@csrf_protect
def _add(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk)
    title = _("New file")
    if request.method == "GET":
        return asked(request, customer, "files", FileForm(), title=title, is_upload=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return asked(request, customer, "files", form, title=title, is_upload=True)
    uploaded = form.cleaned_data["file"]
    try:
        with files.staged(uploaded.chunks()) as staged:
            stored = actions.add_file(pk, staged, uploaded.name or "", by=user.actor)
    except ValidationError as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if uploaded.size and uploaded.size > files.limit_in_bytes():
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return refused(request, customer, "files", form, error, title=title, is_upload=True, status=status)
    return done(request, customer, "files", _("%(name)s was added.") % {"name": stored.name})


def _announced(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0


def _too_large(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_for(signed_in(request), pk)
    form = FileForm({})
    form.errors.clear()
    put_errors(form, files.too_large())
    return asked(
        request,
        customer,
        "files",
        form,
        title=_("New file"),
        is_upload=True,
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


@require_GET
@requires(SEE.name)
def download(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Hand a file out under its own name: never shown in the page, never run."""
    stored = file_for(signed_in(request), pk, file_pk)
    if stored.trashed_at is not None:
        raise Http404
    try:
        content = files.opened(stored.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=stored.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponse, response)


@require_POST
@requires(NOTE.name)
def remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, stored = customer_for(user, pk), file_for(user, pk, file_pk)
    actions.remove_file(stored, by=user.actor)
    undo = reverse("customers:restore_file", args=[pk, file_pk])
    return done(request, customer, "files", _("%(name)s was removed.") % {"name": stored.name}, undo=undo)


@require_POST
@requires(NOTE.name)
def restore(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, stored = customer_for(user, pk), file_for(user, pk, file_pk)
    actions.restore_file(stored, by=user.actor)
    return done(request, customer, "files", _("%(name)s is back.") % {"name": stored.name})
