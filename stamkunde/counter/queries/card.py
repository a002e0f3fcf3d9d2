"""The card of the customer at the counter: what matters in eight seconds, and nothing that can wait."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer, Note, TraitKind
from stamkunde.customers.queries import Profile, profile
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.loyalty.access import SEE as SEE_MEMBERS
from stamkunde.loyalty.models import Membership
from stamkunde.loyalty.queries.live import thanking_among
from stamkunde.loyalty.queries.members import Belonging, ShownMembership, belonging_of
from stamkunde.loyalty.shown_points import ShownPoints, shown_points
from stamkunde.sales.access import RETURN, open_orders
from stamkunde.sales.access import SEE as SEE_SALES
from stamkunde.sales.models import Order
from stamkunde.sales.queries import FourNumbers, four_numbers, orders_of_customer

FACTS = 2
PURCHASES = 5
MOST_THINGS = 3
# So many days ahead a birthday is worth a word.
SOON = 7
# Allergies first: what is forgotten there does harm.
_FIRST = (TraitKind.ALLERGY, TraitKind.SIZE, TraitKind.BUYS_FOR, TraitKind.LIKES, TraitKind.OTHER, TraitKind.REACHED)


@dataclass(frozen=True)
class Fact:
    icon: str
    tone: str
    label: str
    text: str


@dataclass(frozen=True)
class Bought:
    """One of the last purchases: what it was, and whether something of it may still come back."""

    order_id: int
    when: str
    at: str
    what: str
    more: int
    total: str
    is_returned: bool
    may_come_back: bool


@dataclass(frozen=True)
class Card:
    customer: Customer
    greeting: str
    identity: list[str]
    facts: list[Fact]
    more_facts: list[Fact]
    notes: list[Note]
    figures: FourNumbers
    rhythm: str
    is_late: bool
    purchases: list[Bought]
    sees_purchases: bool
    points: list[ShownPoints]
    """What there is in points in each membership, in their order."""
    memberships: list[ShownMembership]
    joinable: list[tuple[int, str]]
    thanks: bool = False
    """Whether one of the programmes that can be joined thanks for friends."""

    @property
    def usable(self) -> int:
        """How many points could be used in a purchase now: those of the first programme in which they can."""
        return next((own.usable for own in self.points if own.usable), 0)


def card(customer: Customer, user: User, today: date | None = None) -> Card:
    """Gather the card; eight queries, nine where one can be a member of something."""
    day = today or timezone.localdate()
    known = profile(customer)
    facts = _facts(known, customer, day)
    # A third allergy is no lesser one.
    shown_first = max(FACTS, sum(fact.tone == "amber" for fact in facts))
    sees_purchases = user.may(SEE_SALES.name)
    belonging = belonging_of(customer.pk) if user.may(SEE_MEMBERS.name) else Belonging([], [])
    points = _points(belonging)
    return Card(
        customer=customer,
        points=points,
        greeting=known.greeting,
        identity=_identity(known, customer),
        facts=facts[:shown_first],
        more_facts=facts[shown_first:],
        notes=list(customer.notes.filter(is_pinned=True, trashed_at=None).order_by("-written_at")),
        figures=four_numbers(customer, day),
        rhythm=rhythm(customer, day),
        is_late=customer.next_visit_expected_on is not None and customer.next_visit_expected_on < day,
        purchases=_purchases(customer, user) if sees_purchases else [],
        sees_purchases=sees_purchases,
        memberships=belonging.memberships,
        joinable=belonging.joinable,
        thanks=bool(thanking_among(pk for pk, _name in belonging.joinable)),
    )


def _points(belonging: Belonging) -> list[ShownPoints]:
    """Return the points of each membership; no query for whoever is no member."""
    if not belonging.memberships:
        return []
    rows = Membership.objects.select_related("programme").in_bulk([one.id for one in belonging.memberships])
    return [shown_points(rows[one.id], now()) for one in belonging.memberships]


def _facts(known: Profile, customer: Customer, day: date) -> list[Fact]:
    order = {str(kind.label): place for place, kind in enumerate(_FIRST)}
    traits = sorted(known.traits, key=lambda trait: order.get(trait.kind_label, len(order)))
    facts = [Fact(trait.icon, trait.tone, trait.kind_label, trait.text) for trait in traits]
    allergies = sum(fact.tone == "amber" for fact in facts)
    if birthday := _birthday(customer, day):
        facts.insert(allergies, Fact("cake", "gold", _("Birthday"), birthday))
    return facts


def _birthday(customer: Customer, day: date) -> str:
    born = customer.birth_date
    if born is None:
        return ""
    days = min((on - day).days for on in (_in_year(born, day.year), _in_year(born, day.year + 1)) if on >= day)
    if days == 0:
        return _("Has a birthday today")
    if days <= SOON:
        return ngettext("Has a birthday in %(days)s day", "Has a birthday in %(days)s days", days) % {"days": days}
    return ""


def _in_year(born: date, year: int) -> date:
    """Return the birthday of a year; leap-day children have it on the 28th in common years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _identity(known: Profile, customer: Customer) -> list[str]:
    """Return what tells that it is the right one, now that she is picked."""
    parts = [
        known.addresses[0].lines[-1] if known.addresses and known.addresses[0].lines else "",
        _("born %(year)s") % {"year": customer.birth_date.year} if customer.birth_date else "",
        *(contact.shown for contact in known.contacts[:2]),
        _("number %(number)s") % {"number": customer.pk},
    ]
    return [part for part in parts if part]


def rhythm(customer: Customer, day: date) -> str:
    """Say how often she comes, and whether she is early or late."""
    if not customer.visits:
        return _("Has not bought anything yet.")
    interval, due = customer.typical_interval_days, customer.next_visit_expected_on
    if not interval or due is None:
        return _("Too few visits yet to know a rhythm.")
    return f"{_often(interval)} {_due((due - day).days)}"


def _often(interval: int) -> str:
    if interval < 11:
        return ngettext("Usually comes every day.", "Usually comes about every %(number)s days.", interval) % {
            "number": interval
        }
    if interval < 60:
        weeks = max(2, round(interval / 7))
        return ngettext("Usually comes about every week.", "Usually comes about every %(number)s weeks.", weeks) % {
            "number": weeks
        }
    months = round(interval / 30.44)
    return ngettext("Usually comes about every month.", "Usually comes about every %(number)s months.", months) % {
        "number": months
    }


def _due(days: int) -> str:
    if days < 0:
        return ngettext(
            "It has been %(days)s day longer than usual.", "It has been %(days)s days longer than usual.", -days
        ) % {"days": shown.number(-days)}
    if days == 0:
        return _("Today is about the day.")
    return ngettext("The next visit would be in %(days)s day.", "The next visit would be in %(days)s days.", days) % {
        "days": days
    }


def _purchases(customer: Customer, user: User) -> list[Bought]:
    may_return = user.may(RETURN.name)
    latest = orders_of_customer(customer.pk, among=open_orders(user), size=PURCHASES)
    return [_bought(order, may_return=may_return) for order in latest.rows]


def _bought(order: Order, *, may_return: bool) -> Bought:
    lines = list(order.lines.all())
    return Bought(
        order_id=order.pk,
        when=shown.day(order.business_day),
        at=order.business_day.isoformat(),
        what=", ".join(line.description for line in lines[:MOST_THINGS]),
        more=max(0, len(lines) - MOST_THINGS),
        total=shown.amount(order.total, order.currency),
        is_returned=0 < order.total <= order.returned_total,
        may_come_back=may_return and any(line.returned_quantity < line.quantity for line in lines),
    )
