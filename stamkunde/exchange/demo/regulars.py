"""The demo shop's programme, and who has joined it."""

import random
from collections.abc import Sequence
from datetime import timedelta

from stamkunde.customers.models import ContactKind, ContactPoint, ContactStatus, Customer
from stamkunde.exchange.demo.points import let_members_earn, write_levels
from stamkunde.exchange.demo.shopping import Habit
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.earning import RateValues
from stamkunde.loyalty.actions.history import record_past_members
from stamkunde.loyalty.models import ExpiryKind, MembershipSource, Symbology
from stamkunde.loyalty.values import ProgrammeValues

# So many of a hundred have joined, and a few of these have a story.
SHARE = 0.3
# How long the programme has been open, and what a hundred minor units of other currencies are worth in it.
OPEN_FOR = timedelta(days=550)
_WORTH = {"SEK": 103, "EUR": 1_165}
_SUSPENDED, _LEFT, _BLOCKED, _REPLACED = range(4)


def open_programmes(customers: Sequence[Customer], habits: Sequence[Habit], chance: random.Random) -> None:
    """Open a programme, let regulars join it when they first came, and write the rules of another one."""
    values = ProgrammeValues(
        name="Stamkunde",
        currency="NOK",
        zone="Europe/Oslo",
        earn_points=1,
        earn_per=1_000,
        point_worth=10,
        expiry=ExpiryKind.MONTH_END,
        expiry_after=12,
        terms_version="2024-1",
    )
    programme = actions.open_programme(actions.write_programme(values, by=SYSTEM), by=SYSTEM)
    newest, opened = now() - timedelta(days=1), now() - OPEN_FOR
    programme = actions.set_rates(
        programme,
        [RateValues(currency, opened.date(), worth, 100) for currency, worth in _WORTH.items()],
        version=programme.version,
        by=SYSTEM,
    )
    write_levels(programme)
    # Who came already joined when it was opened, or somewhat later.
    joined = [
        (customer.pk, min(max(own.since, opened + timedelta(days=chance.expovariate(1 / 60))), newest))
        for customer, own in zip(customers, habits, strict=True)
        if chance.random() < SHARE
    ]
    memberships = record_past_members(programme, joined, source=MembershipSource.TILL, by=SYSTEM)
    let_members_earn(programme, memberships, opened, chance)
    for place, membership in enumerate(memberships[:5]):
        card = membership.cards.get()
        if place == _SUSPENDED:
            actions.suspend_membership(membership, reason="Lent the card to half the street", by=SYSTEM)
        elif place == _LEFT:
            actions.close_membership(membership, by=SYSTEM)
        elif place == _BLOCKED:
            actions.block_card(card, by=SYSTEM)
        elif place == _REPLACED:
            actions.replace_card(card, by=SYSTEM)
        else:
            actions.issue_card(membership, symbology=Symbology.QR, by=SYSTEM)
    members = {pk for pk, _at in joined}
    others = [customer.pk for customer in customers if customer.pk not in members]
    for customer in Customer.objects.present().filter(pk__in=others[:20]).order_by("pk")[:3]:
        phones = ContactPoint.objects.filter(customer=customer, kind=ContactKind.PHONE)
        typed = phones.filter(status=ContactStatus.UNVERIFIED).values_list("value", flat=True).first()
        actions.join(customer.pk, programme, source=MembershipSource.TILL, unconfirmed=typed or "", by=SYSTEM)
    bakers = ProgrammeValues(name="Bakers' club", currency="NOK", zone="Europe/Oslo", earn_points=0)
    actions.write_programme(bakers, by=SYSTEM)
