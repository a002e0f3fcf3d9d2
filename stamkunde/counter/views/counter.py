"""The counter as it stands blank, which till it is, and the slips it gave out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.devices import device_of, till_of
from stamkunde.counter.offline import KEEPER, page_of
from stamkunde.counter.place import place_named, place_of, places, remember
from stamkunde.counter.queries.finds import finds
from stamkunde.counter.queries.slip import order_slip, return_slip
from stamkunde.counter.stage import Stage, log_list, new_key, show, stage_of
from stamkunde.customers.access import CREATE
from stamkunde.kit.policy import requires
from stamkunde.pricing.queries.live import live
from stamkunde.sales.access import REGISTER, SEE, order_for, return_for


@requires(REGISTER.name)
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """Show the counter blank: whoever comes back to this address finds nobody on it."""
    place = place_of(request, signed_in(request))
    if place is None:
        return redirect("counter:till")
    # What holds is read now, while nobody waits, and not with the first thing that is scanned.
    live()
    stage, device = Stage(signed_in(request), place, new_key()), device_of(request)
    stage.more = {"keeper": KEEPER, "offline": page_of(device) if device is not None else None}
    return remember(show(request, stage), place)


@requires(REGISTER.name)
@require_POST
def finds_while_typing(request: HttpRequest) -> HttpResponse:
    """Answer at every letter with who or what may be meant."""
    place = place_of(request, signed_in(request))
    if place is None:
        return HttpResponse(status=HTTPStatus.CONFLICT)
    stage = stage_of(request, place, with_basket=False)
    stage.finds = finds(stage.typed, stage.user, place, buying=stage.is_buying, served=bool(stage.whose))
    log_list(stage, stage.finds)
    return render(request, "counter/parts/found.html", {"stage": stage, "may_enrol": stage.user.may(CREATE.name)})


@requires(REGISTER.name)
@require_http_methods(["GET", "POST"])
def till(request: HttpRequest) -> HttpResponse:
    """Ask once which till this device stands at."""
    user, refused = signed_in(request), ""
    if till_of(request) is not None and place_of(request, user) is not None:
        # A registered device belongs to its till.
        return redirect("counter:counter")
    if request.method == "POST":
        chosen = place_named(request.POST.get("place", ""), user)
        if chosen is not None:
            return remember(redirect("counter:counter"), chosen)
        refused = _("That till is no longer in use. Choose another one.")
    found = sorted(places(user), key=lambda place: place.store.pk != user.store_id)
    context = {"places": found, "current": place_of(request, user), "refused": refused}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "counter/till.html", context, status=status)


@requires(SEE.name)
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a receipt alone, to be printed."""
    return render(request, "counter/receipt.html", {"slip": order_slip(order_for(signed_in(request), pk))})


@requires(SEE.name)
@require_safe
def returned(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "counter/receipt.html", {"slip": return_slip(return_for(signed_in(request), pk))})
