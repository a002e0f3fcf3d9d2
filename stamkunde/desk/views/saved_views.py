"""Saving a list as a view, changing and removing it, and choosing the one to begin with."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import SEE
from stamkunde.desk.access import SHARE_VIEWS, changeable_view_for, view_for
from stamkunde.desk.actions import DeskError, begin_with_view, change_view, remove_view, save_view
from stamkunde.desk.forms import ViewForm
from stamkunde.desk.list_state import read_state, ready_views
from stamkunde.desk.refusal import refused
from stamkunde.kit.filtering import FilterError
from stamkunde.kit.policy import requires


@requires(SEE.name)
@require_http_methods(["GET", "POST"])
def view_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    try:
        state = read_state(request.GET, user)
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    form = ViewForm(request.POST or None, may_share=user.may(SHARE_VIEWS.name))
    if request.method == "POST" and form.is_valid():
        try:
            view = save_view(
                name=form.cleaned_data["name"],
                filters=state.written_filters,
                sort=state.sort,
                columns=state.layout.tokens,
                is_shared=form.cleaned_data.get("is_shared", False),
                owner=user,
                by=user.actor,
            )
        except DeskError as error:
            form.add_error("name", str(error))
        else:
            if form.cleaned_data["is_first"]:
                begin_with_view(str(view.pk), owner=user)
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(f"{reverse('desk:customers')}?view={view.pk}")
    context = {"form": form, "state": state, "crumbs": _crumbs(_("Save as a view"))}
    return render(request, "desk/view_new.html", context, status=422 if form.errors else 200)


@requires(SEE.name)
@require_POST
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    view = changeable_view_for(user, pk)
    try:
        state = read_state(request.GET, user)
    except FilterError as error:
        return refused(request, error, back=reverse("desk:customers"))
    change_view(view, filters=state.written_filters, sort=state.sort, columns=state.layout.tokens, by=user.actor)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('desk:customers')}?view={view.pk}")


@requires(SEE.name)
@require_POST
def view_removal(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    view = changeable_view_for(user, pk)
    name = view.name
    remove_view(view, by=user.actor)
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": name})
    return redirect("desk:customers")


@requires(SEE.name)
@require_POST
def first_view(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    key = request.POST.get("view", "")
    if key not in {view.key for view in ready_views(user)}:
        key = str(view_for(user, int(key)).pk) if key.isascii() and key.isdigit() and len(key) < 18 else "all"
    begin_with_view(key, owner=user)
    messages.success(request, _("The list of customers opens with this view from now on."))
    return redirect(f"{reverse('desk:customers')}?view={key}")


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Customers"), reverse("desk:customers")), (last, "")]
