"""The way to all settings, the readable table of rights, and the list of keys."""

from importlib import import_module
from typing import Any

from django.conf import settings as machine
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stamkunde.accounts.access import MANAGE_STAFF, own_stores, signed_in
from stamkunde.accounts.actions.preferences import KeysRefused, keep_keys
from stamkunde.accounts.forms import OwnKeysForm
from stamkunde.accounts.keys import keys_of
from stamkunde.accounts.models import User
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import ALLOWED, AT_TILL, PURPOSES, Role
from stamkunde.desk.places import all_places, may_go
from stamkunde.kit.policy import Permission, staff_only

# Of a chain with more people than this the page names the first; the list of staff has them all.
MOST_NAMED = 400
ABOUT: dict[str, Any] = {
    "customers": gettext_lazy("Customers"),
    "catalogue": gettext_lazy("Products"),
    "sales": gettext_lazy("Purchases and returns"),
    "desk": gettext_lazy("Lists"),
    "exchange": gettext_lazy("Files and machines"),
    "jobs": gettext_lazy("Background work"),
    "accountability": gettext_lazy("Retention, register and breaches"),
    "events": gettext_lazy("Audit"),
    "accounts": gettext_lazy("Staff and shop"),
}


@staff_only
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    places = [
        (place, reverse(place.view)) for place in all_places() if place.is_setting and may_go(place, signed_in(request))
    ]
    return render(request, "desk/settings.html", {"places": places})


@staff_only
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Show which role may do what, and who holds it; it is the table that the program itself asks."""
    user = signed_in(request)
    people = User.objects.filter(is_active=True).order_by("name", "pk").only("pk", "name", "role")
    holders: dict[str, list[User]] = {}
    for person in people[:MOST_NAMED]:
        holders.setdefault(person.role, []).append(person)
    rows = [
        (permission, [(role.label, permission.name in ALLOWED[role]) for role in Role])
        for permission in declared_permissions()
    ]
    context = {
        "roles": [(role, PURPOSES[role], holders.get(role.value, [])) for role in Role],
        "rows": rows,
        "groups": _grouped(rows),
        "crumbs": [(_("Settings"), reverse("desk:settings")), (_("Rights"), "")],
        "own": user.role,
        "own_id": user.pk,
        "may_manage": user.may(MANAGE_STAFF.name),
    }
    return render(request, "desk/rights.html", context)


@staff_only
@require_safe
def person_rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one member of staff may do and where: oneself, or anybody for whoever looks after the staff."""
    user = signed_in(request)
    if pk != user.pk and not user.may(MANAGE_STAFF.name):
        raise Http404
    person = get_object_or_404(User.objects.select_related("department", "store"), pk=pk)
    rows = [(one, one.name in ALLOWED[Role(person.role)], one.name in AT_TILL) for one in declared_permissions()]
    stores = own_stores(person) if person.is_bound else None
    context = {
        "person": person,
        "purpose": PURPOSES[Role(person.role)],
        "groups": _grouped(rows),
        "stores": [store.name for store in stores] if stores is not None else None,
        "teams": [team.name for team in person.teams.all()],
        "needs_second_factor": person.role in the_shop().roles_with_second_factor,
        "may_sell": person.may("sales.register"),
        "crumbs": [
            (_("Settings"), reverse("desk:settings")),
            (_("Rights"), reverse("desk:rights")),
            (person.name, ""),
        ],
    }
    return render(request, "desk/person_rights.html", context)


def _grouped(rows: list[Any]) -> list[tuple[Any, list[Any]]]:
    """Put rows of permissions under what they are about, the daily work first."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0].name.partition(".")[0], []).append(row)
    ordered = sorted(groups, key=lambda module: list(ABOUT).index(module) if module in ABOUT else len(ABOUT))
    return [(ABOUT.get(module, module), groups[module]) for module in ordered]


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Show which key does what, and let a person choose others."""
    user = signed_in(request)
    form = OwnKeysForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            keep_keys(user, {} if "usual" in request.POST else form.chosen, by=user.actor)
        except KeysRefused as refusal:
            form.refuse(refusal.sentence, refusal.usual)
        else:
            messages.success(request, _("Your keys are saved."))
            return redirect("desk:keys")
    own = {_KEY_NAMES.get(usual, usual): key.upper() for usual, key in keys_of(user).items()}
    places = [place for place in all_places() if place.key and may_go(place, user)]
    letters = [(place, [own[place.key[0]], *place.key[1:].upper().split()]) for place in places]
    crumbs = [(_("Settings"), reverse("desk:settings")), (_("Keyboard"), "")]
    context = {"form": form, "own": own, "places": letters, "crumbs": crumbs}
    return render(request, "desk/keys.html", context, status=422 if form.errors else 200)


# A template asks for these by a word.
_KEY_NAMES = {"/": "search", "?": "help"}


def declared_permissions() -> list[Permission]:
    """Return what every module declares in its `access.py`, in the order of the floors."""
    found: list[Permission] = []
    for name in machine.INSTALLED_APPS:
        if name.startswith("stamkunde.") and module_has_submodule(import_module(name), "access"):
            found += getattr(import_module(f"{name}.access"), "PERMISSIONS", ())
    return found
