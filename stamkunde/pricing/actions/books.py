"""Price books: a new version of one holds from a moment on, and what held before stays known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Product
from stamkunde.events.publishing import action, publish
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.money import LARGEST_MINOR, MoneyError, decimals_of
from stamkunde.pricing.events import PriceBookAdded, PricesPublished, PricesWithdrawn
from stamkunde.pricing.models import ForWhom, PriceBook, PriceBookVersion, PriceRow
from stamkunde.pricing.queries.live import forget_live
from stamkunde.pricing.queries.prior import PriorPrices
from stamkunde.pricing.refusals import PricingRefused

MOST_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class PriceSaid:
    """A product's price in a book, in minor units; `before` is the earlier price that its sign names, if any."""

    product_id: int
    amount: int
    before: int | None = None


@action
def add_price_book(
    name: str, *, audience: str, audience_of: str = "", currency: str, stores: Sequence[int] = (), by: Actor
) -> PriceBook:
    plain = checked_text(name, "name")
    if not plain:
        raise PricingRefused(_("Give the price book a name."), "name")
    of = checked_audience(audience, audience_of)
    if audience == ForWhom.CUSTOMER:
        raise PricingRefused(
            _("A price book is for more than single customers. Write them a personal offer."), "audience"
        )
    checked_currency(currency)
    checked_stores(stores, currency)
    book = PriceBook(
        name=plain,
        audience=audience,
        audience_of=of,
        currency=currency,
        stores=sorted(set(stores)),
        created_at=now(),
    )
    try:
        with transaction.atomic():
            book.save(force_insert=True)
    except IntegrityError as error:
        raise PricingRefused(
            _("There is a price book of that name already. Choose a different one."), "name"
        ) from error
    publish(PriceBookAdded(book_id=book.pk, book_name=book.name), by=by)
    return book


@action
def publish_prices(
    book: PriceBook,
    prices: Sequence[PriceSaid],
    *,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    by: Actor,
) -> PriceBookVersion:
    """Let a new version of the book hold from a moment on, from now if none is given; all of its prices or none.

    A sign that names an earlier price is held to what the law allows: no higher than the lowest price of the last
    thirty days.
    """
    moment = now()
    begins = valid_from or moment
    if begins < moment:
        raise PricingRefused(
            _("Prices cannot begin in the past. Leave the day empty to let them begin now."), "valid_from"
        )
    if valid_to is not None and valid_to <= begins:
        raise PricingRefused(_("The prices would end before they begin. Look at both days."), "valid_to")
    _refuse_unsound(prices)
    _refuse_unlawful(book, prices, begins)
    held = PriceBook.objects.select_for_update().get(pk=book.pk)
    number = (held.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = PriceBookVersion(
        book=held, number=number, valid_from=begins, valid_to=valid_to, published_at=moment, published_by=by.label[:120]
    )
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        raise PricingRefused(
            _("Other prices of this book begin at that very moment. Withdraw them first."), "valid_from"
        ) from error
    PriceRow.objects.bulk_create(
        [
            PriceRow(version=version, product_id=said.product_id, amount=said.amount, before=said.before)
            for said in prices
        ],
        batch_size=500,
    )
    publish(
        PricesPublished(
            book_id=held.pk, book_name=held.name, number=number, valid_from=begins.isoformat(), count=len(prices)
        ),
        by=by,
    )
    forget_live()
    return version


@action
def withdraw_coming_prices(book: PriceBook, number: int, *, by: Actor) -> None:
    """Take back a version that has not begun; one that has begun is history and stays."""
    coming = PriceBookVersion.objects.filter(book=book, number=number)
    version = coming.first()
    if version is None:
        return
    if not coming.filter(valid_from__gt=now()).delete()[0]:
        raise PricingRefused(_("These prices hold already. Publish new ones instead."), "number")
    publish(
        PricesWithdrawn(book_id=book.pk, book_name=book.name, number=number, valid_from=version.valid_from.isoformat()),
        by=by,
    )
    forget_live()


def _refuse_unsound(prices: Sequence[PriceSaid]) -> None:
    if len(prices) > MOST_ROWS:
        raise PricingRefused(_("These are too many prices for one book. Part them among several."), "prices")
    seen: set[int] = set()
    known = set(Product.objects.filter(pk__in=[said.product_id for said in prices]).values_list("pk", flat=True))
    for row, said in enumerate(prices, start=1):
        if said.product_id not in known:
            raise PricingRefused(_("That product is no longer there. Choose another one."), "product", row=row)
        if said.product_id in seen:
            raise PricingRefused(_("A product stands here twice. Keep one of its prices."), "product", row=row)
        if not 0 <= said.amount <= LARGEST_MINOR:
            raise PricingRefused(_("Write a price that is not below zero."), "amount", row=row)
        seen.add(said.product_id)


def _refuse_unlawful(book: PriceBook, prices: Sequence[PriceSaid], begins: datetime) -> None:
    """Refuse an earlier price on a sign that nobody could have paid in the days that the law counts."""
    claimed = [(row, said) for row, said in enumerate(prices, start=1) if said.before is not None]
    if not claimed:
        return
    priors = PriorPrices([said.product_id for _row, said in claimed], book.currency, begins)
    for row, said in claimed:
        before = said.before or 0
        prior = priors.lowest(said.product_id)
        if before <= said.amount:
            raise PricingRefused(_("The earlier price is no higher than the new one. Leave it out."), "before", row=row)
        if prior is None:
            raise PricingRefused(
                _("Nobody could buy it here in the last %(days)s days, so no earlier price may be named.")
                % {"days": priors.days},
                "before",
                row=row,
            )
        if before > prior:
            raise PricingRefused(
                _("In the last %(days)s days it cost %(prior)s, so it may not be called reduced from %(before)s.")
                % {
                    "days": priors.days,
                    "prior": shown.amount(prior, book.currency),
                    "before": shown.amount(before, book.currency),
                },
                "before",
                row=row,
            )


def checked_text(text: str, field: str, longest: int = 120) -> str:
    """Return the text trimmed; refuse what no column takes."""
    plain = text.strip()
    if "\x00" in plain:
        raise PricingRefused(_("There is a character in the text that cannot be kept. Please type it anew."), field)
    if len(plain) > longest:
        raise PricingRefused(_("Write at most %(longest)s characters.") % {"longest": longest}, field)
    return plain


def checked_audience(audience: str, of: str) -> str:
    if audience not in ForWhom.values:
        raise PricingRefused(_("Choose for whom it is."), "audience")
    plain = checked_text(of, "audience_of", 60)
    if audience in (ForWhom.TIER, ForWhom.SEGMENT):
        if not plain:
            raise PricingRefused(_("Write which level or segment it is for."), "audience_of")
        return plain
    if plain:
        raise PricingRefused(_("A level or segment is named, but it is not for one. Leave it empty."), "audience_of")
    return ""


def checked_currency(currency: str) -> None:
    try:
        decimals_of(currency)
    except MoneyError as error:
        raise PricingRefused(_("Choose one of the currencies."), "currency") from error
    if not Store.objects.filter(currency=currency).exists():
        raise PricingRefused(_("No store sells in that currency. Choose another one."), "currency")


def checked_stores(stores: Sequence[int], currency: str) -> None:
    """Refuse stores that are not there, or that never sell in the currency."""
    found = dict(Store.objects.filter(pk__in=set(stores)).values_list("pk", "currency"))
    if len(found) != len(set(stores)):
        raise PricingRefused(_("One of the stores is no longer there. Choose them anew."), "stores")
    if currency and any(own != currency for own in found.values()):
        raise PricingRefused(
            _("One of the stores sells in another currency. Leave it out, or write another offer."), "stores"
        )
