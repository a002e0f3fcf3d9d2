"""Enqueueing is a row in the caller's transaction, with arguments that will still mean the same when it runs."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from stamkunde.jobs import lease
from stamkunde.jobs.declaring import job
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.tests.conftest import taken
from stamkunde.jobs.tests.sample_jobs import add_line, fail, note
from stamkunde.kit.actor import SYSTEM

pytestmark = pytest.mark.django_db


def test_a_job_enqueued_in_a_transaction_that_fails_was_never_there():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.enqueue(path="p", text="t")
        raise ZeroDivisionError
    assert not Job.objects.exists()


def test_the_row_holds_what_was_asked_for():
    at = timezone.now()
    with translation.override("lv"):
        row = note.using(priority=7, queue="mail", run_at=at, by=SYSTEM).enqueue(path="p", text="Jānis")
    row.refresh_from_db()
    assert (row.name, row.arguments) == ("sample.note", {"path": "p", "text": "Jānis"})
    assert (row.priority, row.queue, row.run_at, row.language) == (7, "mail", at, "lv")
    assert (row.created_by, row.created_by_label) == (None, "Stamkunde")
    assert row.title == "Note something"


def test_other_terms_do_not_stick_to_the_job():
    note.using(priority=7).enqueue(path="p", text="t")
    assert note.enqueue(path="p", text="t").priority == 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "p"},
        {"path": "p", "text": "t", "more": 1},
        {"path": "p", "text": object()},
        {"path": "p", "text": ("a", "b")},
        {"path": "p", "text": {1: "a"}},
        {"path": "p", "text": "a\x00b"},
    ],
)
def test_arguments_that_would_not_come_back_are_refused_where_the_mistake_is(arguments):
    with pytest.raises((TypeError, ValueError)):
        note.enqueue(**arguments)
    assert not Job.objects.exists()


def test_two_jobs_cannot_share_a_name():
    with pytest.raises(ValueError, match=r"sample\.note"):
        job(name="sample.note")(lambda context: None)


def test_the_same_key_is_enqueued_once_while_the_job_is_unfinished():
    first = note.enqueue_once("import:7", path="p", text="1")
    assert note.enqueue_once("import:7", path="p", text="2") == first
    claim = taken("anna")
    assert note.enqueue_once("import:7", path="p", text="3") == first
    assert lease.finish(claim)
    assert note.enqueue_once("import:7", path="p", text="4") != first
    assert note.enqueue_once("import:8", path="p", text="5").arguments["text"] == "5"
    assert Job.objects.count() == 3


def test_the_database_itself_refuses_a_second_unfinished_job_with_the_key():
    row = fail.enqueue_once("key")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(name="sample.fail", run_at=timezone.now(), unique_key="key")
    assert list(Job.objects.all()) == [row]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_enqueue_the_same_at_once_one_does(tmp_path):
    start = threading.Barrier(4)

    def enqueue() -> None:
        try:
            start.wait(5)
            for number in range(5):
                add_line(str(tmp_path / "ids"), str(note.enqueue_once(f"key:{number}", path="p", text="t").pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=enqueue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    ids = (tmp_path / "ids").read_text().split()
    assert len(ids) == 20
    assert {int(number) for number in ids} == set(Job.objects.values_list("pk", flat=True))
    assert Job.objects.filter(state=JobState.WAITING).count() == 5
