"""No table is forgotten when two customers become one: the registry equals the columns that point at a customer."""

import pytest
from django.apps import apps
from django.db.models import Model

from stamkunde.customers.models import Customer
from stamkunde.kit.merging import columns_that_stay, followers

FOLLOWING = {follower.name for follower in followers()}
STAYING = {one.name for one in columns_that_stay()}


def columns_of(model: type[Model]) -> list[str]:
    """Return the columns that say whose a row is: keys that point at a customer, and her number where there is none."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if field.related_model is Customer or field.name == "customer_id"]


def pointing_at_customers() -> list[str]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("stamkunde.")]
    return sorted(f"{model._meta.label}.{name}" for model in ours for name in columns_of(model))


@pytest.mark.parametrize("column", pointing_at_customers())
def test_a_column_that_points_at_a_customer_says_how_it_follows_her(column: str) -> None:
    assert column in FOLLOWING | STAYING, (
        f"{column} points at a customer: register a Follower or a Stays for it in the module's merging.py"
    )


def test_nothing_follows_and_stays_at_once() -> None:
    assert not FOLLOWING & STAYING


def test_the_walk_finds_keys_and_plain_numbers() -> None:
    """The check itself: a purchase, a relation's other end and a happening are all found."""
    found = pointing_at_customers()

    assert {"sales.Order.customer", "customers.Relation.other", "events.Happening.customer_id"} <= set(found)
