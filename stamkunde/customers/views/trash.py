"""The trash and the way back from it, single removals undone, and who looked at a customer."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers import actions
from stamkunde.customers.access import CHANGE, REMOVE, SEE_LOOKUPS, customer_for, trashed_customers
from stamkunde.customers.queries import lookups_of, trash_page
from stamkunde.customers.queries.people import TRASH_DAYS
from stamkunde.events.models import Happening
from stamkunde.kit.paging import CursorError
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import own_address, page_before


@require_POST
@requires(REMOVE.name)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk)
    actions.trash_customer(pk, by=user.actor)
    undo = reverse("customers:return", args=[pk])
    messages.success(request, _("%(name)s was put in the trash.") % {"name": customer.name}, extra_tags=f"undo:{undo}")
    return redirect(own_address(request.POST.get("back", ""), "/customers/"))


@require_POST
@requires(REMOVE.name)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk, or_trashed=True)
    actions.restore_customer(pk, by=user.actor)
    messages.success(request, _("%(name)s is back among your customers.") % {"name": customer.name})
    before = page_before(request, "")
    # Undone on the list, one goes on in the list.
    return redirect(before if urlsplit(before).path == "/customers/" else customer.get_absolute_url())


@require_GET
@requires(REMOVE.name)
def trash(request: HttpRequest) -> HttpResponse:
    try:
        trashed, rows = trash_page(trashed_customers(signed_in(request)), request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    crumbs = [(_("Customers"), "/customers/"), (_("Trash"), "")]
    context = {"trashed": trashed, "rows": rows, "crumbs": crumbs, "days": TRASH_DAYS}
    return render(request, "customers/trash.html", context)


@require_POST
@requires(CHANGE.name)
def undo(request: HttpRequest, pk: int, happening_pk: int) -> HttpResponse:
    """Bring back a contact point, an address, a trait or a relation that was just removed."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    removal = Happening.objects.about_customer(pk).filter(pk=happening_pk).first()
    if removal is None:
        raise Http404
    try:
        if not actions.undo_removal(removal, by=user.actor):
            raise Http404
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("It is back as it was."))
    return redirect(customer.get_absolute_url())


@require_GET
@requires(SEE_LOOKUPS.name)
def lookups(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who looked at a customer, when and why: what the customer may ask for."""
    customer = customer_for(signed_in(request), pk, or_trashed=True)
    try:
        looks, rows = lookups_of(customer, request.GET.get("page", ""))
    except CursorError as error:
        raise Http404 from error
    crumbs = [(_("Customers"), "/customers/"), (customer.name, customer.get_absolute_url()), (_("Look-ups"), "")]
    return render(
        request, "customers/lookups.html", {"customer": customer, "looks": looks, "rows": rows, "crumbs": crumbs}
    )
