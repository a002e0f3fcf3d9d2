"""The catalogue's settings: categories and rates of value-added tax."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Country
from stamkunde.catalogue import actions
from stamkunde.catalogue.access import CHANGE, MANAGE_RATES, category_for
from stamkunde.catalogue.forms import CategoryForm, RateForm
from stamkunde.catalogue.models import Category, VatClass, VatRate
from stamkunde.catalogue.queries import rates_by_country, shelves
from stamkunde.catalogue.refusals import CatalogueRefused
from stamkunde.kit import shown
from stamkunde.kit.policy import requires


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def categories(request: HttpRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_category(form.cleaned_data["name"], parent=_parent(request, form), by=signed_in(request).actor)
        except CatalogueRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("catalogue:categories")
    context = {"form": form, "shelves": shelves()}
    return render(request, "catalogue/categories.html", context, status=422 if request.method == "POST" else 200)


@requires(CHANGE.name)
@require_http_methods(["GET", "POST"])
def category(request: HttpRequest, pk: int) -> HttpResponse:
    current = category_for(signed_in(request), pk)
    initial = {"name": current.name, "parent": current.parent_id or ""}
    form = CategoryForm(request.POST or None, category=current, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_category(
                current, name=form.cleaned_data["name"], parent=_parent(request, form), by=signed_in(request).actor
            )
        except CatalogueRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("catalogue:categories")
    crumbs = [(_("Categories"), reverse("catalogue:categories")), (current.name, "")]
    context = {"category": current, "form": form, "crumbs": crumbs}
    return render(request, "catalogue/category.html", context, status=422 if request.method == "POST" else 200)


@requires(CHANGE.name)
@require_POST
def category_remove(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.remove_category(category_for(signed_in(request), pk), by=signed_in(request).actor)
    except CatalogueRefused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("catalogue:categories")


def _parent(request: HttpRequest, form: CategoryForm) -> Category | None:
    pk = form.cleaned_data["parent"]
    return category_for(signed_in(request), pk) if pk is not None else None


@dataclass(frozen=True)
class RateRow:
    """One class of a country: what counts today, what is to come, what was."""

    label: object
    today: str
    others: list[tuple[str, str]]


@requires(MANAGE_RATES.name)
@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.set_vat_rate(
                said["country"],
                said["vat_class"],
                said["percent"],
                valid_from=said["valid_from"],
                by=signed_in(request).actor,
            )
        except CatalogueRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The rate is set."))
            return redirect("catalogue:rates")
    known = rates_by_country()
    tables = [
        (label, [_rate_row(name, known.get(code, {}).get(name, [])) for name in VatClass.values])
        for code, label in Country.choices
    ]
    context = {"form": form, "tables": tables}
    return render(request, "catalogue/rates.html", context, status=422 if request.method == "POST" else 200)


def _rate_row(vat_class: str, rates: list[VatRate]) -> RateRow:
    today = timezone.localdate()
    current = next((rate for rate in rates if rate.valid_from <= today), None)
    return RateRow(
        label=VatClass(vat_class).label,
        today=shown.percent(current.basis_points) if current else "",
        others=[
            (shown.percent(rate.basis_points), shown.day(rate.valid_from)) for rate in rates if rate is not current
        ],
    )
