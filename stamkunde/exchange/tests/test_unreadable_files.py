"""A file that cannot be read is an answer to who sent it: the import says so, and nothing is left hanging."""

# mypy: disable-error-code="arg-type, misc"
import pytest

from stamkunde.customers.models import Customer
from stamkunde.exchange import conversion
from stamkunde.exchange.actions import asking
from stamkunde.exchange.actions.ending import discard_run
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.models import ImportRun, RunState
from stamkunde.exchange.stored_files import path_of
from stamkunde.exchange.tests.files import received
from stamkunde.jobs import actions as job_actions
from stamkunde.jobs.invariants import jobs_given_up
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from stamkunde.kit.tabular import guessing
from stamkunde.kit.tabular.reading import digest_of
from stamkunde.kit.tabular.tests.files import xlsx_file
from tests.world import signed_in

pytestmark = pytest.mark.django_db

# The look at the first rows does not reach the last card.
CARDS = "".join(f"BEGIN:VCARD\nUID:{n}\nFN:Kari Nordmann\nEND:VCARD\n" for n in range(3)) + "BEGIN:VCARD\nFN:Ola\n"


@pytest.fixture
def cut_off(world, monkeypatch):
    assert world.store
    monkeypatch.setattr(guessing, "SAMPLE_ROWS", 2)
    monkeypatch.setattr(guessing, "_ROWS_FOR_DATES", 2)
    return received(CARDS, name="cards.vcf", kind="customers")


@pytest.mark.parametrize("ask", [asking.ask_for_rehearsal, asking.ask_for_run])
def test_the_import_ends_with_a_sentence_and_its_job_is_done(world, cut_off, ask):
    run = ask(cut_off, by=world.liga.actor)

    run_due()

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "The last card is cut off" in run.trouble
    assert not run.rehearsal
    assert not Customer.objects.exists()
    assert Job.objects.get(pk=run.job_id).state == "done"
    assert list(jobs_given_up()) == []
    assert "The last card is cut off" in signed_in(world.liga).get(f"/imports/{run.pk}/").content.decode()


def spreadsheet(folder, last):
    names = {"1": "Kundenr", "2": "7", last: "8"}
    rows = (f'<row r="{n}"><c t="inlineStr"><is><t>{name}</t></is></c></row>' for n, name in names.items())
    return xlsx_file(folder, f"<sheetData>{''.join(rows)}</sheetData>")


@pytest.mark.parametrize("number", ["²", "9" * 20])
def test_a_row_number_no_sheet_has_ends_the_rehearsal_and_the_file_can_be_thrown_away(world, tmp_path, number):
    assert world.store
    run = received(spreadsheet(tmp_path, "3").read_bytes(), kind="customers")
    run.mapping = {"key": "Kundenr", "full_name": "Kundenr"}
    # As if it had been taken on by a version that looked less closely.
    broken = spreadsheet(tmp_path, number)
    path_of(run.stored_as).write_bytes(broken.read_bytes())
    run.file_digest = digest_of(broken)
    run.save()
    client = signed_in(world.liga)
    sentence = "numbers a row as no sheet can"
    assert sentence in client.get(f"/imports/{run.pk}/").content.decode()

    run = asking.ask_for_rehearsal(run, by=world.liga.actor)
    run_due()

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert sentence in run.trouble
    assert Job.objects.get(pk=run.job_id).state == "done"
    client.post(f"/imports/{run.pk}/discards/")
    assert not ImportRun.objects.exists()


def test_a_file_can_be_thrown_away_as_soon_as_its_work_is_cancelled(world, monkeypatch):
    def stumble(*_ignored):
        raise ZeroDivisionError

    assert world.store
    run = received("Kundenr;Navn\n1;Kari Nordmann\n", kind="customers")
    monkeypatch.setattr(conversion.Conversion, "line", stumble)
    run = asking.ask_for_rehearsal(run, by=world.liga.actor)
    run_due()
    client = signed_in(world.liga)
    with pytest.raises(NotYet, match="being worked on"):
        discard_run(run, by=world.liga.actor)
    assert ImportRun.objects.exists()
    job_actions.cancel_job(run.job_id, by=world.liga.actor)

    client.post(f"/imports/{run.pk}/discards/")

    assert not ImportRun.objects.exists()
