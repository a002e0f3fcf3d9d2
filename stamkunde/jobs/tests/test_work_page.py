"""The page about the work, the progress of one job, and what may be asked there by whom."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stamkunde.accounts.models import User
from stamkunde.accounts.roles import Role
from stamkunde.events.models import Happening
from stamkunde.jobs import lease
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.tests.conftest import taken
from stamkunde.jobs.tests.sample_jobs import give_up, note, portions
from tests.machine import Machine
from tests.world import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.page]

WORK = "/work/"


def staff(name: str, role: Role) -> User:
    return User.objects.create(email=f"{name.lower()}@example.org", name=name, role=role, password="!")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def liga() -> User:
    return staff("Līga", Role.ADMINISTRATOR)


@pytest.fixture
def ola() -> User:
    return staff("Ola", Role.CARE)


def job(state: str = JobState.WAITING, by: User | None = None, **values) -> Job:
    row = (portions.using(by=by.actor) if by else portions).enqueue(total=3, path="nowhere")
    finished = timezone.now() if state in (JobState.DONE, JobState.CANCELLED, JobState.DEAD) else None
    Job.objects.filter(pk=row.pk).update(state=state, finished_at=finished, **values)
    row.refresh_from_db()
    return row


def running(by: User | None = None, **values) -> Job:
    return job(JobState.RUNNING, by, owner="anna", lease_until=timezone.now(), attempts=1, **values)


def ask(client: Client, verb: str, row: Job, **terms):
    return client.post(reverse(f"jobs:{verb}", args=[row.pk]), **terms)


def test_the_page_shows_what_waits_runs_and_was_given_up(liga, ola):
    running(ola, progress_done=1_250, progress_total=5_000, progress_sentence="1,250 rows read")
    job(
        JobState.WAITING,
        failures=2,
        last_error="ValueError in f, sales/x.py line 7",
        run_at=timezone.now() + timedelta(hours=1),
    )
    give_up.enqueue()
    lease.fail(taken(), "The file is not a list of customers.", for_good=True)
    job(JobState.PAUSED)
    job(JobState.DONE)
    page = signed_in(liga).get(WORK).content.decode()
    for text in (
        "Count in portions",
        "1,250 of 5,000",
        "1,250 rows read",
        "Asked for by Ola",
        "It failed 2 times: Something went wrong that nobody foresaw.",
        "The file is not a list of customers.",
        "Try again",
        "Resume",
        "Run now",
        "Lately finished",
    ):
        assert text in page


def test_an_empty_shop_has_nothing_waiting(liga):
    assert "Nothing is waiting" in signed_in(liga).get(WORK).content.decode()


def test_the_page_asks_as_many_questions_for_many_jobs_as_for_one(liga):
    client = signed_in(liga)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(WORK)
        return len(asked)

    for state in (JobState.DEAD, JobState.PAUSED, JobState.WAITING, JobState.DONE):
        job(state, liga)
    running(liga)
    questions()  # the first one also writes the session
    few = questions()
    for state in (JobState.DEAD, JobState.PAUSED, JobState.WAITING, JobState.DONE):
        for _ in range(9):
            job(state, liga)
    assert questions() == few


def test_a_long_history_has_pages(liga):
    for _ in range(60):
        job(JobState.DONE)
    client = signed_in(liga)
    first = client.get(WORK).content.decode()
    older = re.search(r'href="(\?page=[^"]+)"', first)
    assert older is not None
    assert first.count("Count in portions") == 50
    assert client.get(WORK + older[1]).content.decode().count("Count in portions") == 10
    assert client.get(WORK + "?page=nonsense").status_code == 404


@pytest.mark.parametrize("verb", ["try_again", "cancel", "pause", "resume", "progress"])
def test_somebody_else_s_job_is_out_of_reach(liga, ola, verb):
    row = job(JobState.WAITING, liga)
    before = Job.objects.values().get()
    client = signed_in(ola)
    response = client.get(reverse("jobs:progress", args=[row.pk])) if verb == "progress" else ask(client, verb, row)
    assert response.status_code == (403 if verb == "try_again" else 404)
    assert Job.objects.values().get() == before
    assert not Happening.objects.filter(name__startswith="jobs.").exists()
    assert client.get(WORK).status_code == 403


def test_who_is_signed_out_is_asked_to_sign_in():
    row = job()
    for address in (WORK, reverse("jobs:progress", args=[row.pk])):
        assert Client().get(address).status_code == 302


def test_who_started_a_job_sees_how_far_it_is_and_may_stop_it(ola):
    row = running(ola, progress_done=1, progress_total=2)
    client = signed_in(ola)
    page = client.get(reverse("jobs:progress", args=[row.pk]) + "?controls=1").content.decode()
    assert "1 of 2" in page
    assert 'hx-trigger="every 1s"' in page
    assert ask(client, "cancel", row).status_code == 302
    row.refresh_from_db()
    assert row.cancel_requested
    assert Happening.objects.get(name="jobs.job_cancelled").actor_id == ola.pk


def test_progress_is_sent_only_when_something_has_changed(liga):
    row = running(progress_done=1, progress_total=3)
    client = signed_in(liga)
    address = reverse("jobs:progress", args=[row.pk])
    seen = re.search(r"seen=(\w+)", client.get(address).content.decode())
    assert seen is not None
    assert client.get(f"{address}?seen={seen[1]}").status_code == 204
    Job.objects.update(progress_done=2)
    assert client.get(f"{address}?seen={seen[1]}").status_code == 200


def test_only_an_administrator_reads_where_a_fault_was(liga):
    row = job(JobState.DEAD, failures=10, last_error="KeyError in write, sales/orders.py line 70")
    lead = signed_in(make_staff("Lise", Role.LEAD))
    addresses = (WORK, reverse("jobs:progress", args=[row.pk]))
    told = [(lead.get(each).content.decode(), signed_in(liga).get(each).content.decode()) for each in addresses]
    for of_lead, of_liga in told:
        assert "Something went wrong that nobody foresaw." in of_lead
        assert "KeyError" not in of_lead
        assert "<code>KeyError in write, sales/orders.py line 70</code>" in of_liga


def test_over_the_api_too_only_an_administrator_is_told_where_a_fault_was(liga):
    fault = "KeyError in write, sales/orders.py line 70"
    row = job(JobState.DEAD, failures=10, last_error=fault)
    other = job(JobState.DEAD, failures=10, last_error="The file is not a list of customers.")
    lead, administrator = Machine(make_staff("Lise", Role.LEAD)), Machine(liga)

    told = lead.get(f"/jobs/{row.pk}").json()["last_error"]
    assert told.startswith("Something went wrong that nobody foresaw.")
    assert "KeyError" not in lead.get("/jobs").content.decode()
    assert "KeyError" not in lead.post(f"/jobs/{row.pk}/tries").content.decode()
    assert lead.get(f"/jobs/{other.pk}").json()["last_error"] == "The file is not a list of customers."
    assert administrator.get(f"/jobs/{row.pk}").json()["last_error"] == fault


def test_the_last_progress_stops_asking_and_says_that_it_is_over(liga):
    row = job(JobState.DONE)
    response = signed_in(liga).get(reverse("jobs:progress", args=[row.pk]))
    assert "hx-get" not in response.content.decode()
    assert json.loads(response["HX-Trigger"]) == {"job-finished": {"job": row.pk}}


def test_a_job_that_was_given_up_is_tried_again_with_all_its_tries(liga):
    row = job(JobState.DEAD, failures=10, last_error="no")
    ask(signed_in(liga), "try_again", row)
    row.refresh_from_db()
    assert (row.state, row.failures, row.finished_at) == (JobState.WAITING, 0, None)
    assert Happening.objects.get(name="jobs.job_tried_again").actor_label == "Līga"


def test_trying_again_what_was_started_anew_meanwhile_changes_nothing(liga):
    row = job(JobState.DEAD, unique_key="import:7")
    other = note.enqueue_once("import:7", path="p", text="t")
    page = signed_in(liga).post(reverse("jobs:try_again", args=[row.pk]), follow=True).content.decode()
    assert "The same work has been started anew in the meantime." in page
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == (JobState.DEAD, JobState.WAITING)


@pytest.mark.parametrize(
    ("verb", "state", "after"),
    [
        ("cancel", JobState.WAITING, JobState.CANCELLED),
        ("cancel", JobState.PAUSED, JobState.CANCELLED),
        ("cancel", JobState.DEAD, JobState.CANCELLED),
        ("pause", JobState.WAITING, JobState.PAUSED),
        ("resume", JobState.PAUSED, JobState.WAITING),
        ("try_again", JobState.CANCELLED, JobState.WAITING),
    ],
)
def test_what_does_not_run_changes_at_once(liga, verb, state, after):
    row = job(state)
    response = ask(signed_in(liga), verb, row, headers={"HX-Request": "true"})
    row.refresh_from_db()
    assert row.state == after
    assert json.loads(response["HX-Trigger"])["toast"]["tone"] == "green"


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("cancel", JobState.DONE),
        ("cancel", JobState.CANCELLED),
        ("pause", JobState.PAUSED),
        ("pause", JobState.DEAD),
        ("resume", JobState.WAITING),
        ("resume", JobState.DONE),
        ("try_again", JobState.DONE),
        ("try_again", JobState.PAUSED),
    ],
)
def test_what_makes_no_sense_now_is_said_kindly_and_changes_nothing(liga, verb, state):
    row = job(state)
    before = Job.objects.values().get()
    response = ask(signed_in(liga), verb, row, headers={"HX-Request": "true"})
    assert json.loads(response["HX-Trigger"])["toast"]["tone"] == "amber"
    assert Job.objects.values().get() == before
    assert not Happening.objects.filter(name__startswith="jobs.").exists()


def test_a_pause_can_be_taken_back_before_it_is_heard(liga):
    row = running()
    client = signed_in(liga)
    ask(client, "pause", row)
    ask(client, "resume", row)
    row.refresh_from_db()
    assert not row.pause_requested


def test_a_look_at_the_page_does_not_change_anything(liga):
    row = job()
    for verb in ("try_again", "cancel", "pause", "resume"):
        assert signed_in(liga).get(reverse(f"jobs:{verb}", args=[row.pk])).status_code == 405
