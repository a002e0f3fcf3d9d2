"""The shop's own fields: what every customer's profile asks for besides the usual."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers import actions
from stamkunde.customers.access import MANAGE_FIELDS, custom_field_for
from stamkunde.customers.forms.creating import put_errors
from stamkunde.customers.forms.profile import FieldForm, NewFieldForm
from stamkunde.customers.models import CustomField, CustomFieldKind
from stamkunde.kit.policy import requires


@require_http_methods(["GET", "POST"])
@requires(MANAGE_FIELDS.name)
def fields(request: HttpRequest) -> HttpResponse:
    """List the fields in their order, and define a new one."""
    form = NewFieldForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _list(request, form)
    data = form.cleaned_data
    try:
        defined = actions.define_field(
            data["label"],
            CustomFieldKind(data["kind"]),
            choices=data["choices"].splitlines(),
            by=signed_in(request).actor,
        )
    except ValidationError as error:
        put_errors(form, error)
        return _list(request, form)
    messages.success(request, _("“%(field)s” is now on every customer's profile.") % {"field": defined.label})
    return redirect("customers:fields")


def _list(request: HttpRequest, form: Form) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"fields": list(CustomField.objects.all()), "form": form, "crumbs": _crumbs()}
    return render(request, "customers/custom_fields.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(MANAGE_FIELDS.name)
def field(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    own = custom_field_for(user, pk)
    has_choices = own.kind == CustomFieldKind.CHOICE
    if request.method == "GET":
        shown = {"label": own.label, "is_shown": own.is_shown, "choices": "\n".join(own.choices)}
        return _field(request, own, FieldForm(initial=shown, has_choices=has_choices))
    form = FieldForm(request.POST, has_choices=has_choices)
    if not form.is_valid():
        return _field(request, own, form)
    data = form.cleaned_data
    choices = data.get("choices", "").splitlines()
    try:
        actions.change_field(own, label=data["label"], choices=choices, is_shown=data["is_shown"], by=user.actor)
    except ValidationError as error:
        put_errors(form, error)
        return _field(request, own, form)
    messages.success(request, _("Saved."))
    return redirect("customers:fields")


def _field(request: HttpRequest, own: CustomField, form: Form) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"field": own, "form": form, "crumbs": [*_crumbs(), (own.label, "")]}
    return render(request, "customers/custom_field.html", context, status=status)


@require_POST
@requires(MANAGE_FIELDS.name)
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a field change places with the one above it, or below."""
    user = signed_in(request)
    actions.move_field(custom_field_for(user, pk), up=request.POST.get("to") == "up", by=user.actor)
    return redirect("customers:fields")


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), (_("Fields of the profile"), "/settings/fields/")]
