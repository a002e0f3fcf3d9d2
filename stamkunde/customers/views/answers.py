"""How the small forms of a profile answer: with their own card where the page can take it, else with a whole page."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import rights
from stamkunde.customers.actions import StaleRow
from stamkunde.customers.forms.creating import put_errors
from stamkunde.customers.models import Customer
from stamkunde.customers.queries import profile

F = TypeVar("F", bound=Form)

SECTIONS = ("contact", "addresses", "traits", "about", "consents", "relations", "custom", "files")


def is_fragment(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def version_in(request: HttpRequest) -> int:
    """Return the version that the form was filled in from; one that is no number fits nothing."""
    written = request.POST.get("version", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else -1


def section(request: HttpRequest, customer: Customer, name: str, **context: Any) -> HttpResponse:
    """Answer with one card of the profile."""
    status = context.pop("status", HTTPStatus.OK)
    return render(
        request,
        f"customers/parts/{name}.html",
        {"profile": profile(customer), "rights": rights(signed_in(request)), **context},
        status=status,
    )


def asked(
    request: HttpRequest, customer: Customer, name: str, form: Form, *, title: str, **context: Any
) -> HttpResponse:
    """Answer with a form: in its card, or as a page of its own."""
    status = context.pop("status", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    context = {"form": form, "form_title": title, "form_url": request.path, "form_section": name, **context}
    if is_fragment(request):
        # Several cards may show their form at once.
        form.auto_id = f"{name}-%s"
        first = next(iter(form.errors or form.fields), "")
        if first in form.fields:
            form.fields[first].widget.attrs["autofocus"] = True
        return section(request, customer, name, status=status, **context)
    return render(request, "customers/form.html", {"customer": customer, **context}, status=status)


def refused(
    request: HttpRequest,
    customer: Customer,
    name: str,
    form: Form,
    error: ValidationError,
    *,
    title: str,
    **context: Any,
) -> HttpResponse:
    put_errors(form, error)
    return asked(request, customer, name, form, title=title, **context)


def overtaken(
    request: HttpRequest, customer: Customer, name: str, form: Form, current: Any, *, title: str, theirs: str
) -> HttpResponse:
    """Answer that somebody else changed it meanwhile: what was typed stays, and saving again puts it over theirs."""
    if current is None:
        form.add_error(None, _("Somebody else removed this meanwhile."))
    else:
        form.add_error(None, now_says(theirs))
    version = getattr(current, "version", 0)
    return asked(request, customer, name, form, title=title, version=version, status=HTTPStatus.CONFLICT)


def now_says(theirs: str) -> str:
    return _("Somebody else changed this meanwhile. It now says: %(theirs)s. Save again to put yours in its place.") % {
        "theirs": theirs
    }


def small_form(
    request: HttpRequest,
    customer: Customer,
    name: str,
    make: Callable[..., F],
    save: Callable[[F], str],
    *,
    title: str,
    initial: Mapping[str, Any] | None = None,
    row: Any = None,
) -> HttpResponse:
    """Ask by a form, save what was written and answer: what all the small forms of a profile have in common.

    `save` calls the action and returns what to say of it; `row` is what is being changed, whose version goes along.
    """
    if request.method == "GET":
        context = {"version": row.version} if row is not None else {}
        return asked(request, customer, name, make(initial=initial), title=title, **context)
    form = make(request.POST)
    context = {"version": version_in(request)} if row is not None else {}
    if not form.is_valid():
        return asked(request, customer, name, form, title=title, **context)
    try:
        said = save(form)
    except ValidationError as error:
        return refused(request, customer, name, form, error, title=title, **context)
    except StaleRow as stale:
        return overtaken(request, customer, name, form, stale.current, title=title, theirs=str(stale.current))
    return done(request, customer, name, said)


def done(request: HttpRequest, customer: Customer, name: str, said: str, *, undo: str = "") -> HttpResponse:
    """Answer that it is done, with the card as it stands now, and a way back where there is one."""
    if is_fragment(request):
        return told(section(request, customer, name, is_done=True), said, undo=undo)
    messages.success(request, said, extra_tags=f"undo:{undo}" if undo else "")
    return redirect(customer.get_absolute_url())


def told(response: HttpResponse, said: str, *, undo: str = "") -> HttpResponse:
    """Let a fragment say something in a corner of the page."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": said, "tone": "green", **({"undo": undo} if undo else {})}})
    return response


def undo_url(customer: Customer, happening_id: int | None) -> str:
    return reverse("customers:undo", args=[customer.pk, happening_id]) if happening_id else ""
