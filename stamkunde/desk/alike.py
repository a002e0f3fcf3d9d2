"""What makes two customers alike, in the language in which lists are filtered."""

from itertools import pairwise

from stamkunde.customers.models import Address, Customer, CustomerKind

# Somebody with six visits is like those with five to nine: from the first number of a band to the one before the next.
BANDS = (1, 2, 5, 10, 25, 50)


def filters_like(customer: Customer) -> list[tuple[str, str]]:
    """Return the filters that fit people like this customer; what is not known of her narrows nothing."""
    found = [
        ("town", _town(customer)),
        ("store", str(customer.home_store_id or "")),
        ("language", customer.language),
        ("kind", customer.kind if customer.kind == CustomerKind.COMPANY else ""),
    ]
    return [("f", f"{field}:is:{value}") for field, value in found if value] + [("f", one) for one in _band(customer)]


def _town(customer: Customer) -> str:
    towns = Address.objects.filter(customer=customer).exclude(town="").order_by("-is_preferred", "pk")
    return next(iter(towns.values_list("town", flat=True)[:1]), "")


def _band(customer: Customer) -> list[str]:
    if not customer.visits:
        return ["visits:at_most:0"]
    for first, following in pairwise(BANDS):
        if customer.visits < following:
            return [f"visits:at_least:{first}", f"visits:at_most:{following - 1}"]
    return [f"visits:at_least:{BANDS[-1]}"]
