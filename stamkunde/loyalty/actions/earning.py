"""What earns nothing in a programme, and what other currencies are worth in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from stamkunde.catalogue.models import Category, Product
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.money import LARGEST_MINOR
from stamkunde.loyalty.actions.programmes import check_currency
from stamkunde.loyalty.events import PointsExclusionsChanged, PointsRatesChanged
from stamkunde.loyalty.models import PointsExchange, PointsExclusion, Programme, ProgrammeState
from stamkunde.loyalty.queries.live import forget_programmes
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale

MOST_EXCLUSIONS = 2_000
MOST_RATES = 2_000


@dataclass(frozen=True, order=True)
class RateValues:
    """From a day on, `amount` minor units of a currency are worth `worth` of the programme's own."""

    currency: str
    valid_from: date
    worth: int
    amount: int


@action
def set_exclusions(
    programme: Programme, *, products: Collection[int], categories: Collection[int], version: int, by: Actor
) -> Programme:
    """Say which products, and which categories with all that lies in them, earn nothing from now on."""
    held = held_as_seen(programme, version)
    wanted = {("product", pk) for pk in products} | {("category", pk) for pk in categories}
    if len(wanted) > MOST_EXCLUSIONS:
        raise LoyaltyRefused(
            _("This is more than can be left out one by one. Leave out the categories in which they lie."), "products"
        )
    _refuse_unknown(set(products), set(categories))
    rows = list(PointsExclusion.objects.filter(programme=held))
    known = {("product", row.product_id) if row.product_id else ("category", row.category_id): row for row in rows}
    if known.keys() == wanted:
        return held
    PointsExclusion.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    PointsExclusion.objects.bulk_create(
        PointsExclusion(programme=held, **{f"{kind}_id": pk}) for kind, pk in sorted(wanted - known.keys())
    )
    changed(held)
    publish(PointsExclusionsChanged(programme_id=held.pk, programme_name=held.name), by=by)
    return held


@action
def set_rates(programme: Programme, rates: Sequence[RateValues], *, version: int, by: Actor) -> Programme:
    """Say what other currencies are worth from which day on; what was earned stays as it was converted."""
    held = held_as_seen(programme, version)
    _check_rates(held, rates)
    rows = {_values(row): row for row in PointsExchange.objects.filter(programme=held)}
    wanted = set(rates)
    if rows.keys() == wanted:
        return held
    for currency in {one.currency for one in wanted - rows.keys()}:
        # What stands already may stay, also where no store sells in that currency any longer.
        check_currency(currency)
    PointsExchange.objects.filter(pk__in=[row.pk for own, row in rows.items() if own not in wanted]).delete()
    PointsExchange.objects.bulk_create(
        PointsExchange(
            programme=held, currency=own.currency, valid_from=own.valid_from, worth=own.worth, amount=own.amount
        )
        for own in sorted(wanted - rows.keys())
    )
    changed(held)
    publish(PointsRatesChanged(programme_id=held.pk, programme_name=held.name), by=by)
    return held


def held_as_seen(programme: Programme, version: int) -> Programme:
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.version != version:
        raise Stale
    if held.state == ProgrammeState.CLOSED:
        raise LoyaltyRefused(_("This programme is closed, and its rules stay as they were. Write a new one."), "state")
    return held


def changed(held: Programme) -> None:
    # Each lot says by which version of the rules it was earned, and these are rules as well.
    held.version += 1
    held.save(update_fields=["version"])
    forget_programmes()


def _refuse_unknown(products: set[int], categories: set[int]) -> None:
    if Product.objects.filter(pk__in=products).count() < len(products):
        raise LoyaltyRefused(_("One of the products does not exist. Leave it out, or choose another one."), "products")
    if Category.objects.filter(pk__in=categories).count() < len(categories):
        raise LoyaltyRefused(
            _("One of the categories does not exist. Leave it out, or choose another one."), "categories"
        )


def _check_rates(programme: Programme, rates: Sequence[RateValues]) -> None:
    if len(rates) > MOST_RATES:
        raise LoyaltyRefused(_("These are too many rates. Remove those that are long past."), "rates")
    if len({(one.currency, one.valid_from) for one in rates}) < len(rates):
        raise LoyaltyRefused(_("Two rates of a currency begin on the same day. Keep one of them."), "rates")
    for one in rates:
        if one.currency == programme.currency:
            raise LoyaltyRefused(_("This is the programme's own currency. It needs no rate."), "currency")
        if not (0 < one.worth <= LARGEST_MINOR and 0 < one.amount <= LARGEST_MINOR):
            raise LoyaltyRefused(_("Write an amount above nought."), "worth")


def _values(row: PointsExchange) -> RateValues:
    return RateValues(row.currency, row.valid_from, row.worth, row.amount)
