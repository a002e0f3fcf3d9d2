"""Whose data may only be stored: restricting, what is stored, lifting it; and objections to marketing."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import (
    CHANGE,
    RESTRICT,
    CustomerRestricted,
    customer_for,
    restricted_customer_for,
    restricted_customers,
)
from stamkunde.customers.actions import lift_restriction, record_lookup, record_objection, restrict_customer
from stamkunde.customers.forms.restricting import LiftingForm, ObjectionForm, RestrictionForm
from stamkunde.customers.models import Customer, LookUpPurpose, RestrictionGround
from stamkunde.customers.queries.restricted import restricted_page, restrictions_of, stored_of
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires


@requires(RESTRICT.name)
@require_safe
def restricted(request: HttpRequest) -> HttpResponse:
    try:
        rows = restricted_page(restricted_customers(signed_in(request)), request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    people = [(one, shown.instant(one.restricted_at)) for one in rows.rows if one.restricted_at]
    return render(request, "customers/restricted.html", {"people": people, "rows": rows})


@requires(RESTRICT.name)
@require_http_methods(["GET", "POST"])
def restriction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form to restrict somebody, or what is stored of somebody who is restricted."""
    user = signed_in(request)
    try:
        customer = customer_for(user, pk, or_trashed=True)
    except CustomerRestricted:
        return _stored(request, restricted_customer_for(user, pk), LiftingForm())
    form = RestrictionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ground = RestrictionGround(form.cleaned_data["ground"])
        try:
            restrict_customer(pk, ground, reason=form.cleaned_data["reason"], by=user.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("From now on this customer's data may only be stored."))
            return redirect("customers:restriction", pk=pk)
    crumbs = [(_("Customers"), "/customers/"), (customer.name, customer.get_absolute_url())]
    context = {"form": form, "customer": customer, "past": restrictions_of(customer), "crumbs": crumbs}
    return render(request, "customers/restriction.html", context, status=422 if form.errors else 200)


@requires(RESTRICT.name)
@require_POST
def lifting(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = restricted_customer_for(user, pk)
    form = LiftingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            lift_restriction(pk, because=given["because"], told_how=given["told_how"], by=user.actor)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("This customer's data may be used again."))
            return redirect(customer.get_absolute_url())
    return _stored(request, customer, form)


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that somebody objects to marketing: nothing is weighed, and it counts at once."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            record_objection(
                pk, only_profiling=given["against"] == "profiling", evidence=given["evidence"], by=user.actor
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The objection is recorded and counts from now on."))
            return redirect("customers:consent_answers", pk=pk)
    crumbs = [
        (_("Customers"), "/customers/"),
        (customer.name, customer.get_absolute_url()),
        (_("Consents"), address("customers:consent_answers", pk)),
    ]
    context = {"form": form, "customer": customer, "crumbs": crumbs}
    return render(request, "customers/objection.html", context, status=422 if form.errors else 200)


def _stored(request: HttpRequest, customer: Customer, form: forms.Form) -> HttpResponse:
    record_lookup(customer, LookUpPurpose.PROFILE, by=signed_in(request))
    return render(
        request,
        "customers/restriction.html",
        {
            "form": form,
            "customer": customer,
            "is_restricted": True,
            "past": restrictions_of(customer),
            "stored": list(stored_of(customer.pk)),
            "crumbs": [(_("Restricted customers"), address("customers:restricted"))],
        },
        status=422 if form.errors else 200,
    )
