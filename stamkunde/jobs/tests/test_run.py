"""What becomes of a job when its handler returns, fails, gives up or is asked to stop."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from stamkunde.jobs import actions, lease
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import UNKNOWN_KIND, run_claim, run_due
from stamkunde.jobs.tests.conftest import taken
from stamkunde.jobs.tests.sample_jobs import fail, give_up, leave, lines_of, note, portions
from stamkunde.kit.actor import SYSTEM

pytestmark = pytest.mark.django_db


@job(name="sample.language")
def say_language(context: JobContext) -> None:
    context.report(1, 1, translation.get_language())


@job(name="sample.obedient")
def obedient(context: JobContext, *, pages: int) -> None:
    """Ask between two pages, and return when told to stop."""
    for done in range(context.done, pages):
        context.report(done + 1, pages)
        if context.should_stop:
            return


@job(name="sample.asked_in_the_middle")
def asked_in_the_middle(context: JobContext, *, wish: str) -> None:
    getattr(actions, f"{wish}_job")(context.job_id, by=SYSTEM)
    context.report(1, 3)
    context.check()
    raise AssertionError("It went on.")


def test_due_jobs_are_run_and_done(tmp_path):
    path = str(tmp_path / "notes")
    for text in ("one", "two"):
        note.enqueue(path=path, text=text)
    later = note.using(run_at=timezone.now() + timedelta(hours=1)).enqueue(path=path, text="later")
    assert run_due() == 2
    assert lines_of(path) == ["one", "two"]
    assert list(Job.objects.exclude(state=JobState.DONE)) == [later]


def test_a_failure_is_tried_again_later_and_later_and_then_given_up():
    fail.enqueue()
    waits = []
    for _ in range(3):
        Job.objects.update(run_at=timezone.now())
        assert run_due() == 1
        waits.append(Job.objects.get().run_at - timezone.now())
    row = Job.objects.get()
    assert timedelta(seconds=0.9) < waits[0] < timedelta(seconds=2) < waits[1] + timedelta(seconds=0.1)
    assert (row.state, row.failures, row.attempts) == (JobState.DEAD, 3, 3)
    assert row.last_error.startswith("ValueError in fail, ")
    assert run_due() == 0


def test_an_error_is_noted_without_its_text_which_may_quote_a_customer():
    fail.enqueue(message="Kari Nordmann, Storgata 1")
    run_due()
    assert "Kari" not in Job.objects.get().last_error


def test_a_job_that_can_never_succeed_is_given_up_at_once_with_its_sentence():
    give_up.enqueue()
    run_due()
    row = Job.objects.get()
    assert (row.state, row.failures, row.reason) == (JobState.DEAD, 1, "The file is not a list of customers.")


def test_a_handler_that_wants_to_end_the_process_only_fails():
    leave.enqueue()
    assert run_due() == 1
    assert Job.objects.get().state == JobState.WAITING


def test_a_job_that_this_version_does_not_know_stays_visible():
    Job.objects.create(name="gone.away", run_at=timezone.now())
    run_due()
    row = Job.objects.get()
    assert (row.state, row.last_error, row.title) == (JobState.WAITING, UNKNOWN_KIND, "gone.away")


def test_a_job_speaks_the_language_of_who_asked_for_it():
    with translation.override("nb"):
        say_language.enqueue()
    with translation.override("sv"):
        run_due()
    assert Job.objects.get().progress_sentence == "nb"


def test_errors_with_letters_that_the_database_refuses_are_noted_all_the_same():
    note.enqueue(path="p", text="t")
    assert lease.fail(taken("anna"), "a\x00b" + "x" * 5_000)
    assert Job.objects.get().last_error == "ab" + "x" * 998


@pytest.mark.parametrize(("wish", "state"), [("cancel", JobState.CANCELLED), ("pause", JobState.PAUSED)])
def test_a_running_job_stops_at_the_next_good_place(wish, state):
    asked_in_the_middle.enqueue(wish=wish)
    run_due()
    row = Job.objects.get()
    assert (row.state, row.failures, row.progress_done) == (state, 0, 1)
    assert row.is_finished == (state == JobState.CANCELLED)


def test_a_handler_that_returns_when_told_to_stop_is_not_done():
    obedient.enqueue(pages=3)
    claim = taken("anna")
    context = JobContext(claim)
    context.shut_down()
    run_claim(claim, context)
    row = Job.objects.get()
    assert (row.state, row.failures, row.progress_done) == (JobState.WAITING, 0, 1)
    assert run_due() == 1
    row.refresh_from_db()
    assert (row.state, row.progress_done, row.attempts) == (JobState.DONE, 3, 2)


def test_a_wish_that_nobody_listened_to_does_not_undo_what_is_done():
    obedient.enqueue(pages=0)
    claim = taken("anna")
    Job.objects.update(cancel_requested=True)
    run_claim(claim, JobContext(claim))
    row = Job.objects.get()
    assert (row.state, row.cancel_requested) == (JobState.DONE, False)


def test_a_paused_job_goes_on_where_it_was(tmp_path):
    path = str(tmp_path / "counts")
    portions.enqueue(total=3, path=path)
    claim = taken("anna")
    Job.objects.update(pause_requested=True)
    run_claim(claim, JobContext(claim))
    row = Job.objects.get()
    assert (row.state, row.progress_done) == (JobState.PAUSED, 1)
    assert run_due() == 0
    actions.resume_job(row.pk, by=SYSTEM)
    assert run_due() == 1
    row.refresh_from_db()
    assert (row.state, row.progress_sentence) == (JobState.DONE, "3 of 3")
    assert [line.rpartition(" ")[2] for line in lines_of(path)] == ["0", "1"]
