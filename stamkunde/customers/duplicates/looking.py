"""Looking for duplicates: among all customers each night, and at new ones soon after they came."""

from collections.abc import Iterator

from django.db.models import Q

from stamkunde.customers.actions.scanning import end_scan, highest_number
from stamkunde.customers.duplicates.scan import likely_pairs
from stamkunde.customers.models import Address, ContactPoint, Customer, DuplicateScan
from stamkunde.kit.clock import now

# So many new ones are an import, and a look at everybody takes no longer.
MOST_NEW = 2_000
_AT_ONCE = 200
_MOST_SHARING = 50


def look_at_everybody() -> DuplicateScan:
    started_at, highest = now(), highest_number()
    people, found = likely_pairs()
    return end_scan(found, people=people, started_at=started_at, highest_id=highest, is_whole=True)


def look_at_new_ones() -> DuplicateScan | None:
    """Compare the customers who came since the last look with whoever shares something with them."""
    last = DuplicateScan.objects.order_by("-highest_id").values_list("highest_id", flat=True).first() or 0
    started_at, highest = now(), highest_number()
    new = list(
        Customer.objects.present().filter(pk__gt=last, pk__lte=highest).values_list("pk", flat=True)[: MOST_NEW + 1]
    )
    if len(new) > MOST_NEW:
        return look_at_everybody()
    if not new:
        return None
    beside = set(new).union(*_sharing_with(new))
    people, found = likely_pairs(sorted(beside))
    fresh = set(new)
    about_new = [pair for pair in found if pair.one in fresh or pair.other in fresh]
    return end_scan(about_new, people=people, started_at=started_at, highest_id=highest, is_whole=False)


def _sharing_with(new: list[int]) -> Iterator[set[int]]:
    """Yield who shares a telephone, an e-mail, a birthday or a street with one of the new ones."""
    for start in range(0, len(new), _AT_ONCE):
        some = new[start : start + _AT_ONCE]
        values = set(ContactPoint.objects.filter(customer__in=some).values_list("value", flat=True))
        yield set(ContactPoint.objects.filter(value__in=values).values_list("customer", flat=True))
        yield from _born_like(some)
        yield from _living_like(some)


def _born_like(some: list[int]) -> Iterator[set[int]]:
    days = Customer.objects.filter(pk__in=some, birth_date__isnull=False).values_list("birth_date", "birth_day")
    for born, day in set(days):
        alike = Customer.objects.present().filter(birth_day=day, birth_date=born)
        yield set(alike.values_list("pk", flat=True)[:1_000])


def _living_like(some: list[int]) -> Iterator[set[int]]:
    places = Address.objects.filter(customer__in=some).exclude(street="").values_list("postcode", "town", "street")
    for postcode, town, street in set(places):
        where = Q(postcode=postcode) if postcode else Q(postcode="", town=town)
        yield set(
            Address.objects.filter(where, street__iexact=street).values_list("customer", flat=True)[:_MOST_SHARING]
        )
