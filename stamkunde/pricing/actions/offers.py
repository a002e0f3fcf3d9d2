"""Offers: written, changed, put to work, paused, ended; and counted where they may be used so often only."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from stamkunde.catalogue.models import Category, Product
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.pricing.actions.books import checked_audience, checked_currency, checked_stores, checked_text
from stamkunde.pricing.events import OfferChanged, OfferEnded, OfferEvent, OfferPaused, OfferStarted, OfferWritten
from stamkunde.pricing.models import (
    ForWhom,
    Offer,
    OfferCount,
    OfferLayer,
    OfferOwner,
    OfferRun,
    OfferStacking,
    OfferState,
    VoucherBatch,
)
from stamkunde.pricing.queries.live import forget_live
from stamkunde.pricing.refusals import PricingRefused, Stale, UsedUp
from stamkunde.pricing.schemas import (
    OfferConditions,
    OfferScope,
    OfferValues,
    conditions_of,
    evaluated,
    plain_benefit,
    scope_of,
)

_COLUMNS = (
    "name", "kind", "layer", "benefit", "scope", "conditions", "audience", "audience_of", "currency", "stacking",
    "group", "priority",
)  # fmt: skip
LARGEST_PRIORITY = 1_000
MOST_OWNERS = 10_000


@action
def write_offer(values: OfferValues, *, by: Actor) -> Offer:
    """Write an offer; it holds for nobody until it is put to work."""
    offer = Offer(created_at=now(), **_checked(values))
    offer.save(force_insert=True)
    _set_owners(offer, values.owners)
    publish(_told(OfferWritten, offer), by=by)
    return offer


@action
def change_offer(offer: Offer, values: OfferValues, *, version: int, by: Actor) -> Offer:
    """Change an offer that is still as the person saw it; what it was stays known of the time in which it held."""
    checked = _checked(values, known=values_of(offer).owners)
    held = Offer.objects.select_for_update().get(pk=offer.pk)
    if held.version != version:
        raise Stale
    if held.state == OfferState.ENDED:
        raise PricingRefused(_("This offer has ended. Write a new one like it."), "state")
    if held.state == OfferState.LIVE:
        _refuse_endless(values)
    _refuse_without_code(held, values)
    fields = [name for name in _COLUMNS if getattr(held, name) != checked[name]]
    if _set_owners(held, values.owners):
        fields.append("owners")
    if not fields:
        return held
    for name, value in checked.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*checked, "version"])
    if held.state == OfferState.LIVE:
        _end_run(held)
        _begin_run(held)
    publish(
        OfferChanged(offer_id=held.pk, offer_name=held.name, kind=held.kind, fields=fields),
        by=by,
    )
    forget_live()
    return held


@action
def start_offer(offer: Offer, *, by: Actor) -> Offer:
    """Put an offer to work: from now on it holds whenever its conditions do."""
    held = Offer.objects.select_for_update().get(pk=offer.pk)
    if held.state == OfferState.LIVE:
        return held
    if held.state == OfferState.ENDED:
        raise PricingRefused(_("This offer has ended. Write a new one like it."), "state")
    values = values_of(held)
    _checked(values, known=values.owners)
    _refuse_endless(values)
    _set_state(held, OfferState.LIVE)
    OfferCount.objects.get_or_create(offer=held)
    _begin_run(held)
    publish(_told(OfferStarted, held), by=by)
    forget_live()
    return held


@action
def pause_offer(offer: Offer, *, by: Actor) -> Offer:
    held = Offer.objects.select_for_update().get(pk=offer.pk)
    if held.state != OfferState.LIVE:
        return held
    _set_state(held, OfferState.PAUSED)
    _end_run(held)
    publish(_told(OfferPaused, held), by=by)
    forget_live()
    return held


@action
def end_offer(offer: Offer, *, by: Actor) -> Offer:
    """End an offer for good; it is kept for what was sold by it."""
    held = Offer.objects.select_for_update().get(pk=offer.pk)
    if held.state == OfferState.ENDED:
        return held
    _set_state(held, OfferState.ENDED)
    _end_run(held)
    publish(_told(OfferEnded, held), by=by)
    forget_live()
    return held


def set_state(offer: Offer, state: str, *, by: Actor) -> Offer:
    """Put an offer to work, pause it, or end it."""
    verbs = {OfferState.LIVE: start_offer, OfferState.PAUSED: pause_offer, OfferState.ENDED: end_offer}
    if state not in verbs:
        raise PricingRefused(_("An offer that was put to work does not become a draft again. Pause it."), "state")
    return verbs[OfferState(state)](offer, by=by)


@action
def count_uses(taken_off: Mapping[int, int]) -> None:
    """Count that a purchase used these offers, with what each took off; refuse one whose limit has been reached.

    What was seen beforehand does not count: the row is only changed while it is still within its limits.
    """
    limited = Offer.objects.filter(pk__in=taken_off).only("pk", "name", "conditions")
    for offer in sorted(limited, key=lambda one: one.pk):
        conditions = conditions_of(offer.conditions)
        if not conditions.is_limited():
            continue
        amount = taken_off[offer.pk]
        within = Q(offer=offer)
        if conditions.most_uses is not None:
            within &= Q(uses__lt=conditions.most_uses)
        if conditions.budget is not None:
            within &= Q(spent__lte=conditions.budget - amount)
        if not OfferCount.objects.filter(within).update(uses=F("uses") + 1, spent=F("spent") + amount):
            raise UsedUp(offer.name)


def values_of(offer: Offer) -> OfferValues:
    owners = offer.owners.order_by("customer").values_list("customer", flat=True)
    return OfferValues(**{name: getattr(offer, name) for name in _COLUMNS}, owners=tuple(owners))


def _set_owners(offer: Offer, owners: Collection[int]) -> bool:
    """Let a personal offer be these customers' own; return whether that changes anything."""
    known = set(offer.owners.values_list("customer", flat=True))
    offer.owners.filter(customer__in=known - set(owners)).delete()
    more = sorted(set(owners) - known)
    OfferOwner.objects.bulk_create([OfferOwner(offer=offer, customer_id=pk, given_at=now()) for pk in more])
    return known != set(owners)


def _refuse_without_code(offer: Offer, values: OfferValues) -> None:
    if not conditions_of(values.conditions).needs_code and VoucherBatch.objects.filter(offer=offer).exists():
        raise PricingRefused(
            _("There are codes that bring this offer, so it goes on needing one. Write another offer for all."),
            "conditions.needs_code",
        )


def _told(kind: type[OfferEvent], offer: Offer) -> OfferEvent:
    return kind(offer_id=offer.pk, offer_name=offer.name, kind=offer.kind)


def _set_state(offer: Offer, state: OfferState) -> None:
    offer.state = state
    offer.version += 1
    offer.save(update_fields=["state", "version"])


def _begin_run(offer: Offer) -> None:
    content = {name: getattr(offer, name) for name in _COLUMNS}
    OfferRun.objects.create(offer=offer, began_at=now(), content=content)


def _end_run(offer: Offer) -> None:
    OfferRun.objects.filter(offer=offer, ended_at=None).update(ended_at=now())


def _refuse_endless(values: OfferValues) -> None:
    if not values.conditions.get("ends") and not values.conditions.get("most_uses"):
        raise PricingRefused(
            _("Say until when the offer holds, or how often it may be used. An offer without an end is forgotten."),
            "conditions.ends",
        )


def _checked(values: OfferValues, *, known: Collection[int] = ()) -> dict[str, Any]:
    """Return the columns; refuse what contradicts itself or is about things that are not there.

    Owners who are `known` already may have been put away meanwhile.
    """
    name = checked_text(values.name, "name")
    if not name:
        raise PricingRefused(_("Give the offer a name; it stands on the receipt."), "name")
    of = checked_audience(values.audience, values.audience_of)
    if values.layer not in OfferLayer.values:
        raise PricingRefused(_("Choose one of those offered."), "layer")
    if values.stacking not in OfferStacking.values:
        raise PricingRefused(_("Choose one of those offered."), "stacking")
    offer = evaluated(values)
    conditions = conditions_of(values.conditions)
    scope = scope_of(values.scope)
    if offer.layer not in offer.benefit.layers:
        raise PricingRefused(_("An offer of this kind cannot be taken off there. Choose another place."), "layer")
    group = checked_text(values.group, "group", 60)
    if values.stacking == OfferStacking.ONE_GROUP and not group:
        raise PricingRefused(_("Name the group whose offers it goes with."), "group")
    if abs(values.priority) > LARGEST_PRIORITY:
        raise PricingRefused(_("Write a priority between -1000 and 1000."), "priority")
    _refuse_contradictions(values, conditions)
    _refuse_wrong_owners(values, conditions, known)
    _refuse_wrong_currency(values, conditions, names_money=offer.benefit.is_money)
    checked_stores(conditions.stores, values.currency)
    _refuse_missing(scope, offer.benefit.scopes())
    return {
        "name": name,
        "kind": values.kind,
        "layer": str(offer.layer),
        "benefit": plain_benefit(offer.benefit),
        "scope": {key: sorted(set(value)) for key, value in scope.model_dump().items() if value},
        "conditions": conditions.model_dump(mode="json", exclude_defaults=True),
        "audience": values.audience,
        "audience_of": of,
        "currency": values.currency,
        "stacking": str(offer.stacking),
        "group": group,
        "priority": values.priority,
    }


def _refuse_contradictions(values: OfferValues, conditions: OfferConditions) -> None:
    if conditions.starts and conditions.ends and conditions.ends <= conditions.starts:
        raise PricingRefused(_("The offer would end before it begins. Look at both times."), "conditions.ends")
    for moment in (conditions.starts, conditions.ends):
        if moment is not None and moment.tzinfo is not None:
            raise PricingRefused(
                _("Write times as the clock on the wall of the store shows them."), "conditions.starts"
            )
    if (conditions.hours_from is None) != (conditions.hours_to is None):
        raise PricingRefused(_("Write both from and until what time of day it holds."), "conditions.hours_to")
    if conditions.budget is not None and values.layer in (OfferLayer.UNIT, OfferLayer.POINTS):
        raise PricingRefused(
            _("A price of its own, or points, cannot be limited by an amount. Say how often it may be used instead."),
            "conditions.budget",
        )
    if conditions.hours_from is not None and conditions.hours_from == conditions.hours_to:
        raise PricingRefused(
            _("From and until are the same time of day. Leave both empty for all day."), "conditions.hours_to"
        )


def _refuse_wrong_owners(values: OfferValues, conditions: OfferConditions, known: Collection[int]) -> None:
    if values.audience != ForWhom.CUSTOMER:
        if values.owners:
            raise PricingRefused(_("Customers are named, but it is not for single ones. Leave them out."), "owners")
        return
    if not values.owners:
        raise PricingRefused(_("Name the customers whose offer it is, by their numbers."), "owners")
    if len(values.owners) > MOST_OWNERS:
        raise PricingRefused(_("Name at most 10,000 customers."), "owners")
    if conditions.needs_code:
        raise PricingRefused(
            _("A personal offer needs no code. A code that is one customer's own brings an offer for everybody."),
            "conditions.needs_code",
        )
    named = set(values.owners) - set(known)
    if Customer.objects.present().filter(pk__in=named).count() != len(named):
        raise PricingRefused(_("One of the customers is not there. Look at the numbers once more."), "owners")


def _refuse_wrong_currency(values: OfferValues, conditions: OfferConditions, *, names_money: bool) -> None:
    names_money = names_money or bool(conditions.minimum) or conditions.budget is not None
    if values.currency:
        checked_currency(values.currency)
    elif names_money:
        raise PricingRefused(_("It names an amount, so say in which currency."), "currency")


def _refuse_missing(scope: OfferScope, more: tuple[Any, ...]) -> None:
    products = {*scope.products, *scope.without_products}
    categories = {*scope.categories, *scope.without_categories}
    for one in more:
        products |= one.products | one.without_products
        categories |= one.categories | one.without_categories
    if products and Product.objects.filter(pk__in=products).count() != len(products):
        raise PricingRefused(_("One of the products is no longer there. Choose them anew."), "scope.products")
    if categories and Category.objects.filter(pk__in=categories).count() != len(categories):
        raise PricingRefused(_("One of the categories is no longer there. Choose them anew."), "scope.categories")
    both = {*scope.products} & {*scope.without_products} or {*scope.categories} & {*scope.without_categories}
    if both:
        raise PricingRefused(_("Something is named and left out at once. Choose one of the two."), "scope.products")
