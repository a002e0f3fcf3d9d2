"""Remembering who was erased, by digests only."""

from collections.abc import Collection, Iterable

from stamkunde.customers.models import ContactPoint, Customer, Suppression
from stamkunde.customers.suppressing import OWN, digest_of, digest_of_key
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now


@action
def suppress(customer_ids: Collection[int], keys: Iterable[tuple[str, str]]) -> int:
    """Keep the digests of one person's addresses, numbers and keys of other systems; return how many.

    `keys` are pairs of a source and a key there; the person may have several numbers, of profiles that were merged.
    """
    kept: dict[str, bool] = {}
    for point in ContactPoint.objects.filter(customer__in=customer_ids):
        others = ContactPoint.objects.filter(kind=point.kind, value=point.value).exclude(customer__in=customer_ids)
        kept[digest_of(point.kind, point.value)] = others.exists()
    for ref in Customer.objects.filter(pk__in=customer_ids).values_list("ref", flat=True):
        kept[digest_of_key(OWN, str(ref))] = False
    kept.update({digest_of_key(source, key): False for source, key in keys})
    at = now()
    for digest, is_shared in kept.items():
        Suppression.objects.update_or_create(digest=digest, defaults={"at": at, "is_shared": is_shared})
    return len(kept)
