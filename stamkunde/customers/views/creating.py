"""A new customer, with those who may be the same person shown while one types."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import CREATE, NOTE
from stamkunde.customers.actions import create_customer, write_note
from stamkunde.customers.forms.creating import NewCustomerForm
from stamkunde.customers.models import Customer
from stamkunde.customers.queries import LikelyDuplicate, likely_duplicates
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(CREATE.name)
def new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "GET":
        # The search box and the palette hand over what was typed.
        typed = NewCustomerForm({"name": request.GET.get("name", "").replace("\0", "")[:400]}, user=user)
        begun = {box: typed[box].value() or "" for box in ("name", "phone", "email")}
        alike = _alike(typed) if any(begun.values()) else []
        return _page(request, NewCustomerForm(user=user, initial=begun), alike)
    form = NewCustomerForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, form, _alike(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        customer = _create(form, request)
    except ValidationError as error:
        form.refuse(error)
        return _page(request, form, _alike(form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("%(name)s is now among your customers.") % {"name": customer.name})
    return redirect("customers:new" if "another" in request.POST else customer.get_absolute_url())


def _create(form: NewCustomerForm, request: HttpRequest) -> Customer:
    user = signed_in(request)
    note = form.cleaned_data["note"]
    with transaction.atomic():
        customer = create_customer(form.values(), by=user.actor)
        if note.strip() and user.may(NOTE.name):
            write_note(customer.pk, note, by=user.actor)
    return customer


def _page(
    request: HttpRequest, form: NewCustomerForm, alike: list[LikelyDuplicate], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    crumbs = [(_("Customers"), "/customers/"), (_("New customer"), "")]
    context = {"form": form, "crumbs": crumbs, "duplicates": alike}
    return render(request, "customers/new.html", context, status=status)


@require_GET
@requires(CREATE.name)
def likely(request: HttpRequest) -> HttpResponse:
    """Show who is perhaps here already, under the form."""
    form = NewCustomerForm(request.GET, user=signed_in(request))
    return render(request, "customers/parts/likely.html", {"duplicates": _alike(form)})


def _alike(form: NewCustomerForm) -> list[LikelyDuplicate]:
    # Half-written boxes are no obstacle: whatever can be read already is looked up.
    form.is_valid()
    return likely_duplicates(form.values())
