"""What has been kept long enough goes at night, what a dry run lists and nothing else, and the proof names nobody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stamkunde.accountability.actions.retention import begin_run, carry_out, change_rule, end_run, stop_run
from stamkunde.accountability.jobs import end_what_is_over
from stamkunde.accountability.models import Deletion, RetentionRun, RuleChange
from stamkunde.accountability.queries.retention import rehearsal
from stamkunde.accountability.refusals import Refused
from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import HitList, LookUp, LookUpPurpose
from stamkunde.events.models import Happening
from stamkunde.jobs.context import Stopped
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.retention import Period, rule_for
from tests.world import World

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
READ_LOG = "customers.read_log"


@pytest.fixture
def looks(world: World) -> list[LookUp]:
    """Three looks at Kari, a month after one another."""
    for month in range(3):
        with time_machine.travel(START + timedelta(days=31 * month), tick=False):
            record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.ola)
    return list(LookUp.objects.order_by("pk"))


def never() -> None:
    pass


def run_at(at: datetime, *, job_id: int = 1) -> RetentionRun:
    with time_machine.travel(at, tick=False):
        run = begin_run(job_id=job_id, by=SYSTEM)
        carry_out(run, lambda done: None, never)
        end_run(run, by=SYSTEM)
    run.refresh_from_db()
    return run


def test_a_dry_run_lists_what_the_run_then_ends_and_the_proof_says_how_many(looks):
    at = datetime(2028, 4, 12, 12, tzinfo=UTC)
    before = Happening.objects.count()

    listed = rehearsal(at)
    assert LookUp.objects.count() == 3
    assert Happening.objects.count() == before
    run = run_at(at)

    assert [(row.rule, row.number, row.example) for row in listed] == [(READ_LOG, 2, looks[0].pk)]
    assert listed[0].until == "10 Mar 2028"
    assert list(LookUp.objects.all()) == [looks[2]]
    assert run.state == RetentionRun.State.DONE
    proof = Deletion.objects.get()
    assert (proof.run, proof.rule, proof.number, f"{proof.newest_day}") == (run, READ_LOG, 2, "2026-04-11")
    assert "Kari" not in str(list(Deletion.objects.values())) + str(
        list(Happening.objects.order_by("-pk").values()[:1])
    )


def test_a_second_run_the_same_night_finds_nothing_left(looks):
    at = datetime(2028, 4, 12, 12, tzinfo=UTC)
    run_at(at)

    again = run_at(at, job_id=2)

    assert not again.deletions.exists()
    assert rehearsal(at) == []


def test_a_run_that_is_stopped_leaves_whole_portions_and_goes_on_from_there(looks):
    at = datetime(2028, 6, 12, 12, tzinfo=UTC)
    run_id = None

    def stop() -> None:
        raise Stopped("pause")

    with time_machine.travel(at, tick=False):
        run = begin_run(job_id=7, by=SYSTEM)
        run_id = run.pk
        with pytest.raises(Stopped):
            carry_out(run, lambda done: None, stop)
        stop_run(run)
    assert RetentionRun.objects.get().state == RetentionRun.State.STOPPED
    counted = Deletion.objects.get().number
    assert counted == 3 - LookUp.objects.count()

    finished = run_at(at + timedelta(hours=1), job_id=7)

    assert (finished.pk, finished.at, finished.state) == (run_id, at, RetentionRun.State.DONE)
    assert Deletion.objects.get().number == 3
    assert not LookUp.objects.exists()


def test_a_worker_that_lost_its_lease_ends_nothing(looks):
    class Lost(Exception):
        pass

    def lost(done: int) -> None:
        raise Lost

    with time_machine.travel(datetime(2028, 6, 12, 12, tzinfo=UTC), tick=False):
        run = begin_run(job_id=7, by=SYSTEM)
        with pytest.raises(Lost):
            carry_out(run, lost, never)

    assert LookUp.objects.count() == 3
    assert not Deletion.objects.exists()


def test_the_nightly_work_does_it_with_progress(looks):
    with time_machine.travel(datetime(2030, 6, 12, 12, tzinfo=UTC), tick=False):
        job = end_what_is_over.enqueue()
        assert run_due() == 1

    done = Job.objects.get(pk=job.pk)
    assert (done.state, done.progress_done) == ("done", 3)
    assert not LookUp.objects.exists()
    assert RetentionRun.objects.get().job_id == job.pk


def test_a_proposal_is_changed_with_a_reason_and_the_next_run_keeps_to_it(world, looks):
    change_rule(READ_LOG, Period(months=1), reason="The board decided so.", seen_version=1, by=world.liga.actor)
    rule = rule_for(READ_LOG, country="NO", on=START.date())

    run_at(datetime(2026, 4, 12, 12, tzinfo=UTC))

    assert (rule.period, rule.version) == (Period(months=1), 2)
    assert list(LookUp.objects.all()) == looks[1:]
    told = Happening.objects.get(name="accountability.rule_changed")
    assert (told.actor_label, told.details["reason"]) == ("Liga", "The board decided so.")


@pytest.mark.parametrize(
    ("key", "period", "reason", "version", "said"),
    [
        ("sales.documents:NO", Period(years=1), "Less is more.", 1, "This is a duty of law"),
        ("sales.documents:NO", Period(years=9), "More is more.", 1, "This is a duty of law"),
        ("customers.trash", Period(days=1), "Sooner.", 1, "This time is fixed: “Emptying the trash” keeps to it."),
        (READ_LOG, Period(), "Nothing.", 1, "Write a time between one day and fifty years."),
        (READ_LOG, Period(years=51), "For ever.", 1, "Write a time between one day and fifty years."),
        (READ_LOG, Period(months=12), "   ", 1, "Write why"),
        (READ_LOG, Period(months=12), "Late.", 5, "Somebody has changed this rule meanwhile. It now says 24 months."),
        ("nothing.at_all", Period(months=12), "What?", 1, "There is no such rule."),
    ],
)
def test_what_may_not_be_changed_is_refused_and_stays(world, key, period, reason, version, said):
    with pytest.raises(Refused, match=said):
        change_rule(key, period, reason=reason, seen_version=version, by=world.liga.actor)

    assert not RuleChange.objects.exists()
    assert not Happening.objects.filter(name="accountability.rule_changed").exists()


def test_lists_of_searches_are_kept_for_a_year(world):
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    HitList.objects.create(key="a", at=at, actor_kind="staff", actor_label="Anna", shown=" 1 ")

    run_at(datetime(2027, 3, 1, 22, tzinfo=UTC))
    assert HitList.objects.exists()
    run_at(datetime(2027, 3, 1, 23, 1, tzinfo=UTC), job_id=2)
    assert not HitList.objects.exists()
