"""Programmes, members and cards, as the tests of what is kept need them."""

from typing import Any

from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty import actions
from stamkunde.loyalty.models import MemberCard, Membership, Programme
from stamkunde.loyalty.values import ProgrammeValues
from tests.world import make_store

TERMS = {"currency": "NOK", "zone": "Europe/Oslo", "terms_version": "2026-1"}


def a_draft(name: str = "Stamkunde", **more: Any) -> Programme:
    make_store()
    return actions.write_programme(ProgrammeValues(name=name, **TERMS | more), by=SYSTEM)


def open_programme(name: str = "Stamkunde", **more: Any) -> Programme:
    """Return the open programme of a name, made when it is first spoken of."""
    known = Programme.objects.filter(name=name).first()
    return known or actions.open_programme(a_draft(name, **more), by=SYSTEM)


def member(customer: Customer, programme: Programme | None = None, **more: Any) -> Membership:
    return actions.join(customer.pk, programme or open_programme(), by=SYSTEM, **more)


def card_of(membership: Membership) -> MemberCard:
    return membership.cards.latest("pk")
