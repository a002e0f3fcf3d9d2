"""The devices of the tills: the list, a new one, and the page on the device itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamkunde.accounts import access
from stamkunde.accounts.access import device_for, signed_in, visible_devices
from stamkunde.accounts.actions.devices import DeviceRefused, end_device, make_device_code, register_device
from stamkunde.accounts.devices import device_of, may_type_device_code, remember_till_device
from stamkunde.accounts.forms import DeviceCodeForm, DeviceForm
from stamkunde.accounts.stepping_up import asks_again
from stamkunde.kit import shown
from stamkunde.kit.policy import open_to_anyone, requires


@requires(access.MANAGE_DEVICES.name)
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    rows = visible_devices(signed_in(request)).select_related("till__store", "used_by", "registered_by")
    here = device_of(request)
    context = {
        "devices": [(one, shown.instant(one.used_at) if one.used_at else "", one == here) for one in rows],
    }
    return render(request, "accounts/devices.html", context)


@requires(access.MANAGE_DEVICES.name)
@asks_again
@require_http_methods(["GET", "POST"])
def device_new(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = DeviceForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        till, name = form.cleaned_data["till"], form.cleaned_data["name"]
        try:
            code = make_device_code(till, name, by=user)
        except DeviceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            # Shown in this very answer and kept nowhere.
            context = {"code": code, "till": till, "name": name, "host": request.get_host()}
            return render(request, "accounts/device_code.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/device_new.html", {"form": form}, status=status)


@requires(access.MANAGE_DEVICES.name)
@require_POST
def device_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    device = device_for(user, pk)
    end_device(device, by=user.actor)
    messages.success(request, _("The device %(name)s is no longer one of the shop's.") % {"name": device.name})
    return redirect("accounts:devices")


@open_to_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def till_device(request: HttpRequest) -> HttpResponse:
    """On the device itself: type the code by which it becomes a till's."""
    form, status = DeviceCodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if not may_type_device_code(request):
            status = 429
            form.add_error(None, _("There have been many tries just now. Please wait a quarter of an hour."))
        elif form.is_valid():
            try:
                _device, token = register_device(form.cleaned_data["code"])
            except DeviceRefused as refusal:
                form.add_error("code", str(refusal))
            else:
                ready = redirect("accounts:till_sign_in")
                remember_till_device(ready, token)
                return ready
    return render(request, "accounts/till_device.html", {"form": form, "device": device_of(request)}, status=status)
