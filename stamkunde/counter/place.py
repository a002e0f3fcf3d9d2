"""Which till a device stands at: the one it is registered for, else one chosen once and kept in a signed cookie."""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse

from stamkunde.accounts.cookies import cookie_of, keep_cookie
from stamkunde.accounts.devices import till_of
from stamkunde.accounts.models import Store, Till, User

COOKIE = "counter"
_SALT = "stamkunde.counter.place"
# No browser keeps a cookie for longer; every opening of the counter begins the time anew.
KEPT_SECONDS = 400 * 24 * 3600


@dataclass(frozen=True)
class Place:
    """A store, and one of its tills where it has any."""

    store: Store
    till: Till | None = None

    @property
    def label(self) -> str:
        return f"{self.store.name} · {self.till.name}" if self.till else self.store.name

    @property
    def mark(self) -> str:
        return f"till:{self.till.pk}" if self.till else f"store:{self.store.pk}"

    @property
    def till_id(self) -> int | None:
        return self.till.pk if self.till else None


def place_of(request: HttpRequest, user: User) -> Place | None:
    """Return where the device stands; where there is one place only, nobody needs to be asked."""
    own = till_of(request)
    if own is not None:
        return Place(own.store, own) if user.works_in(own.store_id) else None
    try:
        chosen = place_named(signing.loads(cookie_of(request, COOKIE), salt=_SALT), user)
    except signing.BadSignature:
        chosen = None
    if chosen is not None:
        return chosen
    found = places(user)
    return found[0] if len(found) == 1 else None


def place_named(mark: str, user: User) -> Place | None:
    """Return the place that a mark stands for, while it is in use and the person works there."""
    kind, _colon, number = str(mark).partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    place = None
    if kind == "till":
        till = Till.objects.select_related("store").filter(pk=int(number), is_open=True, store__is_open=True).first()
        place = Place(till.store, till) if till else None
    elif kind == "store":
        store = Store.objects.filter(pk=int(number), is_open=True).first()
        place = Place(store) if store else None
    return place if place and user.works_in(place.store.pk) else None


def places(user: User) -> list[Place]:
    """Return where the person may stand: each till in use of her stores, and the stores that have none."""
    found = []
    for store in Store.objects.filter(is_open=True).prefetch_related("tills").order_by("name"):
        if user.works_in(store.pk):
            tills = [till for till in store.tills.all() if till.is_open]
            found += [Place(store, till) for till in tills] or [Place(store)]
    return found


def remember(response: HttpResponse, place: Place) -> HttpResponse:
    keep_cookie(response, COOKIE, signing.dumps(place.mark, salt=_SALT), seconds=KEPT_SECONDS)
    return response
