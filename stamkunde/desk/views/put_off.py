"""Putting off getting in touch with a customer who is due, and taking that back."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.customers.access import NOTE, customer_for
from stamkunde.desk.actions import DeskError, note_contact, put_contact_off, resume_contact
from stamkunde.desk.forms import PutOffForm
from stamkunde.desk.today import later_days
from stamkunde.kit import shown
from stamkunde.kit.policy import requires
from stamkunde.kit.returning import own_address, page_before

USUAL = timedelta(days=14)


@requires(NOTE.name)
@require_http_methods(["GET", "POST"])
def put_off(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk)
    today = timezone.localdate()
    form = PutOffForm(request.POST or None, initial={"until": today + USUAL})
    if form.is_valid():
        until = form.cleaned_data["until"]
        try:
            put_contact_off(customer, until=until, today=today, by=user.actor)
        except DeskError as error:
            form.add_error("until", str(error))
        else:
            text = _("%(name)s will be due again on %(day)s.") % {"name": customer.name, "day": shown.day(until)}
            messages.success(request, text, extra_tags=f"undo:{reverse('desk:contact_resumption', args=[pk])}")
            return redirect(_back(request, pk))
    context = {
        "customer": customer,
        "form": form,
        "back": _back(request, pk),
        "choices": later_days(today),
    }
    return render(request, "desk/put_off.html", context, status=422 if form.errors else 200)


@requires(NOTE.name)
@require_POST
def contact_resumption(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    customer = customer_for(user, pk)
    resume_contact(customer, by=user.actor)
    messages.success(request, _("%(name)s is due for contact again.") % {"name": customer.name})
    return redirect(page_before(request, reverse("desk:customer", args=[pk])))


@requires(NOTE.name)
@require_POST
def contact_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody got in touch, so that the customer is no longer due."""
    user = signed_in(request)
    customer = customer_for(user, pk)
    until = note_contact(customer, today=timezone.localdate(), by=user.actor)
    text = _("Noted that you got in touch with %(name)s. Due again from %(day)s.")
    undo = f"undo:{reverse('desk:contact_resumption', args=[pk])}"
    messages.success(request, text % {"name": customer.name, "day": shown.day(until)}, extra_tags=undo)
    return redirect(page_before(request, reverse("desk:customer", args=[pk])))


def _back(request: HttpRequest, pk: int) -> str:
    back = request.POST.get("back") or request.GET.get("back") or ""
    return own_address(back, reverse("desk:customer", args=[pk]))
