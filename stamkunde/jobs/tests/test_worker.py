"""A worker keeps its leases, stops in order, survives its database and never runs a job twice at once."""

import os
import signal
import threading
import time
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from stamkunde.jobs import actions, lease
from stamkunde.jobs.lease import Reaper
from stamkunde.jobs.models import Job, JobState, Tick
from stamkunde.jobs.running import run_due
from stamkunde.jobs.tests.conftest import COMMAND, eventually, lease_end, taken
from stamkunde.jobs.tests.sample_jobs import deaf, lines_of, note, portions, wait_for
from stamkunde.jobs.worker import HOUSEKEEPING_SECONDS, Worker
from stamkunde.kit.actor import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def state() -> str:
    return Job.objects.get().state


def test_many_threads_of_two_workers_run_each_job_once(in_threads, tmp_path):
    path = str(tmp_path / "notes")
    for number in range(60):
        note.enqueue(path=path, text=str(number))
    in_threads(threads=3)
    in_threads(threads=3)
    eventually(lambda: not Job.objects.exclude(state=JobState.DONE).exists())
    assert Counter(lines_of(path)) == Counter(str(number) for number in range(60))
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


def test_a_job_that_takes_longer_than_a_lease_keeps_it(in_threads, tmp_path):
    wait_for.enqueue(path=str(tmp_path / "log"), until=str(tmp_path / "go"))
    in_threads()
    in_threads()
    eventually(lambda: lines_of(tmp_path / "log"))
    first = lease_end()
    eventually(lambda: timezone.now() > first)
    eventually(lambda: lease_end() > first)
    (tmp_path / "go").touch()
    eventually(lambda: state() == JobState.DONE)
    assert lines_of(tmp_path / "log") == [f"began 1 {os.getpid()}", "ended 1"]


@pytest.mark.parametrize(
    ("ask", "outcome"), [(actions.cancel_job, JobState.CANCELLED), (actions.pause_job, JobState.PAUSED)]
)
def test_a_running_job_hears_what_is_asked_of_it(in_threads, tmp_path, ask, outcome):
    row = wait_for.enqueue(path=str(tmp_path / "log"), until=str(tmp_path / "go"))
    in_threads()
    eventually(lambda: lines_of(tmp_path / "log"))
    ask(row.pk, by=SYSTEM)
    eventually(lambda: state() == outcome)
    assert len(lines_of(tmp_path / "log")) == 1


def test_a_worker_that_stops_hands_its_job_back(in_threads, tmp_path):
    wait_for.enqueue(path=str(tmp_path / "log"), until=str(tmp_path / "go"))
    first = in_threads()
    eventually(lambda: lines_of(tmp_path / "log"))
    first.stop()
    eventually(lambda: state() == JobState.WAITING)
    assert Job.objects.get().failures == 0
    (tmp_path / "go").touch()
    in_threads()
    eventually(lambda: state() == JobState.DONE)
    assert lines_of(tmp_path / "log")[-1] == "ended 2"


def test_a_job_that_does_not_listen_is_handed_back_all_the_same_and_its_end_is_refused(in_threads, tmp_path):
    deaf.enqueue(path=str(tmp_path / "log"), until=str(tmp_path / "go"))
    worker = in_threads(grace=0.1)
    eventually(lambda: lines_of(tmp_path / "log"))
    worker.stop()
    eventually(lambda: state() == JobState.WAITING)
    current = taken("ola")
    (tmp_path / "go").touch()
    eventually(lambda: not worker._contexts())
    assert state() == JobState.RUNNING
    assert lease.finish(current)


def test_a_worker_whose_parent_is_gone_stops_by_itself(in_threads):
    worker = in_threads(is_orphaned=lambda: True)
    eventually(worker._stopping.is_set)


def test_a_database_that_is_gone_for_a_while_is_waited_for(in_threads, tmp_path, monkeypatch):
    claim, finish = lease.claim, lease.finish
    failures: Counter[str] = Counter()

    def failing(name, real):
        def call(*args, **terms):
            failures[name] += 1
            if failures[name] <= 2:
                raise OperationalError("gone")
            return real(*args, **terms)

        return call

    monkeypatch.setattr(lease, "claim", failing("claim", claim))
    monkeypatch.setattr(lease, "finish", failing("finish", finish))
    note.enqueue(path=str(tmp_path / "notes"), text="x")
    in_threads(threads=1)
    eventually(lambda: state() == JobState.DONE)
    assert lines_of(tmp_path / "notes") == ["x"]
    assert failures["finish"] == 3


def test_regular_work_is_called_and_the_failure_of_one_spoils_no_other(in_threads, monkeypatch):
    calls: Counter[str] = Counter()

    def failing() -> int:
        calls["failing"] += 1
        raise ValueError("no")

    def diligent() -> int:
        calls["diligent"] += 1
        return int(calls["diligent"] < 5)

    monkeypatch.setattr("stamkunde.jobs.worker.REGULAR", [failing, diligent])
    in_threads()
    eventually(lambda: calls["diligent"] >= 5)
    # It is called first in each round, so it is at most the round under way ahead.
    assert calls["failing"] - calls["diligent"] in {0, 1}


def test_what_waits_for_other_machines_keeps_no_regular_work_waiting(in_threads, monkeypatch):
    calls: Counter[str] = Counter()
    answered = threading.Event()

    def waiting() -> int:
        calls["waiting"] += 1
        answered.wait(10)
        return 0

    def quick() -> int:
        calls["quick"] += 1
        return int(calls["quick"] < 5)

    monkeypatch.setattr("stamkunde.jobs.worker.REGULAR", [quick])
    monkeypatch.setattr("stamkunde.jobs.worker.BESIDE", [waiting])
    in_threads()
    try:
        eventually(lambda: calls["quick"] >= 5)
        assert calls["waiting"] == 1
    finally:
        answered.set()


class MovedClock(threading.Event):
    """Time that passes only while a worker rests: a minute of it takes no time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.now, self.end = 0.0, seconds

    def is_set(self) -> bool:
        return self.now >= self.end

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout
        self.now += timeout
        return self.is_set()


def test_regular_work_is_called_once_a_second_and_at_once_again_while_there_is_some(monkeypatch):
    clock, called_at, left = MovedClock(60), [], [3, 2, 1]

    def work() -> int:
        called_at.append(clock.now)
        return left.pop() if clock.now >= 30 and left else 0

    monkeypatch.setattr("stamkunde.jobs.worker.REGULAR", [work])
    worker = Worker()
    worker._repeat(worker._do_regular_work, until=clock)

    idle = [float(second) for second in range(60)]
    # In the thirtieth second there is something to do, three times over, and nobody waits in between.
    assert called_at == sorted([*idle, 30.0, 30.0, 30.0])


def test_the_job_of_a_killed_worker_is_taken_over_as_soon_as_it_may_be_and_no_sooner(tmp_path):
    """The housekeeping of the shop by a clock that is moved: nothing depends on how quick the machine is."""
    note.enqueue(path=str(tmp_path / "notes"), text="taken over")
    with time_machine.travel(timezone.now(), tick=False) as wall:
        began = timezone.now()
        taken("a worker that is killed now")
        worker = Worker()
        worker._reaper = Reaper(clock=lambda: (timezone.now() - began).total_seconds())
        seconds = 0.0
        while state() != JobState.WAITING:
            assert seconds < 60
            rest = worker._keep_house()
            seconds += rest
            wall.shift(rest)
        assert run_due() == 1

    assert lines_of(tmp_path / "notes") == ["taken over"]
    lease_seconds = lease.LEASE.total_seconds()
    assert lease_seconds <= seconds <= lease_seconds + lease.PATIENCE_SECONDS + 2 * HOUSEKEEPING_SECONDS + 1
    # What a shop notices of it: work goes on within a quarter of a minute.
    assert seconds <= 15
    assert Job.objects.get().attempts == 2


def test_the_job_of_a_worker_killed_in_the_middle_is_taken_over(in_processes, tmp_path):
    path = str(tmp_path / "log")
    portions.enqueue(total=30, path=path, slowly=0.04)
    first = in_processes()
    second = in_processes()
    eventually(lambda: Job.objects.get().progress_done >= 5)
    victim = int(lines_of(path)[0].split()[2])
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(lines_of(path)) == 2)
    eventually(lambda: state() == JobState.DONE)
    assert {first.pid, second.pid} > {victim}
    row = Job.objects.get()
    assert (row.attempts, row.failures, row.progress_done) == (2, 0, 30)
    # Each portion was committed by one attempt only, and the second went on where the first was killed.
    numbers = [
        int(tick.partition("-")[0]) for tick in Tick.objects.filter(schedule="sample").values_list("tick", flat=True)
    ]
    assert sorted(numbers) == list(range(1, 31))
    assert int(lines_of(path)[1].rpartition(" ")[2]) >= 5


def test_the_command_stops_on_sigterm_with_its_job_handed_back(in_processes, tmp_path):
    wait_for.enqueue(path=str(tmp_path / "log"), until=str(tmp_path / "go"))
    process = in_processes("--threads", "1", program=COMMAND)
    eventually(lambda: lines_of(tmp_path / "log"))
    process.terminate()
    assert process.wait(10) == 0
    row = Job.objects.get()
    assert (row.state, row.failures, row.owner) == (JobState.WAITING, 0, "")


def test_the_command_can_run_what_is_due_and_end(tmp_path):
    for number in range(3):
        note.enqueue(path=str(tmp_path / "notes"), text=str(number))
    note.using(queue="mail").enqueue(path=str(tmp_path / "notes"), text="mail")
    call_command("work", "--once", stdout=StringIO())
    assert lines_of(tmp_path / "notes") == ["0"]
    call_command("work", "--burst", "--queues", "default", stdout=StringIO())
    assert lines_of(tmp_path / "notes") == ["0", "1", "2"]


@pytest.mark.proof
def test_twenty_killed_workers_lose_and_double_nothing(in_processes, tmp_path):
    path = str(tmp_path / "log")
    jobs = 4
    for _ in range(jobs):
        portions.enqueue(total=60, path=path, slowly=0.02)
    Job.objects.update(max_attempts=100)
    processes = [in_processes("2"), in_processes("2")]
    for _ in range(20):
        begun = len(lines_of(path))
        while len(lines_of(path)) == begun and Job.objects.unfinished().exists():
            time.sleep(0.02)
        processes.pop(0).kill()
        processes.append(in_processes("2"))
        if not Job.objects.unfinished().exists():
            portions.enqueue(total=60, path=path, slowly=0.02)
            jobs += 1
    eventually(lambda: not Job.objects.unfinished().exists(), 120)
    assert Job.objects.filter(state=JobState.DONE).count() == jobs
    numbers = Counter(
        int(tick.partition("-")[0]) for tick in Tick.objects.filter(schedule="sample").values_list("tick", flat=True)
    )
    assert numbers == dict.fromkeys(range(1, 61), jobs)
