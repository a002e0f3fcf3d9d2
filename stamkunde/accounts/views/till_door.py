"""Signing in at a till: choose oneself, type a PIN, on a registered device only; and a member's own PIN."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.devices import DeviceRefused, remove_pin, set_pin
from stamkunde.accounts.devices import NEEDED, device_of, sign_in_by_pin, staff_at
from stamkunde.accounts.forms import OwnPinForm, PinForm
from stamkunde.accounts.models import User
from stamkunde.accounts.own_pages import own_page
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.kit.policy import open_to_anyone, staff_only


@open_to_anyone
@never_cache
@require_http_methods(["GET"])
def till_sign_in(request: HttpRequest) -> HttpResponse:
    """Show who may sign in on this device; whoever is signed in by PIN is asked to choose anew."""
    device = device_of(request)
    if device is None:
        return redirect("accounts:till_device")
    context = {
        "device": device,
        "people": list(staff_at(device)),
        "next": own_page(request, request.GET.get("next", ""), otherwise=settings.TILL_URL),
    }
    return render(request, "accounts/till_sign_in.html", context)


@open_to_anyone
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def till_pin(request: HttpRequest, pk: int) -> HttpResponse:
    device = device_of(request)
    if device is None:
        return redirect("accounts:till_device")
    person = staff_at(device).filter(pk=pk).first()
    if person is None:
        raise Http404
    sent = request.POST.get("next") or request.GET.get("next") or ""
    target = own_page(request, sent, otherwise=settings.TILL_URL)
    form, status, wait = PinForm(request.POST or None), 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wait = sign_in_by_pin(request, device, person, form.cleaned_data["pin"])
            if wait is None:
                return HttpResponseRedirect(target)
            status = 429 if wait else 422
            if not wait:
                form.add_error("pin", _("This is not the PIN. Please try once more."))
    context = {"device": device, "person": person, "form": form, "next": target, "throttled": status == 429}
    response = render(request, "accounts/till_pin.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@staff_only
@asks_again
@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Let a member choose the PIN that she types at the tills."""
    user = User.objects.get(pk=signed_in(request).pk)
    form = OwnPinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_pin(user, form.cleaned_data["pin"], by=user.actor)
        except DeviceRefused as refusal:
            form.add_error("pin", str(refusal))
        else:
            messages.success(request, _("Your PIN is kept. It works on the devices at the tills and nowhere else."))
            return redirect("accounts:profile")
    context = {"form": form, "has_pin": bool(user.pin), "may_sell": user.may(NEEDED)}
    return render(request, "accounts/pin.html", context, status=422 if request.method == "POST" else 200)


@staff_only
@require_POST
def pin_removal(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=signed_in(request).pk)
    remove_pin(user, by=user.actor)
    messages.success(request, _("Your PIN is removed."))
    return redirect("accounts:profile")
