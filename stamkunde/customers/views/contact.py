"""How a customer is reached: contact points and addresses, added, changed, confirmed and removed."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers import actions
from stamkunde.customers.access import CHANGE, address_for, contact_point_for, customer_for
from stamkunde.customers.forms.creating import country_of
from stamkunde.customers.forms.profile import AddressForm, ContactPointForm, ContactStatusForm
from stamkunde.customers.models import ContactKind, ContactStatus
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.customers.views.answers import done, refused, small_form, undo_url, version_in
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_points(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a telephone number, an e-mail address or a messenger's name."""
    user = signed_in(request)
    customer = customer_for(user, pk)

    def save(form: ContactPointForm) -> str:
        point = actions.add_contact_point(pk, _contact(form, country_of(user)), by=user.actor)
        return _("%(value)s was added.") % {"value": point.value}

    return small_form(request, customer, "contact", ContactPointForm, save, title=_("New contact point"))


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_point(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, point = customer_for(user, pk), contact_point_for(user, pk, point_pk)
    shown = {
        "kind": point.kind,
        "raw": point.value if point.kind == ContactKind.PHONE else point.raw or point.value,
        "label": point.label,
        "is_preferred": point.is_preferred,
    }

    def save(form: ContactPointForm) -> str:
        values = _contact(form, country_of(user))
        actions.change_contact_point(point, values, version=version_in(request), by=user.actor)
        return _("Saved.")

    title = _("Change %(value)s") % {"value": point.value}
    return small_form(request, customer, "contact", ContactPointForm, save, title=title, initial=shown, row=point)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_point_status(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """Note that a contact point works, or that it does not, and how that is known."""
    user = signed_in(request)
    customer, point = customer_for(user, pk), contact_point_for(user, pk, point_pk)

    def save(form: ContactStatusForm) -> str:
        status, evidence = ContactStatus(form.cleaned_data["status"]), form.cleaned_data["evidence"]
        actions.confirm_contact_point(point, status, evidence=evidence, by=user.actor)
        return _("Saved.")

    title = _("Does %(value)s work?") % {"value": point.value}
    initial = {"status": point.status}
    return small_form(request, customer, "contact", ContactStatusForm, save, title=title, initial=initial)


@require_POST
@requires(CHANGE.name)
def remove_contact_point(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, point = customer_for(user, pk), contact_point_for(user, pk, point_pk)
    undo = undo_url(customer, actions.remove_contact_point(point, by=user.actor))
    return done(request, customer, "contact", _("%(value)s was removed.") % {"value": point.value}, undo=undo)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def addresses(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a postal address."""
    user = signed_in(request)
    customer = customer_for(user, pk)

    def save(form: AddressForm) -> str:
        actions.add_address(pk, AddressValues(**form.cleaned_data), by=user.actor)
        return _("The address was added.")

    initial = {"country": country_of(user) or "NO"}
    return small_form(request, customer, "addresses", AddressForm, save, title=_("New address"), initial=initial)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def address(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, place = customer_for(user, pk), address_for(user, pk, address_pk)
    shown = {name: getattr(place, name) for name in AddressForm.base_fields}

    def save(form: AddressForm) -> str:
        values = AddressValues(**form.cleaned_data)
        actions.change_address(place, values, version=version_in(request), by=user.actor)
        return _("Saved.")

    title = _("Change the address")
    return small_form(request, customer, "addresses", AddressForm, save, title=title, initial=shown, row=place)


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def address_status(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    """Note that letters reach an address, or do not, and how that is known."""
    user = signed_in(request)
    customer, place = customer_for(user, pk), address_for(user, pk, address_pk)

    def save(form: ContactStatusForm) -> str:
        status, evidence = ContactStatus(form.cleaned_data["status"]), form.cleaned_data["evidence"]
        actions.confirm_address(place, status, evidence=evidence, by=user.actor)
        return _("Saved.")

    title = _("Do letters reach %(address)s?") % {"address": place}
    initial = {"status": place.status}
    return small_form(request, customer, "addresses", ContactStatusForm, save, title=title, initial=initial)


@require_POST
@requires(CHANGE.name)
def remove_address(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, place = customer_for(user, pk), address_for(user, pk, address_pk)
    try:
        undo = undo_url(customer, actions.remove_address(place, by=user.actor))
    except ValidationError as error:
        return refused(request, customer, "addresses", AddressForm(), error, title=_("Change the address"))
    return done(request, customer, "addresses", _("The address was removed."), undo=undo)


def _contact(form: ContactPointForm, region: str) -> ContactValues:
    data = form.cleaned_data
    return ContactValues(
        kind=ContactKind(data["kind"]),
        raw=data["raw"],
        label=data["label"],
        is_preferred=data["is_preferred"],
        region=region,
    )
