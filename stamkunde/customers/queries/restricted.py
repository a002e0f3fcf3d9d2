"""Those whose data may only be stored: the list of them, and what is stored of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stamkunde.customers.models import Customer, Restriction, RestrictionGround
from stamkunde.customers.models.customer import CustomerQuerySet
from stamkunde.kit import shown
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.kit.privacy import holdings

MOST_ROWS = 200


def restricted_page(rows: CustomerQuerySet, mark: str = "", size: int = 50) -> Page[Customer]:
    """Return a page of those restricted, the latest first."""
    return page(rows, Order("restricted_at"), mark=mark, size=size, parse=instant)


def open_restriction(customer: Customer) -> Restriction | None:
    return Restriction.objects.filter(customer=customer, lifted_at=None).first()


@dataclass(frozen=True)
class ShownRestriction:
    ground: str
    reason: str
    began: str
    lifted: str
    lifted_because: str
    told_how: str


def restrictions_of(customer: Customer) -> list[ShownRestriction]:
    """Return all restrictions there were, the latest first."""
    return [
        ShownRestriction(
            ground=str(RestrictionGround(one.ground).label),
            reason=one.reason,
            began=f"{shown.instant(one.began_at)}, {one.began_by}",
            lifted=f"{shown.instant(one.lifted_at)}, {one.lifted_by}" if one.lifted_at else "",
            lifted_because=one.lifted_because,
            told_how=one.told_how,
        )
        for one in Restriction.objects.filter(customer=customer).order_by("-began_at", "-pk")
    ]


def stored_of(customer_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield for each table what it holds of a customer: what for, and its latest rows."""
    for holding in holdings():
        rows = list(holding.export(customer_id))[-MOST_ROWS:]
        if rows:
            yield str(holding.purpose), rows
