"""The way to all settings, the readable table of rights, and the list of keys."""

from importlib import import_module

from django.conf import settings as machine
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.desk.places import all_places, may_go
from stamkunde.kit.policy import Permission, staff_only


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
    """Show which role may do what; it is the table that the program itself asks."""
    rows = [
        (permission, [(role.label, permission.name in ALLOWED[role]) for role in Role])
        for permission in declared_permissions()
    ]
    crumbs = [(_("Settings"), reverse("desk:settings")), (_("Rights"), "")]
    return render(
        request,
        "desk/rights.html",
        {"roles": list(Role), "rows": rows, "crumbs": crumbs, "own": signed_in(request).role},
    )


def declared_permissions() -> list[Permission]:
    """Return what every module declares in its `access.py`, in the order of the floors."""
    found: list[Permission] = []
    for name in machine.INSTALLED_APPS:
        if name.startswith("stamkunde.") and module_has_submodule(import_module(name), "access"):
            found += getattr(import_module(f"{name}.access"), "PERMISSIONS", ())
    return found


@staff_only
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    crumbs = [(_("Settings"), reverse("desk:settings")), (_("Keyboard"), "")]
    places = [place for place in all_places() if place.key and may_go(place, signed_in(request))]
    return render(
        request,
        "desk/keys.html",
        {"places": [(place, place.key.upper().split()) for place in places], "crumbs": crumbs},
    )
