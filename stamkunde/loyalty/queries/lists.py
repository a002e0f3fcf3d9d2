"""Lists of members and programmes."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from stamkunde.customers.recognition.candidates import recognise
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, Page, instant, page
from stamkunde.loyalty.models import Membership, MembershipState, Programme
from stamkunde.loyalty.models.membership import MembershipQuerySet

NEWEST = Order("joined_at")
MOST_FOUND = 50


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """Whom to list: by part of a name, a number or a card; of which programme; in which state."""

    text: str = ""
    programme_id: int | None = None
    state: str = ""
    customer_id: int | None = None


def members(among: MembershipQuerySet, narrowing: Narrowing, *, mark: str = "", size: int = 50) -> Page[Membership]:
    """Return a page of members, those who joined last first; three queries at most."""
    rows = among.select_related("programme", "customer")
    if narrowing.programme_id is not None:
        rows = rows.filter(programme=narrowing.programme_id)
    if narrowing.state:
        rows = rows.filter(state=narrowing.state)
    if narrowing.customer_id is not None:
        rows = rows.filter(customer=narrowing.customer_id)
    if text := narrowing.text.replace("\x00", " ").strip():
        meant = [found.customer_id for found in recognise(text, limit=MOST_FOUND, now=now())]
        rows = rows.filter(customer__in=meant)
    return page(rows, NEWEST, mark=mark, size=size, parse=instant)


def with_counts(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Give each programme its number of members as `member_count`."""
    own = Q(memberships__customer__isnull=False, memberships__joined_to=None)
    return programmes.annotate(
        member_count=Count("memberships", filter=own & ~Q(memberships__state=MembershipState.CLOSED))
    )
