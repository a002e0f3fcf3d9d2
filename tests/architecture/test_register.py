"""The register of processing is whole: every table about a person has a purpose, a ground, a time and recipients."""

import pytest

from stamkunde.kit.privacy import Holding, Sensitivity, holdings
from stamkunde.kit.register import Processing, processing
from stamkunde.kit.retention import GROUNDS, stated_rules

RULES = {rule.name for rule in stated_rules()}


@pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.model._meta.label)
def test_a_table_in_the_registry_says_its_purpose_and_stands_in_the_register(holding: Holding) -> None:
    assert str(holding.purpose).endswith(".")
    assert any(column is not Sensitivity.NONE for column in holding.columns.values())
    assert holding.model in processing(), f"{holding.model._meta.label} says no ground, no time and no recipients"


@pytest.mark.parametrize("entry", processing().values(), ids=lambda entry: entry.model._meta.label)
def test_the_register_names_a_ground_a_time_and_recipients(entry: Processing) -> None:
    assert entry.model in {holding.model for holding in holdings()}
    assert str(GROUNDS[entry.ground])
    assert str(entry.kept) in RULES or str(entry.kept).endswith(".")
    assert str(entry.recipients).endswith(".")
