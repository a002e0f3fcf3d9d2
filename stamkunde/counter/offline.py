"""A till's page without a connection: which files its device keeps, and what it is told while there is one."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from stamkunde.accounts.cash import cash_step
from stamkunde.accounts.devices import NEEDED, device_of
from stamkunde.accounts.models import TillDevice, User
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import roles_with
from stamkunde.catalogue.queries import vat_rates
from stamkunde.counter.apps import LOOK
from stamkunde.counter.apps import OFFLINE as SCRIPTS
from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import writing
from stamkunde.kit.policy import open_to_anyone
from stamkunde.loyalty.queries.live import running_programmes

P = ParamSpec("P")
# What the counter itself needs to fill the device and to send from it.
KEEPER = tuple(
    f"counter/{name}" for name in ("offline-kept.js", "offline-fill.js", "offline-send.js", "counter-keeper.js")
)
FILES = (
    "kit/favicon.svg",
    "kit/icons.svg",
    "kit/stamkunde.css",
    "kit/stamkunde.js",
    "counter/counter.css",
    "counter/offline.css",
    *(f"counter/{name}" for name in SCRIPTS),
    "counter/icon-192.png",
)


def for_devices(view: Callable[Concatenate[HttpRequest, TillDevice, P], HttpResponse]) -> Any:
    """Open a view to the registered devices of tills, whoever is signed in on them or nobody.

    What a till sold must reach us also when nobody has typed a PIN since the connection came back.
    """

    @open_to_anyone
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        device = device_of(request)
        if device is None:
            said = _("This device is not one of the shop's tills. Register it again to go on.")
            return JsonResponse({"refused": "no_device", "said": said}, status=403)
        return view(request, device, *args, **kwargs)

    return guarded


def files() -> list[str]:
    """Return the addresses of what the page needs, by the digests of their contents where these are in the name."""
    return [static(name) for name in FILES]


def version() -> str:
    """Return a word that changes with any of the files, so that the device fetches them all anew and drops the old."""
    digest = hashlib.sha256("\n".join(files()).encode())
    if settings.DEBUG:
        for path in sorted(LOOK.iterdir()):
            digest.update(path.read_bytes())
    else:
        digest.update((LOOK / "worker.js").read_bytes())
    return digest.hexdigest()[:16]


def seller_at(device: TillDevice, number: Any) -> User | None:
    """Return who is said to have sold on a device: somebody who sells, in its store."""
    if not isinstance(number, int) or not 0 < number < 1 << 63:
        return None
    person = User.objects.filter(pk=number, is_active=True, role__in=roles_with(NEEDED)).first()
    return person if person is not None and person.works_in(device.till.store_id) else None


def state_of(request: HttpRequest, device: TillDevice) -> dict[str, Any]:
    """Return what a device is told whenever it can ask: where it stands, who is before it, and the shop's rules."""
    shop, store = the_shop(), device.till.store
    user = request.user if request.user.is_authenticated else None
    seller = user if user is not None and user.may(NEEDED) and user.works_in(store.pk) else None
    return {
        "csrf": get_token(request),
        "device": device.pk,
        "till": device.till_id,
        "store": store.pk,
        "zone": store.zone,
        "currency": store.currency,
        "step": cash_step(store, store.currency),
        "limit": store.offline_limit,
        "hours": shop.offline_hours,
        "worth": _worth_of_points(store.currency),
        "rates": vat_rates(store.country, business_day(now(), store.zone)),
        "seller": {"id": seller.pk, "name": seller.name} if seller is not None else None,
        "at": now().isoformat(),
        "version": version(),
    }


def _worth_of_points(currency: str) -> int:
    """Return what a point is worth where points may be used at all; nought where programmes do not agree."""
    worths = {one.worth(currency, now()) for one in running_programmes().values()} - {0}
    return worths.pop() if len(worths) == 1 else 0


def page_of(device: TillDevice) -> dict[str, Any]:
    """Return what the page itself is made of: addresses, how amounts are written, and the sentences it may say."""
    store = device.till.store
    return {
        "urls": {
            "state": reverse("counter:offline_state"),
            "numbers": reverse("counter:offline_numbers"),
            "products": reverse("counter:offline_products"),
            "people": reverse("counter:offline_people"),
            "sales": reverse("counter:offline_sales"),
            "counter": reverse("counter:counter"),
        },
        "till": device.till_id,
        "currency": store.currency,
        "zone": store.zone,
        "language": shown.language(),
        "money": asdict(writing(store.currency, shown.language())),
        "blanks": the_shop().counter_blanks_after,
        "waiting": _plural(
            lambda n: ngettext(
                "%(count)s purchase is waiting to be sent.", "%(count)s purchases are waiting to be sent.", n
            )
        ),
    }


def _plural(form: Callable[[int], str]) -> dict[str, str]:
    """Return the forms of a sentence by the names that browsers have for them; `{n}` stands for the number."""
    examples = {"zero": 10, "one": 1, "two": 2, "few": 3, "many": 11, "other": 5}
    return {name: form(number) % {"count": "{n}"} for name, number in examples.items()}
