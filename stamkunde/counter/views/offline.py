"""The counter without a connection: its page, the worker that keeps it, what a device is given, and what it sends."""

import hashlib
import json
import secrets
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from stamkunde.accounts.access import signed_in
from stamkunde.accounts.actions.devices import device_actor
from stamkunde.accounts.devices import device_of, keep_people_no_longer, let_keep_people
from stamkunde.accounts.models import TillDevice
from stamkunde.accounts.queries import the_shop
from stamkunde.catalogue.models import VatClass
from stamkunde.counter.actions import reserve_numbers
from stamkunde.counter.apps import LOOK
from stamkunde.counter.apps import OFFLINE as SCRIPTS
from stamkunde.counter.offline import files, for_devices, page_of, seller_at, state_of, version
from stamkunde.counter.queries.offline import blocks, products_of, recent_people
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.actions import record_hit_list
from stamkunde.kit.clock import now
from stamkunde.kit.policy import open_to_anyone, requires
from stamkunde.sales.access import REGISTER
from stamkunde.sales.actions.offline import take_in
from stamkunde.sales.offline_sent import OfflineSaleSent, offline_values
from stamkunde.sales.refusals import KeyReused, SaleRefused

_HOUR = 3_600
_LARGEST = 1_000_000


@open_to_anyone
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the page on the device; what it keeps is named by its contents."""
    said = {"version": version(), "files": files(), "shell": reverse("counter:offline")}
    text = f"const KEPT = {json.dumps(said)};\n" + (LOOK / "worker.js").read_text("utf-8")
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@open_to_anyone
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the counter is called and drawn among the apps of the device, in the shop's language."""
    shop = the_shop()
    with translation.override(str(shop.language)):
        name = pgettext("navigation", "Counter")
        said = {
            "id": "/counter/",
            "name": f"{name} · {shop.name}",
            "short_name": name,
            "description": _("Recognise customers and sell, also without a connection."),
            "lang": shop.language,
            "start_url": reverse("counter:counter"),
            "scope": "/counter/",
            "display": "standalone",
            "background_color": "#f6f5f2",
            "theme_color": "#0b6b5d",
            "icons": [
                {"src": static("counter/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
                {"src": static("counter/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
                {
                    "src": static("counter/icon-maskable.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
        }
    return JsonResponse(said, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@requires(REGISTER.name)
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Show the page that sells without a connection; nobody's data stands in it."""
    device = device_of(request)
    if device is None:
        return redirect("counter:counter")
    context = {
        "page": page_of(device),
        "scripts": [f"counter/{name}" for name in SCRIPTS],
        "place": f"{device.till.store.name} · {device.till.name}",
        "shop": the_shop(),
        "vat_classes": VatClass.choices,
        "currency": device.till.store.currency,
    }
    return render(request, "counter/offline.html", context)


@for_devices
@require_safe
def state(request: HttpRequest, device: TillDevice) -> HttpResponse:
    return JsonResponse(state_of(request, device))


@for_devices
@require_POST
def numbers(request: HttpRequest, device: TillDevice) -> HttpResponse:
    """Give the device receipt numbers that nobody else is given."""
    given = reserve_numbers(device.till)
    return JsonResponse({"prefix": given.prefix, "first": given.first, "last": given.last})


@for_devices
@require_safe
def products(request: HttpRequest, device: TillDevice) -> HttpResponse:
    """Give one block of the products, or say which blocks there are; what the device has already is not sent again."""
    written = request.GET.get("block")
    if written is None:
        return _unless_known(request, {"blocks": blocks()})
    if not (written.isascii() and written.isdecimal() and len(written) < 12):
        raise Http404
    return _unless_known(request, {"products": products_of(int(written), device.till.store, now())})


@requires(SEE_CUSTOMERS.name)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Give the device recent customers for some hours, and write down whom it was given."""
    user, device, hours = signed_in(request), device_of(request), the_shop().offline_hours
    if device is None or not user.works_in(device.till.store_id):
        return redirect("counter:counter")
    if not hours:
        answer: HttpResponse = JsonResponse({"salt": "", "people": [], "hours": 0})
        keep_people_no_longer(answer)
        return answer
    found = recent_people(device.till.store, now(), salt=secrets.token_hex(16))
    record_hit_list(
        f"offline:{device.pk}:{secrets.token_urlsafe(12)}",
        found.numbers,
        by=user,
        store_id=device.till.store_id,
        till_id=device.till_id,
    )
    answer = JsonResponse({"salt": found.salt, "people": found.rows, "hours": hours})
    let_keep_people(answer, seconds=hours * _HOUR)
    return answer


@for_devices
@require_POST
def sales(request: HttpRequest, device: TillDevice) -> HttpResponse:
    """Take in one purchase that the device made without a connection.

    Answers 200 once it is kept, taken in or waiting, and 409 where its key came with another purchase. Anything else
    says that it is not kept, and the device keeps it.
    """
    sent = _read(request)
    if sent is None:
        return _refused("unreadable", _("This purchase cannot be read. It stays on the device."), 422)
    sold_by = sent.pop("sold_by", None)
    try:
        sale = OfflineSaleSent.model_validate_json(json.dumps(sent))
    except ValidationError:
        return _refused("unreadable", _("This purchase cannot be read. It stays on the device."), 422)
    if not device.till.store.tills.filter(pk=sale.till_id).exists():
        return _refused("other_store", _("This purchase was made at a till of another store."), 403)
    seller = seller_at(device, sold_by)
    try:
        done = take_in(offline_values(sale), device=device, by=seller.actor if seller else device_actor(device))
    except KeyReused as refusal:
        return _refused("key_reused", refusal.sentence, HTTPStatus.CONFLICT)
    except SaleRefused as refusal:
        return _refused("refused", refusal.sentence, 422)
    return JsonResponse(
        {
            "id": done.pk,
            "state": done.state,
            "said": done.refusal,
            "order": done.order_id,
            "is_repeated": done.is_repeated,
        }
    )


def _read(request: HttpRequest) -> dict[str, Any] | None:
    if len(request.body) > _LARGEST:
        return None
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refused(code: str, said: str, status: int) -> HttpResponse:
    return JsonResponse({"refused": code, "said": said}, status=status)


def _unless_known(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """Answer with what is said, or that it is still the same as what the asker has."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    known = request.headers.get("If-None-Match", "").removeprefix("W/")
    if known == tag:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})
