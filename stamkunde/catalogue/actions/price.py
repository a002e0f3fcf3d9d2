"""Setting what a product costs from a moment on; what it cost before stays known."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.catalogue.events import ListPriceSet, ListPriceWithdrawn
from stamkunde.catalogue.models import ListPrice, Product
from stamkunde.catalogue.refusals import CatalogueRefused
from stamkunde.events.publishing import action, publish, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.money import LARGEST_MINOR, Money


@action
def set_list_price(product: Product, price: Money, *, valid_from: datetime | None = None, by: Actor) -> ListPrice:
    """Set the price from a moment on, from now if none is given.

    A price in the past would change what was true when people bought, so it is refused; a price set for the very moment
    for which one is set already takes its place, as long as that moment has not come.
    """
    if not 0 <= price.minor <= LARGEST_MINOR:
        raise CatalogueRefused(_("Write a price that is not below zero."), "amount")
    moment = now()
    begins = valid_from or moment
    if valid_from is not None and valid_from < moment:
        raise CatalogueRefused(
            _("A price cannot begin in the past. Leave the day empty to let it begin now."), "valid_from"
        )
    row = ListPrice(product=product, currency=price.currency, amount=price.minor, valid_from=begins)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row = ListPrice.objects.select_for_update().get(product=product, currency=price.currency, valid_from=begins)
        row.amount = price.minor
        row.save(update_fields=["amount"])
    publish(
        ListPriceSet(
            product_id=product.pk,
            product_name=product.name,
            amount=price.minor,
            currency=price.currency,
            valid_from=begins.isoformat(),
        ),
        by=by,
    )
    return row


@action
def record_past_prices(prices: Sequence[tuple[Product, Money, datetime]], *, by: Actor) -> None:
    """Write down what products cost before this system knew them; a price that is known already stays as it is."""
    ListPrice.objects.bulk_create(
        [
            ListPrice(product=product, currency=price.currency, amount=price.minor, valid_from=begun)
            for product, price, begun in prices
        ],
        ignore_conflicts=True,
    )
    publish_in_bulk(
        (
            (
                ListPriceSet(
                    product_id=product.pk,
                    product_name=product.name,
                    amount=price.minor,
                    currency=price.currency,
                    valid_from=begun.isoformat(),
                ),
                begun,
            )
            for product, price, begun in prices
        ),
        by=by,
    )


@action
def withdraw_coming_price(product: Product, price_id: int, *, by: Actor) -> None:
    """Take back a price that has not begun; one that has begun is history and stays."""
    coming = ListPrice.objects.filter(product=product, pk=price_id)
    price = coming.first()
    if price is None:
        return
    if not coming.filter(valid_from__gt=now()).delete()[0]:
        raise CatalogueRefused(_("That price has begun already. Set a new one instead."), "price")
    publish(
        ListPriceWithdrawn(
            product_id=product.pk,
            product_name=product.name,
            amount=price.amount,
            currency=price.currency,
            valid_from=price.valid_from.isoformat(),
        ),
        by=by,
    )
