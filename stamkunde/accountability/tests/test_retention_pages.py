"""The pages of retention say each rule in words with its source, and let only those change it who answer for it."""

from datetime import UTC, datetime

import pytest
import time_machine

from stamkunde.accountability.models import RuleChange
from stamkunde.accounts.roles import Role
from stamkunde.customers.models import LookUp
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in


@pytest.fixture
def old_look(world: World) -> LookUp:
    return LookUp.objects.create(
        customer=world.kari, purpose="profile", at=datetime(2020, 5, 1, tzinfo=UTC), actor_kind="staff",
        actor_label="Ola",
    )  # fmt: skip


@pytest.fixture
def officer(world: World):
    return make_staff("Paula", Role.PRIVACY)


def test_each_rule_stands_there_in_words_with_its_source(officer):
    page = signed_in(officer).get("/retention/").content.decode()

    assert "5 years after the end of the fiscal year of: the business day of the purchase or return." in page
    assert "bokføringsloven § 13" in page
    assert "7 years after the end of the calendar year in which the fiscal year of this ended" in page
    assert "24 months, counted from: the look." in page
    assert "/retention/rules/customers.read_log/" in page
    assert "/retention/rules/sales.documents:NO/" not in page


def test_the_officer_changes_a_proposal(officer):
    client = signed_in(officer)
    page = client.get("/retention/rules/customers.read_log/").content.decode()
    assert 'value="24"' in page
    answer = client.post(
        "/retention/rules/customers.read_log/",
        {"number": 12, "unit": "months", "reason": "Less.", "version": 1},
        follow=True,
    )

    assert "12 months, counted from: the look." in answer.content.decode()
    assert "Paula: Less." in answer.content.decode()


def test_a_duty_of_law_is_not_shortened_by_a_form_either(officer):
    answer = signed_in(officer).post(
        "/retention/rules/sales.documents:NO/", {"number": 1, "unit": "years", "reason": "Less.", "version": 1}
    )

    assert answer.status_code == 422
    assert "This is a duty of law" in answer.content.decode()
    assert not RuleChange.objects.exists()


def test_a_rule_that_is_not_there_is_not_found(officer):
    assert signed_in(officer).get("/retention/rules/nothing/").status_code == 404


@pytest.mark.parametrize("address", ["/retention/", "/retention/rehearsal/", "/retention/runs/"])
@pytest.mark.parametrize("who", ["anna", "ola", "eve"])
def test_others_may_not_look(world, address, who):
    assert signed_in(getattr(world, who)).get(address).status_code == 403


def test_what_the_next_run_would_end_is_counted_with_an_example_and_can_be_ended_now(officer, old_look):
    client = signed_in(officer)
    page = client.get("/retention/rehearsal/").content.decode()

    assert f"Number {old_look.pk}, of" in page
    assert "1 May 2022" in page
    assert LookUp.objects.exists()
    client.post("/retention/beginnings/")
    client.post("/retention/beginnings/")
    assert Job.objects.filter(name="accountability.retention").count() == 1


def test_a_machine_reads_rules_changes_a_proposal_and_lets_things_end(world, old_look):
    machine = Machine(world.liga)
    rules = {rule["key"]: rule for rule in machine.get("/retention/rules").json()["items"]}
    assert (rules["sales.documents:LV"]["years"], rules["sales.documents:LV"]["is_law"]) == (5, True)

    sent = {"months": 6, "reason": "Less.", "version": 1}
    changed = machine.put("/retention/rules/customers.read_log", sent)
    assert (changed.json()["months"], changed.json()["version"]) == (6, 2)
    problem(machine.put("/retention/rules/customers.read_log", sent), 422, "invalid")
    problem(machine.put("/retention/rules/sales.documents:NO", sent), 422, "invalid")
    problem(machine.put("/retention/rules/nothing", sent), 404, "not_found")
    assert RuleChange.objects.count() == 1

    over = machine.get("/retention/rehearsal").json()["items"]
    assert [(row["rule"], row["number"]) for row in over] == [("customers.read_log", 1)]
    assert machine.get("/retention/rehearsal?at=2020-05-02T00:00:00Z").json()["items"] == []
    job = machine.post("/retention/runs", Idempotency_Key="a")
    assert job.json()["job_id"] == Job.objects.get(name="accountability.retention").pk


def test_the_proof_of_a_run_can_be_read_later(world, officer, old_look):
    machine = Machine(world.liga)
    with time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False):
        signed_in(officer).post("/retention/beginnings/")
        run_due()
    [run] = machine.get("/retention/runs").json()["items"]
    told = machine.get(f"/retention/runs/{run['id']}").json()

    assert [(proof["rule"], proof["number"]) for proof in told["deletions"]] == [("customers.read_log", 1)]
    page = signed_in(officer).get(f"/retention/runs/{run['id']}/").content.decode()
    assert "Looks at customers" in page
    assert "Kari" not in page
    problem(machine.get("/retention/runs/999"), 404, "not_found")
