"""M-18: what a customer takes along is the same person with the same history in an empty house."""

import zipfile

import pytest

from stamkunde.customers.models import Customer
from stamkunde.exchange.tests.files import imported, received, settled
from stamkunde.exchange.tests.test_round_trip import (
    a_shop,
    answers_with_proof,
    catalogue,
    customers,
    empty_the_house,
    trade,
)
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.privacy.actions.asking import ask_for_copy
from stamkunde.privacy.actions.copies import path_of
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.privacy.models import AccessFile
from tests.world import World

pytestmark = pytest.mark.django_db


def test_m18_her_records_make_the_same_profile_and_history_in_a_fresh_house(world: World) -> None:
    assert world.store.pk
    a_shop()
    known = Customer.objects.get(given_name="Kari")
    asked = RequestValues(kind="access", asked_by="Herself", identity="known")
    ask_for_copy(receive_request(known, asked, by=SYSTEM).pk, by=SYSTEM)
    run_due()
    with zipfile.ZipFile(path_of(AccessFile.objects.get().stored_as)) as package:
        records = {
            name.split("-")[1].split(".")[0]: package.read(name)
            for name in sorted(package.namelist())
            if name.startswith("portable/")
        }
    before = [one for one in customers() if one[0].startswith("Kari")]
    history = [one for one in trade() if known.name in one]
    skus = {line[1] for one in history if one[0] == "bought" for line in one[-1]}
    products = [one for one in catalogue() if one[0] in skus]
    said = answers_with_proof()
    assert before and history
    empty_the_house()

    for kind, content in records.items():
        run = imported(settled(received(content, f"{kind}.jsonl", kind=kind, source="another shop")))
        assert run.skipped == 0, (kind, list(run.problems.values_list("sentence", flat=True)))

    assert customers() == before
    assert trade() == history
    assert [(one[0], one[1]) for one in catalogue()] == [(one[0], one[1]) for one in products]
    assert answers_with_proof() == said
