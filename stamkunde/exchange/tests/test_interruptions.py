"""An import that is cut off goes on where it stopped, and ends as if it had never been cut off."""

# mypy: disable-error-code="union-attr, comparison-overlap, arg-type, misc"
import pytest

from stamkunde.customers.models import Customer
from stamkunde.exchange.actions import asking, running
from stamkunde.exchange.models import ImportRun, RunState
from stamkunde.exchange.tests.files import imported, kept_file, received, undone
from stamkunde.jobs import actions as job_actions
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.sales.models import Order, OrderLine, Return, ReturnLine

pytestmark = pytest.mark.django_db(transaction=True)


class PulledPlug(BaseException):
    pass


@pytest.fixture(autouse=True)
def a_store(world, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 10)
    return world.store


def rows() -> str:
    lines = ["order,date,customer,sku,description,quantity,price"]
    for number in range(64):
        quantity = -1 if number % 7 == 6 else 2
        lines.append(f"{number // 3},2024-01-{1 + number // 3:02},K{number % 5},P{number % 4},Thing,{quantity},10.00")
    # Two equal rows without a number, and a purchase whose lines stand apart.
    lines += [",2024-02-01,K1,P1,Thing,1,10.00"] * 2 + ["0,2024-01-01,K0,P3,Thing,1,10.00"]
    return "\n".join(lines) + "\n"


def digest() -> list:
    return [
        sorted(Order.objects.values_list("receipt_number", "total", "returned_total", "customer__family_name")),
        sorted(OrderLine.objects.values_list("order__receipt_number", "number", "product__sku", "quantity", "amount")),
        sorted(Return.objects.values_list("receipt_number", "total", "stands_alone")),
        sorted(ReturnLine.objects.values_list("returned__receipt_number", "quantity", "amount")),
        sorted(Customer.objects.values_list("family_name", "visits")),
    ]


@pytest.mark.parametrize("stop_after", [1, 3, 5])
def test_a_killed_import_ends_like_an_uninterrupted_one(stop_after):
    whole = imported(received(rows(), kind="purchases"))
    expected, expected_counts = digest(), whole.counts()
    undone(whole)
    assert not Order.objects.exists()

    run = running.begin(received(rows(), kind="purchases"), rehearse=False, by=SYSTEM)
    seen = []

    def pull_the_plug(done):
        seen.append(done)
        if len(seen) > stop_after:
            raise PulledPlug

    with pytest.raises(PulledPlug):
        running.Passage(run, rehearse=False).walk(pull_the_plug)
    run.refresh_from_db()
    assert run.taken == run.received == seen[stop_after - 1]

    running.Passage(run, rehearse=False).walk(lambda done: None)
    running.end_run(run, by=running.importing_actor(run))
    run.refresh_from_db()

    assert digest() == expected
    assert run.counts() == expected_counts


def test_a_paused_import_goes_on_and_a_cancelled_one_can_be_undone(world):
    run = received(rows(), kind="purchases")
    run = asking.ask_for_run(run, by=world.liga.actor)
    job_actions.pause_job(run.job_id, by=world.liga.actor)
    run_due()
    assert not Order.objects.exists()
    job_actions.resume_job(run.job_id, by=world.liga.actor)
    run_due()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Job.objects.get(pk=run.job_id).state == "done"

    asking.ask_for_undo(run, by=world.liga.actor)
    run_due()

    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert not Order.objects.exists()


def test_a_run_whose_job_was_cancelled_is_not_busy_for_ever(world):
    run = asking.ask_for_run(received(rows(), kind="purchases"), by=world.liga.actor)
    job_actions.cancel_job(run.job_id, by=world.liga.actor)
    run_due()

    run = running.settle_with_job(run)

    assert run.state == RunState.FAILED
    assert run.may_be_started


def test_a_kept_file_that_has_changed_is_refused():
    run = running.begin(received(rows(), kind="purchases"), rehearse=False, by=SYSTEM)
    with kept_file(run).open("a") as file:
        file.write("99,2024-01-01,K1,P1,Thing,1,10.00\n")

    with pytest.raises(UnreadableFileError, match="changed"):
        running.Passage(run, rehearse=False).walk(lambda done: None)

    assert not Order.objects.exists()


def test_a_file_cut_off_in_its_last_row_is_refused_as_a_whole():
    with pytest.raises(UnreadableFileError, match="cut off"):
        received(rows()[:-9], kind="purchases")

    assert not ImportRun.objects.exists()
