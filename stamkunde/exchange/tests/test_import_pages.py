"""An import by the pages: the file is sent, read, rehearsed, imported and undone by buttons."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import write_note
from stamkunde.customers.models import Customer
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.stored_files import path_of
from stamkunde.jobs.running import run_due
from tests.world import make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

ROWS = "Kundenr;Navn;Fødselsdato\n1;Kari Nordmann;17.05.1980\n2;Ola Nordmann;31.02.1980\n3;<b>Eva</b>;\n"


@pytest.fixture
def liga(world):
    assert world.store
    return signed_in(world.liga)


def send(client, content=ROWS, name="kunder.csv", **known):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post("/imports/new/", {"file": file, "source": "old till", **known})


def test_a_file_goes_all_the_way_by_buttons(liga):
    page = send(liga)
    run = ImportRun.objects.get()
    assert page.url == f"/imports/{run.pk}/"
    shown = liga.get(page.url).content.decode()
    assert "Kari Nordmann" in shown
    assert "&lt;b&gt;Eva" in shown
    assert "day that does not exist" in shown

    liga.post(f"/imports/{run.pk}/rehearsals/")
    run_due()
    assert "What would happen" in liga.get(page.url).content.decode()
    assert not Customer.objects.exists()

    liga.post(f"/imports/{run.pk}/passages/")
    run_due()
    run.refresh_from_db()
    assert (run.state, run.created, run.skipped) == ("done", 2, 1)
    assert "What happened" in liga.get(page.url).content.decode()
    errors = b"".join(liga.get(f"/imports/{run.pk}/errors/").streaming_content).decode("utf-8-sig")
    assert errors.splitlines()[0] == "Kundenr;Navn;Fødselsdato;Stamkunde: row;Stamkunde: reason"
    assert errors.splitlines()[1].startswith("2;Ola Nordmann;31.02.1980;3;")

    # The corrected file is sent back as it is, reason and all.
    send(liga, errors.replace("31.02.1980", "28.02.1980"), "errors.csv")
    again = ImportRun.objects.latest("pk")
    liga.post(f"/imports/{again.pk}/passages/")
    run_due()
    assert str(Customer.objects.get(given_name="Ola").birth_date) == "1980-02-28"

    liga.post(f"/imports/{run.pk}/undoings/")
    run_due()
    assert [customer.given_name for customer in Customer.objects.all()] == ["Ola"]
    assert "is undone" in liga.get(page.url).content.decode()


def test_fields_that_the_file_does_not_have_are_folded_away(liga):
    shown = liga.get(send(liga).url).content.decode()
    found, _fold, further = shown.partition('<details class="more-fields">')

    for name in ("key", "full_name", "birth_date"):
        assert f'name="column-{name}"' in found
    assert 'name="column-care_of"' in further
    assert "more fields, not found in the file" in further


def test_the_reading_is_corrected_by_hand_and_remembered(liga):
    send(liga, "id|who|born\n1|Kari|01/02/1980\n", kind="customers")
    run = ImportRun.objects.get()
    form = {
        "kind": "customers",
        "source": "old till",
        "store_id": run.options["store_id"],
        "currency": "nok",
        "encoding": "utf-8",
        "delimiter": "|",
        "decimal": ".",
        "date_order": "dmy",
        "column-key": "id",
        "column-full_name": "who",
        "column-birth_date": "born",
    }

    answer = liga.post(f"/imports/{run.pk}/reading/", form)

    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.mapping == {"key": "id", "full_name": "who", "birth_date": "born"}
    send(liga, "id|who|born\n2|Ola|03/02/1980\n", kind="customers")
    later = ImportRun.objects.latest("pk")
    assert (later.mapping, later.reading.date_order) == (run.mapping, "dmy")


def test_a_wrong_reading_keeps_what_was_chosen(liga):
    send(liga)
    run = ImportRun.objects.get()
    before = run.mapping

    answer = liga.post(f"/imports/{run.pk}/reading/", {"kind": "customers", "source": "till", "currency": "XYZ"})

    assert answer.status_code == 422
    run.refresh_from_db()
    assert run.mapping == before


def test_what_must_be_chosen_stands_in_the_way(liga):
    send(liga, "id,name,born\n1,Kari,01/02/1980\n", kind="customers")
    run = ImportRun.objects.get()

    liga.post(f"/imports/{run.pk}/passages/")
    run_due()

    assert "day or month comes first" in liga.get(f"/imports/{run.pk}/").content.decode()
    assert not Customer.objects.exists()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"<?xml version='1.0'?><!DOCTYPE x><x/>", b"\0" * 100, b"a,a\n1,2\n", b"PK\x03\x04rest"],
)
def test_a_bad_file_is_answered_with_a_sentence_and_leaves_nothing(liga, content):
    answer = send(liga, content)

    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_a_file_above_the_limit_is_refused_before_it_is_read(liga, settings):
    settings.UPLOAD_LIMIT_MEGABYTES = 0

    answer = send(liga)

    assert answer.status_code == 413
    assert "larger than 0 MB" in answer.content.decode()
    assert "manage import_file" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_the_page_of_a_running_import_renews_its_state_with_the_rest(liga):
    send(liga)
    run = ImportRun.objects.get()
    liga.post(f"/imports/{run.pk}/rehearsals/")

    waiting = liga.get(f"/imports/{run.pk}/").content.decode()
    run_due()
    ended = liga.get(f"/imports/{run.pk}/").content.decode()

    assert 'hx-select="#import" hx-select-oob="#import-state"' in waiting
    assert state_shown(waiting) == "Being rehearsed"
    assert state_shown(ended) == "Rehearsed"


def state_shown(page: str) -> str:
    return strip_tags(page.partition('id="import-state"')[2].partition(">")[2].partition("</span> ")[0]).strip()


def test_an_undone_file_is_imported_again_by_a_button(liga):
    send(liga)
    run = ImportRun.objects.get()
    for step in ("rehearsals", "passages", "undoings"):
        liga.post(f"/imports/{run.pk}/{step}/")
        run_due()
    assert "Import this file again" in liga.get(f"/imports/{run.pk}/").content.decode()

    answer = liga.post(f"/imports/{run.pk}/repeats/")

    again = ImportRun.objects.latest("pk")
    assert answer.url == f"/imports/{again.pk}/"
    assert (again.state, again.taken, again.mapping) == ("received", 0, run.mapping)
    # Each lets go of its own file.
    liga.post(f"/imports/{again.pk}/passages/")
    run_due()
    assert Customer.objects.count() == 2
    liga.post(f"/imports/{again.pk}/undoings/")
    run_due()
    assert path_of(run.stored_as).exists()


def test_a_file_whose_rows_are_here_is_not_taken_twice(liga):
    send(liga)
    run = ImportRun.objects.get()
    liga.post(f"/imports/{run.pk}/passages/")
    run_due()

    answer = liga.post(f"/imports/{run.pk}/repeats/", follow=True)

    assert "has not been undone" in answer.content.decode()
    assert ImportRun.objects.count() == 1


def test_what_an_undo_kept_leads_to_its_page(liga, world):
    send(liga)
    run = ImportRun.objects.get()
    liga.post(f"/imports/{run.pk}/passages/")
    run_due()
    kari = Customer.objects.get(given_name="Kari")
    write_note(kari.pk, "Likes oolong", by=world.liga.actor)

    liga.post(f"/imports/{run.pk}/undoings/")
    run_due()

    page = liga.get(f"/imports/{run.pk}/").content.decode()
    assert f'href="/customers/{kari.pk}/"' in page
    assert "Somebody has changed or served this customer since." in page


@pytest.mark.both_databases
@pytest.mark.parametrize(("length", "status"), [("²", 422), ("٣", 422), ("9" * 5000, 413), ("", 422)])
def test_a_length_that_is_no_number_of_bytes_is_answered(liga, length, status):
    answer = liga.post("/imports/new/", {"source": "old till"}, CONTENT_LENGTH=length)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (",".join(f"c{number}" for number in range(20_000)) + "\n", "more than 300 columns"),
        ('{"Navn\\ud800": "Kari"}\n', "characters that no text can hold"),
    ],
)
def test_columns_nobody_can_choose_among_are_refused_at_once(liga, content, sentence):
    answer = send(liga, content)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_sending_a_file_needs_the_forms_own_token(world):
    from django.test import Client  # noqa: PLC0415

    client = Client(enforce_csrf_checks=True)
    client.force_login(world.liga)

    assert send(client).status_code == 403
    assert not ImportRun.objects.exists()


def test_who_may_not_import_sees_and_does_nothing(liga, world):
    send(liga)
    run = ImportRun.objects.get()
    anna = signed_in(make_staff("Berit", Role.TILL))

    for path in ("/imports/", "/imports/new/", f"/imports/{run.pk}/", f"/imports/{run.pk}/errors/"):
        assert anna.get(path).status_code == 403
    for path in ("reading", "rehearsals", "passages", "undoings", "discards"):
        assert anna.post(f"/imports/{run.pk}/{path}/").status_code == 403
    run.refresh_from_db()
    assert run.state == "received"
    assert not Customer.objects.exists()


def test_a_file_can_be_thrown_away(liga):
    send(liga)

    liga.post(f"/imports/{ImportRun.objects.get().pk}/discards/")

    assert not ImportRun.objects.exists()


def test_examples_can_be_fetched_and_sent_back(liga):
    for kind in ("customers", "products", "prices", "purchases", "consents"):
        example = b"".join(liga.get(f"/imports/examples/{kind}.csv").streaming_content)
        assert send(liga, example, f"{kind}.csv").status_code == 302
        assert ImportRun.objects.latest("pk").kind == kind


def test_the_list_takes_as_many_queries_for_many_runs(liga, django_assert_num_queries):
    send(liga)
    with CaptureQueriesContext(connection) as few:
        liga.get("/imports/")
    number = len(few)
    for _more in range(5):
        send(liga)
    with django_assert_num_queries(number):
        liga.get("/imports/")
