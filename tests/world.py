"""The cast of every test: the same few people, so that each test reads as a story about somebody.

Staff: Anna stands at the till, Ola answers customers, Līga runs the shop, Eve analyses and may see no customer.
Customers: Kari Nordmann is a regular, Jānis Bērziņš has difficult letters, Sven Karlsson complains.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.test import Client

from stamkunde.accounts.models import Country, Store, Till, User
from stamkunde.accounts.roles import Role
from stamkunde.customers.actions.customer import create_customer
from stamkunde.customers.models import ContactKind, Customer
from stamkunde.customers.values import ContactValues, CustomerValues
from stamkunde.kit.actor import SYSTEM

PASSWORD = "a lantern on the pier"  # noqa: S105


def make_store(
    name: str = "Majorstuen", country: str = Country.NORWAY, currency: str = "NOK", zone: str = "Europe/Oslo"
) -> Store:
    return Store.objects.get_or_create(name=name, defaults={"country": country, "currency": currency, "zone": zone})[0]


def make_till(store: Store | None = None, name: str = "Till 1") -> Till:
    return Till.objects.get_or_create(store=store or make_store(), name=name)[0]


def make_staff(name: str, role: Role, store: Store | None = None) -> User:
    """Make a member of staff who can be signed in with `signed_in`; the slow password hash is left out."""
    email = f"{name.lower()}@example.org"
    user = User(email=email, name=name, role=role, store=store)
    user.set_unusable_password()
    user.save()
    return user


def make_customer(
    given_name: str = "Kari", family_name: str = "Nordmann", *, phone: str = "", email: str = "", **values: Any
) -> Customer:
    contacts = [ContactValues(kind=ContactKind.PHONE, raw=phone, region="NO")] if phone else []
    if email:
        contacts.append(ContactValues(kind=ContactKind.EMAIL, raw=email))
    return create_customer(
        CustomerValues(given_name=given_name, family_name=family_name, contacts=tuple(contacts), **values), by=SYSTEM
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class World:
    """The cast, each made when first spoken of."""

    @cached_property
    def store(self) -> Store:
        return make_store()

    @cached_property
    def till(self) -> Till:
        return make_till(self.store)

    @cached_property
    def anna(self) -> User:
        return make_staff("Anna", Role.TILL, self.store)

    @cached_property
    def ola(self) -> User:
        return make_staff("Ola", Role.CARE, self.store)

    @cached_property
    def liga(self) -> User:
        return make_staff("Liga", Role.ADMINISTRATOR, self.store)

    @cached_property
    def eve(self) -> User:
        return make_staff("Eve", Role.ANALYST)

    @cached_property
    def kari(self) -> Customer:
        return make_customer("Kari", "Nordmann", phone="+4791234567", email="kari@example.org")

    @cached_property
    def janis(self) -> Customer:
        return make_customer("Jānis", "Bērziņš", phone="+37126123456")

    @cached_property
    def sven(self) -> Customer:
        return make_customer("Sven", "Karlsson", email="sven@example.org")
