"""What a text typed or scanned at the counter may mean: products, receipts, people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.catalogue.access import visible_products
from stamkunde.catalogue.models import Product
from stamkunde.catalogue.queries import MOST_WEIGHED, prices_of, scanned
from stamkunde.catalogue.search import with_words
from stamkunde.counter.place import Place
from stamkunde.customers.access import SEE as SEE_CUSTOMERS
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.loyalty.models import CardState
from stamkunde.loyalty.queries.cards import card_saying, looks_like_a_card
from stamkunde.sales.access import RETURN, brought_orders, open_orders
from stamkunde.sales.models import Order
from stamkunde.sales.numbered import with_number
from stamkunde.sales.recognising import looks_like_a_receipt

LONGEST = 200
# What fits under nine keys.
MOST = 9
MOST_BESIDE = 3
FEWEST_LETTERS = 2
_CERTAIN = 100.0
_WHOLE_EMAIL = "@"


@dataclass(frozen=True)
class Find:
    """One thing that may be meant: what choosing it does, and three lines about it."""

    act: str
    icon: str
    title: str
    about: tuple[str, ...] = ()
    lately: str = ""
    end: str = ""
    is_certain: bool = False
    customer_id: int | None = None
    by_card: bool = False


@dataclass(frozen=True)
class Finds:
    text: str
    all: list[Find] = field(default_factory=list)
    is_misread: bool = False
    refusal: str = ""
    """Why what was read brings nobody, though it is known: a sentence."""
    product: Product | None = None
    """The one whose code or number it is."""

    @property
    def people(self) -> list[int]:
        return [find.customer_id for find in self.all if find.customer_id is not None]

    @property
    def meant(self) -> Find | None:
        """Return the one thing that Enter means without a look at the list; None when there is something to choose.

        A product's code comes before all else, for that is what a scanner reads; then whatever is known exactly and is
        the only such thing; then the only thing there is, unless it is a person guessed from a name.
        """
        product = next((find for find in self.all if find.is_certain and find.act.startswith("product:")), None)
        certain = [find for find in self.all if find.is_certain]
        if product or len(certain) == 1:
            return product or certain[0]
        return self.all[0] if len(self.all) == 1 and self.all[0].act.startswith("product:") else None


def finds(
    text: str, user: User, place: Place, *, buying: bool = False, served: bool = False, is_entered: bool = False
) -> Finds:
    """Return what may be meant, the surest first: while something is being bought products, else people.

    A purchase of somebody who is `served` already needs no second person, and none is shown. What `is_entered` and is
    the code of a product is sold and not shown, so what it costs is not looked up here.
    """
    plain = text.replace("\x00", " ").strip()[:LONGEST]
    if not plain:
        return Finds("")
    scan = scanned(plain)
    if scan.product is not None:
        shown_products = [] if is_entered else _products([scan.product], place, is_certain=True)
        return Finds(plain, shown_products, product=scan.product)
    receipts = _receipts(plain, user)
    people = [] if served and buying and not looks_like_a_card(plain) else _people(plain, user, place)
    if any(find.by_card for find in people) and (refusal := _card_refusal(plain)):
        return Finds(plain, refusal=refusal)
    people = [find for find in people if not (receipts and find.is_certain and find.act.startswith("receipt"))]
    things: list[Find] = []
    if not receipts and len(plain) >= FEWEST_LETTERS and not any(find.is_certain for find in people):
        # By code and number nothing was found above, so only words are left to ask for.
        named = with_words(visible_products(user).on_sale(), plain, most=MOST_WEIGHED).order_by("name", "pk")
        things = _products(named[: MOST if buying else MOST_BESIDE], place)
    if buying:
        beside = people[:MOST_BESIDE] if things else people
        found = [*receipts, *things[: MOST - len(beside)], *beside]
    else:
        found = [*receipts, *people[: MOST - len(things)], *things]
    return Finds(plain, found[:MOST], is_misread=scan.is_misread and not found)


def _products(products: Iterable[Product], place: Place, *, is_certain: bool = False) -> list[Find]:
    listed = list(products)
    prices = prices_of([product.pk for product in listed], place.store.currency)
    return [
        Find(
            act=f"product:{product.pk}",
            icon="tag",
            title=product.name,
            about=(product.sku,),
            end=shown.amount(prices[product.pk].minor, place.store.currency) if product.pk in prices else "",
            is_certain=is_certain,
        )
        for product in listed
    ]


def _receipts(text: str, user: User) -> list[Find]:
    if not (looks_like_a_receipt(text) and user.may(RETURN.name)):
        return []
    number = text.removeprefix("#")
    is_own = text.startswith("#") and number.isascii() and number.isdecimal() and len(number) < 19
    # People see receipt numbers in capitals and type them as they like.
    asked = Q(pk=int(number)) if is_own else Q(pk__in=with_number(Order, text, text.upper()))
    if is_own:
        # Those with a number of the till's are out of the archive, or found by that.
        asked &= Q(receipt_number="") | Q(pk__in=open_orders(user).filter(pk=int(number)))
    found = (
        brought_orders(user)
        .filter(asked)
        .select_related("store")
        .prefetch_related("lines")
        .order_by("-placed_at", "-pk")[:MOST_BESIDE]
    )
    return [_receipt(order) for order in found]


def _receipt(order: Order) -> Find:
    return Find(
        act=f"receipt:{order.pk}:{order.called}",
        icon="receipt",
        title=_("Receipt %(number)s") % {"number": order.called},
        about=(shown.instant(order.placed_at, order.store.zone), order.store.name),
        lately=", ".join(line.description for line in list(order.lines.all())[:3]),
        end=shown.amount(order.total, order.currency),
        is_certain=True,
    )


def _people(text: str, user: User, place: Place) -> list[Find]:
    if not user.may(SEE_CUSTOMERS.name) or len(text) < FEWEST_LETTERS:
        return []
    candidates = recognise(text, store_id=place.store.pk, limit=MOST, now=now())
    return [_person(candidate, text) for candidate in candidates if candidate.why != "receipt"]


def _person(candidate: Candidate, text: str) -> Find:
    phone = next((told for told in candidate.masked if "@" not in told), "")
    identifier = phone or next(iter(candidate.masked), "")
    if candidate.why == "email":
        identifier = next((told for told in candidate.masked if "@" in told), identifier)
    about = [candidate.town, _("born %(year)s") % {"year": candidate.birth_year} if candidate.birth_year else ""]
    if candidate.why == "number":
        about.append(_("number %(number)s") % {"number": candidate.customer_id})
    about.append(identifier.replace("…", "··· " if "@" not in identifier else "···", 1))
    chips = list(candidate.chips)
    lately = [*chips, ago(candidate.last_visit_at)]
    is_whole = candidate.score >= _CERTAIN and (candidate.why != "email" or _WHOLE_EMAIL in text)
    return Find(
        act=f"customer:{candidate.customer_id}",
        icon="user",
        title=candidate.name,
        about=tuple(part for part in about if part),
        lately=" · ".join(part for part in lately if part),
        is_certain=is_whole or candidate.why == "number",
        customer_id=candidate.customer_id,
        by_card=candidate.why == "card",
    )


def _card_refusal(text: str) -> str:
    """Return why a card brings nobody: one that was lost may be in anybody's hand."""
    card = card_saying(text)
    if card is None or card.state == CardState.ACTIVE:
        return ""
    if card.state == CardState.BLOCKED:
        return _("This card is blocked. Ask who it is, and look for the name.")
    if card.state == CardState.REPLACED:
        return _("This card was replaced by a new one. Ask for that, or look for the name.")
    return _("This card is not in use any more. Ask who it is, and look for the name.")


def ago(at: datetime | None) -> str:
    """Return in words how long it is since somebody was here."""
    if at is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(at).date()).days
    if days <= 0:
        return _("here today")
    if days < 14:
        return ngettext("here %(days)s day ago", "here %(days)s days ago", days) % {"days": days}
    if days < 61:
        weeks = round(days / 7)
        return ngettext("here %(weeks)s week ago", "here %(weeks)s weeks ago", weeks) % {"weeks": weeks}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("here %(months)s month ago", "here %(months)s months ago", months) % {"months": months}
    years = days // 365
    return ngettext("here %(years)s year ago", "here %(years)s years ago", years) % {"years": years}
