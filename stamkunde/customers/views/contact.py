"""How a customer is reached: contact points and addresses, added, changed, confirmed and removed."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.customers import actions
from stamkunde.customers.access import CHANGE, address_for, contact_point_for, customer_for
from stamkunde.customers.forms.creating import country_of
from stamkunde.customers.forms.profile import AddressForm, ContactPointForm, ContactStatusForm
from stamkunde.customers.models import ContactKind, ContactStatus
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.customers.views.answers import asked, done, overtaken, refused, signed_in, undo_url, version_in
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_points(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a telephone number, an e-mail address or a messenger's name."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    title = _("New contact point")
    if request.method == "GET":
        return asked(request, customer, "contact", ContactPointForm(), title=title)
    form = ContactPointForm(request.POST)
    if not form.is_valid():
        return asked(request, customer, "contact", form, title=title)
    try:
        point = actions.add_contact_point(pk, _contact(form, country_of(user)), by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "contact", form, error, title=title)
    return done(request, customer, "contact", _("%(value)s was added.") % {"value": point.value})


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_point(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, point = customer_for(user, pk), contact_point_for(user, pk, point_pk)
    title = _("Change %(value)s") % {"value": point.value}
    if request.method == "GET":
        shown = {
            "kind": point.kind,
            "raw": point.value if point.kind == ContactKind.PHONE else point.raw or point.value,
            "label": point.label,
            "is_preferred": point.is_preferred,
        }
        return asked(request, customer, "contact", ContactPointForm(initial=shown), title=title, version=point.version)
    form = ContactPointForm(request.POST)
    version = version_in(request)
    if not form.is_valid():
        return asked(request, customer, "contact", form, title=title, version=version)
    try:
        actions.change_contact_point(point, _contact(form, country_of(user)), version=version, by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "contact", form, error, title=title, version=version)
    except actions.StaleRow as stale:
        theirs = str(stale.current)
        return overtaken(request, customer, "contact", form, stale.current, title=title, theirs=theirs)
    return done(request, customer, "contact", _("Saved."))


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def contact_point_status(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """Note that a contact point works, or that it does not, and how that is known."""
    user = signed_in(request)
    customer, point = customer_for(user, pk), contact_point_for(user, pk, point_pk)
    title = _("Does %(value)s work?") % {"value": point.value}
    if request.method == "GET":
        return asked(request, customer, "contact", ContactStatusForm(initial={"status": point.status}), title=title)
    form = ContactStatusForm(request.POST)
    if not form.is_valid():
        return asked(request, customer, "contact", form, title=title)
    status, evidence = ContactStatus(form.cleaned_data["status"]), form.cleaned_data["evidence"]
    try:
        actions.confirm_contact_point(point, status, evidence=evidence, by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "contact", form, error, title=title)
    except actions.StaleRow as stale:
        return overtaken(request, customer, "contact", form, stale.current, title=title, theirs=str(stale.current))
    return done(request, customer, "contact", _("Saved."))


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
    title = _("New address")
    if request.method == "GET":
        return asked(
            request, customer, "addresses", AddressForm(initial={"country": country_of(user) or "NO"}), title=title
        )
    form = AddressForm(request.POST)
    if not form.is_valid():
        return asked(request, customer, "addresses", form, title=title)
    try:
        actions.add_address(pk, AddressValues(**form.cleaned_data), by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "addresses", form, error, title=title)
    return done(request, customer, "addresses", _("The address was added."))


@require_http_methods(["GET", "POST"])
@requires(CHANGE.name)
def address(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    user = signed_in(request)
    customer, place = customer_for(user, pk), address_for(user, pk, address_pk)
    title = _("Change the address")
    if request.method == "GET":
        shown = {name: getattr(place, name) for name in AddressForm.base_fields}
        return asked(request, customer, "addresses", AddressForm(initial=shown), title=title, version=place.version)
    form = AddressForm(request.POST)
    version = version_in(request)
    if not form.is_valid():
        return asked(request, customer, "addresses", form, title=title, version=version)
    try:
        actions.change_address(place, AddressValues(**form.cleaned_data), version=version, by=user.actor)
    except ValidationError as error:
        return refused(request, customer, "addresses", form, error, title=title, version=version)
    except actions.StaleRow as stale:
        return overtaken(request, customer, "addresses", form, stale.current, title=title, theirs=str(stale.current))
    return done(request, customer, "addresses", _("Saved."))


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
