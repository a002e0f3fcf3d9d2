"""The first telephone number, e-mail address and town of a customer, changed where a list shows them.

Which row that is may change between a look and an answer, so a form names the row it was made from: what somebody else
put in its place meanwhile is asked about and never written over.
"""

from dataclasses import replace
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.customers import actions
from stamkunde.customers.access import CHANGE, customer_for
from stamkunde.customers.actions import StaleRow
from stamkunde.customers.events.contact import ADDRESS_COLUMNS
from stamkunde.customers.forms.creating import country_of, put_errors
from stamkunde.customers.forms.profile import FirstValueForm
from stamkunde.customers.models import Address, ContactKind, ContactPoint, Customer
from stamkunde.customers.phones import shown_phone
from stamkunde.customers.queries import first_address, first_contact_point
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.customers.views.answers import is_fragment, version_in
from stamkunde.customers.views.inline import Choice, ask, ask_which, at_value
from stamkunde.kit.policy import requires
from stamkunde.kit.templatetags.look import inline

Row = ContactPoint | Address | None
TOWN = "town"
KINDS = {"phone": ContactKind.PHONE, "email": ContactKind.EMAIL}
LABELS = {"phone": gettext_lazy("Telephone"), "email": gettext_lazy("E-mail"), TOWN: gettext_lazy("Town")}


@require_GET
@requires(CHANGE.name)
def first(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Open whichever row is the first now."""
    return _asked(request, customer_for(signed_in(request), pk), name)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def first_value(request: HttpRequest, pk: int, name: str, row_pk: int) -> HttpResponse:
    """Change the row that was the first when its form was made; none has the number 0. `?view=1` shows it again."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    if request.method == "GET":
        return _shown(customer, name) if request.GET.get("view") else _asked(request, customer, name)
    row = _row(customer, name)
    form = FirstValueForm(request.POST, name=name)
    if not form.is_valid():
        return ask(request, customer, form, str(LABELS[name]), version_in(request))
    value = form.cleaned_data["value"]
    if _text(row) == value:
        return _answered(request, customer, name, saved=False)
    if (row.pk if row else 0) != row_pk:
        return _which(request, customer, name, value, row)
    try:
        _keep(customer, name, row, value, version_in(request), user)
    except ValidationError as error:
        put_errors(form, at_value(error))
        return ask(request, customer, form, str(LABELS[name]), version_in(request))
    except StaleRow:
        return _which(request, customer, name, value, _row(customer, name))
    return _answered(request, customer, name, saved=True)


def _row(customer: Customer, name: str) -> Row:
    if name not in LABELS:
        raise Http404
    return first_address(customer.pk) if name == TOWN else first_contact_point(customer.pk, KINDS[name])


def _text(row: Row) -> str:
    if row is None:
        return ""
    if isinstance(row, Address):
        return row.town
    return row.value if row.kind == ContactKind.PHONE else row.raw or row.value


def _keep(customer: Customer, name: str, row: Row, value: str, version: int, user: User) -> None:
    if name == TOWN:
        country = country_of(user) or the_shop().country
        if isinstance(row, Address):
            kept = {column: getattr(row, column) for column in ADDRESS_COLUMNS}
            actions.change_address(row, replace(AddressValues(**kept), town=value), version=version, by=user.actor)
        else:
            actions.add_address(customer.pk, AddressValues(town=value, country=country), by=user.actor)
        return
    if not value:
        raise ValidationError(_("To remove it, open the customer and use the menu beside it."))
    values = ContactValues(kind=KINDS[name], raw=value, region=country_of(user))
    if isinstance(row, ContactPoint):
        kept_values = replace(values, label=row.label, is_preferred=row.is_preferred)
        actions.change_contact_point(row, kept_values, version=version, by=user.actor)
    else:
        actions.add_contact_point(customer.pk, values, by=user.actor)


def _asked(request: HttpRequest, customer: Customer, name: str) -> HttpResponse:
    row = _row(customer, name)
    form = FirstValueForm(initial={"value": _text(row)}, name=name)
    return ask(request, customer, form, str(LABELS[name]), row.version if row else 0, _url(customer, name, row))


def _which(request: HttpRequest, customer: Customer, name: str, mine: str, row: Row) -> HttpResponse:
    theirs = _text(row)
    choices = [Choice(_("Mine:"), mine, mine), Choice(_("Theirs:"), theirs, theirs)]
    version = row.version if row else 0
    return ask_which(request, customer, str(LABELS[name]), choices, version, _url(customer, name, row))


def _answered(request: HttpRequest, customer: Customer, name: str, *, saved: bool) -> HttpResponse:
    if is_fragment(request):
        return _shown(customer, name, saved=saved)
    messages.success(request, _("Saved."))
    return redirect(customer.get_absolute_url())


def _shown(customer: Customer, name: str, *, saved: bool = False) -> HttpResponse:
    row = _row(customer, name)
    text = _text(row)
    if name == "phone" and text:
        text = shown_phone(text, the_shop().country)
    drawn: SafeString = inline(reverse("customers:first", args=[customer.pk, name]), LABELS[name], text, "–", saved)
    return HttpResponse(drawn, status=HTTPStatus.OK)


def _url(customer: Customer, name: str, row: Row) -> str:
    return reverse("customers:first_value", args=[customer.pk, name, row.pk if row else 0])
