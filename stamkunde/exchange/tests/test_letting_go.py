"""What an import leaves behind goes some rows at a time, and nothing of it can be used meanwhile."""

from collections.abc import Iterator
from typing import Any

import pytest

from stamkunde.accounts.models import Store
from stamkunde.customers import preparing
from stamkunde.customers.imports import profile
from stamkunde.customers.models import Customer
from stamkunde.events import publishing
from stamkunde.exchange.actions import letting_go, running
from stamkunde.exchange.actions.ending import discard_run, let_go_of_files
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.models import ImportChange, ImportLikeness, ImportProblem, ImportRun, SourceKey
from stamkunde.exchange.tests.files import imported, received, rehearsed, undone
from stamkunde.exchange.tracing import RunKeys
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.importing import CUSTOMER, PRODUCT
from tests.machine import Machine
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db

ROWS = "Kundenr;Fornavn;Etternavn\n" + "".join(f"{n};Kari {n};Nordmann\n" for n in range(7))
REFUSED = "Kundenr;Fornavn;Etternavn;E-post\n" + "".join(f"{n};Kari;Nordmann;none\n" for n in range(7))


@pytest.fixture(autouse=True)
def a_store(world: World) -> Store:
    return world.store


@pytest.fixture
def portions(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Iterator[list[int]]:
    """Let a portion be three rows; note how many went with each."""
    went: list[int] = []
    one = letting_go._end_some

    def noted(rows: Any) -> int:
        went.append(one(rows))
        return went[-1]

    monkeypatch.setattr(letting_go, "PORTION", 3)
    monkeypatch.setattr(letting_go, "_end_some", noted)
    with django_capture_on_commit_callbacks(execute=True):
        yield went


def test_a_file_with_many_refused_rows_is_gone_at_once_and_its_rows_in_portions(
    world: World, portions: list[int]
) -> None:
    run = rehearsed(received(REFUSED, kind="customers"))
    portions.clear()

    discard_run(run, by=world.liga.actor)

    assert signed_in(world.liga).get(f"/imports/{run.pk}/").status_code == 404
    assert Machine(world.liga).get(f"/imports/{run.pk}").status_code == 404
    assert str(run.pk) not in {str(one["id"]) for one in Machine(world.liga).get("/imports").json()["items"]}
    assert portions == []

    run_due()

    assert portions == [3, 3, 1, 0, 0]
    assert not ImportRun.objects.exists()
    assert not ImportProblem.objects.exists()


def test_few_refused_rows_go_with_the_file(world: World) -> None:
    run = rehearsed(received(REFUSED, kind="customers"))

    discard_run(run, by=world.liga.actor)

    assert not ImportRun.objects.exists()


def test_a_journal_whose_time_is_over_goes_in_portions_and_half_of_it_undoes_nothing(
    world: World, portions: list[int]
) -> None:
    run = imported(received(ROWS, kind="customers"))
    portions.clear()

    assert let_go_of_files([run.pk]) == 1
    assert let_go_of_files([run.pk]) == 0
    run.refresh_from_db()
    assert ImportChange.objects.filter(run=run).count() == 7
    with pytest.raises(NotYet, match="too long ago"):
        undone(run)

    run_due()

    assert portions == [0, 3, 3, 1, 0]
    assert not ImportChange.objects.exists()
    assert Customer.objects.count() == 7
    assert SourceKey.objects.filter(run=run).count() == 7


def test_clearing_that_was_stopped_goes_on(world: World, portions: list[int]) -> None:
    run = imported(received(ROWS, kind="customers"))
    let_go_of_files([run.pk])
    run.refresh_from_db()

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        letting_go.end_leftovers(run, stop)
    assert ImportChange.objects.count() == 4

    run_due()

    assert not ImportChange.objects.exists()


def test_a_file_that_went_because_somebody_is_erased_leaves_a_journal_that_goes_in_its_time(world: World) -> None:
    run = imported(received(ROWS, kind="customers"))
    running.let_go_of_bytes([run])

    assert let_go_of_files([run.pk]) == 1

    assert not ImportChange.objects.exists()


def test_a_new_rehearsal_forgets_what_the_last_one_told(world: World, portions: list[int]) -> None:
    run = rehearsed(received(REFUSED, kind="customers"))

    run = rehearsed(run)

    assert run.problems.count() == 7
    imported(run)
    assert set(run.problems.values_list("is_rehearsal", flat=True)) == {False}
    assert not ImportLikeness.objects.exists()


def test_undoing_forgets_keys_in_portions(world: World, portions: list[int]) -> None:
    run = undone(imported(received(ROWS, kind="customers")))

    assert not Customer.objects.exists()
    assert not SourceKey.objects.filter(run=run).exists()


def test_rows_are_read_before_the_database_is_held(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    depths: list[int] = []
    read = preparing.prepare_customer

    def noted(*args: Any, **values: Any) -> Any:
        depths.append(publishing._depth.get())
        return read(*args, **values)

    monkeypatch.setattr(profile, "prepare_customer", noted)

    run = imported(received(ROWS, kind="customers"))

    assert depths == [0] * 7
    assert run.created == 7


def test_who_stops_an_import_is_heard_before_a_batch_is_written(world: World) -> None:
    run = running.begin(received(ROWS, kind="customers"), rehearse=False, by=SYSTEM)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.Passage(run, rehearse=False).walk(lambda done: None, stop)

    run.refresh_from_db()
    assert (run.taken, Customer.objects.count()) == (0, 0)
    running.Passage(run, rehearse=False).walk(lambda done: None)
    assert Customer.objects.count() == 7


def test_a_rehearsal_finds_the_keys_it_would_have_made_and_writes_none(world: World) -> None:
    run = received(ROWS, kind="customers")
    SourceKey.objects.create(source=run.source, kind=CUSTOMER, key="1", object_id=41)
    keys = RunKeys(run, is_rehearsal=True)

    keys.add(CUSTOMER, {"1": -1, "2": -1, "3": 42})
    keys.add(PRODUCT, {"2": 43})

    assert keys.find(CUSTOMER, ["1", "2", "3", "4"]) == {"1": 41, "2": -1, "3": 42}
    assert keys.find(PRODUCT, ["1", "2"]) == {"2": 43}
    assert SourceKey.objects.count() == 1
