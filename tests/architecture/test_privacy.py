"""Nothing about a person is held that cannot be given out and forgotten: the registry equals the tables."""

import pytest
from django.apps import apps
from django.db.models import Model

from stamkunde.accounts.models import Store
from stamkunde.customers.models import Customer
from stamkunde.kit.privacy import Holding, Sensitivity, holdings
from stamkunde.sales.models import OrderLine

HELD = {holding.model: holding for holding in holdings()}


def leads_to_customer(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Say whether a table points at a customer, itself or by way of others, as an order line does by its order."""
    if model is Customer:
        return True
    if model in seen:
        return False
    targets = [field.related_model for field in model._meta.get_fields() if field.concrete and field.is_relation]
    return any(isinstance(target, type) and leads_to_customer(target, seen | {model}) for target in targets)


def personal_tables() -> list[type[Model]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("stamkunde.")]
    by_number = [model for model in ours if any(field.name == "customer_id" for field in model._meta.concrete_fields)]
    return sorted(
        {model for model in ours if leads_to_customer(model)} | set(by_number), key=lambda model: model._meta.label
    )


@pytest.mark.parametrize("model", personal_tables(), ids=lambda model: model._meta.label)
def test_a_table_that_leads_to_a_customer_is_in_the_registry(model: type[Model]) -> None:
    assert model in HELD, f"{model._meta.label} holds personal data that nothing exports or forgets"


@pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.model._meta.label)
def test_every_column_has_a_class(holding: Holding) -> None:
    columns = {field.name for field in holding.model._meta.concrete_fields}

    assert set(holding.columns) == columns
    assert all(isinstance(column, Sensitivity) for column in holding.columns.values())


def test_the_walk_follows_chains() -> None:
    """The check itself: a line of an order leads to its customer, a store does not."""
    assert leads_to_customer(OrderLine)
    assert not leads_to_customer(Store)
