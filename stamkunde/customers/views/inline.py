"""Fields that are changed where they stand: the customer's own columns, her name, and the shop's own fields."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import Store
from stamkunde.customers.access import CHANGE, SEE, custom_field_for, customer_for
from stamkunde.customers.actions import Conflict, StaleCustomer, StaleRow, change_customer, set_custom_value
from stamkunde.customers.custom_values import EMPTY, shown_custom, written_custom
from stamkunde.customers.events.profile import field_label, shown_value
from stamkunde.customers.forms.creating import put_errors
from stamkunde.customers.forms.profile import CustomValueForm, NameForm, OwnColumnForm
from stamkunde.customers.models import Customer, CustomField, CustomFieldKind, CustomValue
from stamkunde.customers.queries import custom_fields, shown_field
from stamkunde.customers.views.answers import SECTIONS, is_fragment, section, version_in
from stamkunde.kit.policy import requires

COLUMNS = ("greeting", "language", "birth_date", "home_store", "company_number", "title", "preferred_name")


@dataclass(frozen=True)
class Choice:
    """One of the values to choose from after two people changed the same field."""

    label: str
    value: str
    shown: str


@require_GET
@requires(SEE.name)
def part(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show one card of the profile as it stands."""
    if name not in SECTIONS:
        raise Http404
    customer = customer_for(signed_in(request), pk)
    if not is_fragment(request):
        return redirect(customer.get_absolute_url())
    return section(request, customer, name)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def field(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Change one of the customer's own columns. It is shown again with `?view=1`."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    if name not in COLUMNS:
        raise Http404
    if request.method == "GET":
        if request.GET.get("view"):
            return _shown(request, customer, name)
        form = OwnColumnForm(name=name, initial={"value": getattr(customer, name)})
        return ask(request, customer, form, capfirst(field_label(name)), customer.version)
    form = OwnColumnForm(request.POST, name=name)
    if not form.is_valid():
        return ask(request, customer, form, capfirst(field_label(name)), version_in(request))
    value = form.cleaned_data["value"]
    column = "home_store_id" if name == "home_store" else name
    wanted = value.pk if isinstance(value, Store) else value
    try:
        after = change_customer(pk, {column: wanted}, version=version_in(request), by=user.actor)
    except ValidationError as error:
        put_errors(form, at_value(error))
        return ask(request, customer, form, capfirst(field_label(name)), version_in(request))
    except StaleCustomer as stale:
        return _which(request, stale.current, name, stale.conflicts[column])
    if not is_fragment(request):
        messages.success(request, _("Saved."))
        return redirect(after.get_absolute_url())
    return _shown(request, after, name, saved=True)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def custom_value(request: HttpRequest, pk: int, field_pk: int) -> HttpResponse:
    """Fill in one of the shop's own fields. It is shown again with `?view=1`."""
    user = signed_in(request)
    customer, own = customer_for(user, pk), custom_field_for(user, field_pk)
    current = CustomValue.objects.select_related("field").filter(customer=customer, field=own).first()
    if request.method == "GET":
        if request.GET.get("view"):
            return _custom_shown(request, customer, own)
        form = CustomValueForm(field=own, initial={"value": _written(current)})
        return ask(request, customer, form, own.label, current.version if current else 0)
    form = CustomValueForm(request.POST, field=own)
    if not form.is_valid():
        return ask(request, customer, form, own.label, version_in(request))
    try:
        set_custom_value(pk, own, form.cleaned_data["value"], version=version_in(request), by=user.actor)
    except ValidationError as error:
        put_errors(form, at_value(error))
        return ask(request, customer, form, own.label, version_in(request))
    except StaleRow as stale:
        theirs = _written(stale.current if isinstance(stale.current, CustomValue) else None)
        mine = form.cleaned_data["value"]
        choices = [
            Choice(_("Mine:"), mine, shown_custom(own.kind, mine)),
            Choice(_("Theirs:"), theirs, shown_custom(own.kind, theirs)),
        ]
        return ask_which(request, customer, own.label, choices, getattr(stale.current, "version", 0))
    if not is_fragment(request):
        messages.success(request, _("Saved."))
        return redirect(customer.get_absolute_url())
    return _custom_shown(request, customer, own, saved=True)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the customer is called; the old name is kept among the former ones."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    columns = list(NameForm.base_fields)
    if request.method == "GET":
        form = NameForm(initial={column: getattr(customer, column) for column in columns})
        return _name_page(request, customer, form, customer.version)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _name_page(request, customer, form, version_in(request), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        after = change_customer(pk, form.cleaned_data, version=version_in(request), by=user.actor)
    except ValidationError as error:
        put_errors(form, error)
        return _name_page(request, customer, form, version_in(request), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except StaleCustomer as stale:
        asking = NameForm(initial=form.cleaned_data)
        asking.ask_which(stale.conflicts)
        return _name_page(
            request, stale.current, asking, stale.current.version, status=HTTPStatus.CONFLICT, is_conflict=True
        )
    messages.success(request, _("Saved."))
    return redirect(after.get_absolute_url())


def _name_page(
    request: HttpRequest, customer: Customer, form: Form, version: int, *, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    crumbs = [(_("Customers"), "/customers/"), (customer.name, customer.get_absolute_url()), (_("Name"), "")]
    former = customer.former_names.order_by("-noted_at", "-pk")
    context = {"customer": customer, "form": form, "version": version, "former_names": former, "crumbs": crumbs}
    return render(request, "customers/name.html", context | more, status=status)


def _shown(request: HttpRequest, customer: Customer, name: str, *, saved: bool = False) -> HttpResponse:
    context = {"field": shown_field(customer, name), "may_change": True, "saved": saved}
    return render(request, "customers/parts/inline_value.html", context)


def _custom_shown(request: HttpRequest, customer: Customer, own: CustomField, *, saved: bool = False) -> HttpResponse:
    found = next((one for one in custom_fields(customer.pk) if one.name == str(own.pk)), None)
    if found is None:
        raise Http404
    # A link beside the value leads where the value now says.
    saved_link = saved and own.kind == CustomFieldKind.LINK
    context = {"field": found, "may_change": True, "saved": saved, "saved_link": saved_link}
    return render(request, "customers/parts/inline_value.html", context)


def ask(request: HttpRequest, customer: Customer, form: Form, label: str, version: int, url: str = "") -> HttpResponse:
    """Show the field open: where it stands, or as a page of its own."""
    # Several fields may stand open at once.
    form.auto_id = f"field{request.path.replace('/', '-')}%s"
    context = {
        "customer": customer,
        "form": form,
        "field": form["value"],
        "label": label,
        "form_title": label,
        "form_url": url or request.path,
        "url": url or request.path,
        "version": version,
    }
    template = "kit/parts/inline_form.html" if is_fragment(request) else "customers/form.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)


def _which(request: HttpRequest, current: Customer, name: str, conflict: Conflict) -> HttpResponse:
    """Ask which of three values is right; whatever is chosen is saved over the newest version."""
    stores = {store.name: str(store.pk) for store in Store.objects.all()} if name == "home_store" else {}
    by_number = {number: store for store, number in stores.items()}

    def choice(label: str, value: Any) -> Choice:
        text = value.isoformat() if hasattr(value, "isoformat") else str(value or "")
        if name == "home_store":
            number = stores.get(text, text)
            return Choice(label, number, by_number.get(number, ""))
        return Choice(label, text, shown_value(name, text))

    choices = [
        choice(_("Mine:"), conflict.mine),
        choice(_("Theirs:"), conflict.theirs),
        choice(_("As it was:"), conflict.original),
    ]
    return ask_which(request, current, capfirst(field_label(name)), choices, current.version)


def ask_which(
    request: HttpRequest, customer: Customer, label: str, choices: list[Choice], version: int, url: str = ""
) -> HttpResponse:
    """Ask which of the values is right that two people gave the same field."""
    context = {"customer": customer, "label": label, "choices": choices, "version": version, "url": url or request.path}
    template = "customers/parts/which.html" if is_fragment(request) else "customers/which.html"
    return render(request, template, context, status=HTTPStatus.CONFLICT)


def _written(value: CustomValue | None) -> str:
    return written_custom({name: getattr(value, name) for name in EMPTY}) if value else ""


def at_value(error: ValidationError) -> ValidationError:
    """Put what an action says of a column at the one box of this form."""
    return ValidationError({"value": error.messages})
