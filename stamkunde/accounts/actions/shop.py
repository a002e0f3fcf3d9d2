"""Changing the shop, its stores and its tills."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from stamkunde.accounts.events import ShopChanged, StoreAdded, StoreChanged, TillAdded, TillChanged
from stamkunde.accounts.models import Shop, Store, Till
from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


@action
def change_shop(shop: Shop, *, by: Actor) -> Shop:
    """Keep the shop's new name, country, currency, language and zone."""
    before = Shop.objects.select_for_update().get(pk=shop.pk)
    # Whoever filled the form in for a minute must not pull the line back.
    shop.archive_before = before.archive_before
    shop.save()
    forget_kept_shop()
    transaction.on_commit(forget_kept_shop)
    event = ShopChanged(
        place_id=shop.pk, place_name=shop.name, old_language=before.language, new_language=shop.language
    )
    publish(event, by=by)
    return shop


@action
def move_archive_line(before: datetime) -> None:
    """Let what happened before an instant lie in the archive; what lies there already does not come back."""
    shops = Shop.objects.filter(Q(archive_before=None) | Q(archive_before__lt=before), pk=1)
    if shops.update(archive_before=before):
        forget_kept_shop()
        transaction.on_commit(forget_kept_shop)


@action
def add_store(store: Store, *, by: Actor) -> Store:
    store.save(force_insert=True)
    publish(StoreAdded(place_id=store.pk, place_name=store.name), by=by)
    return store


@action
def change_store(store: Store, *, by: Actor) -> Store:
    store.save()
    publish(StoreChanged(place_id=store.pk, place_name=store.name), by=by)
    return store


@action
def add_till(till: Till, *, by: Actor) -> Till:
    till.save(force_insert=True)
    publish(TillAdded(place_id=till.pk, place_name=till.name, store_name=till.store.name), by=by)
    return till


@action
def change_till(till: Till, *, by: Actor) -> Till:
    till.save()
    publish(TillChanged(place_id=till.pk, place_name=till.name, store_name=till.store.name), by=by)
    return till
