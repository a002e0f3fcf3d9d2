"""A rehearsal names the rows whose person is likely here already, and what was chosen for them is what happens."""

# mypy: disable-error-code="union-attr, misc"
import pytest

from stamkunde.customers.models import Customer
from stamkunde.exchange.actions.receiving import NotYet, choose_known_people
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.tests.files import counts, imported, reasons, received, rehearsed, undone
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from tests.world import signed_in

pytestmark = pytest.mark.django_db

HERE = (
    "id;fornavn;etternavn;e-post;telefon;postnr;poststed;fødselsdato\n"
    "1;Kari;Nordmann;kari@example.no;+47 912 34 567;0155;Oslo;1980-05-17\n"
    "2;Åse;Bråthen;;;5003;Bergen;\n"
    "3;Jānis;Bērziņš;;;;;1990-02-01\n"
)
OTHERS = (
    "id;fornavn;etternavn;e-post;telefon;postnr;poststed;fødselsdato\n"
    "A1;Kari;Nordmann;KARI@example.no;;;;\n"  # the same person
    "A2;Ola;Nordmann;;91234567;0155;Oslo;\n"  # of the same household
    "A3;ÅSE;BRÅTHEN;;;;BERGEN;\n"  # the same person, shouted
    "A4;Jānis;Bērziņš;;;;;1962-07-09\n"  # a namesake
    "A5;Kari;Hansen;;912 34 567;;;\n"  # the same telephone and given name: married since
    "A6;Ilze;Kalniņa;ilze@example.lv;;;;\n"
)


@pytest.fixture(autouse=True)
def who_is_here(world):
    assert world.store
    imported(received(HERE, kind="customers", source="till"))


def likenesses(run: ImportRun) -> list[tuple[int, str]]:
    return [
        (each.row, Customer.objects.get(pk=each.customer_id).family_name) for each in run.likenesses.order_by("row")
    ]


def chosen(run: ImportRun, known_people: str, choices: dict[int, str] | None = None) -> ImportRun:
    return choose_known_people(run, known_people=known_people, choices=choices or {}, by=SYSTEM)


def test_a_rehearsal_names_who_is_likely_here_and_makes_nobody():
    run = rehearsed(received(OTHERS, kind="customers", source="web shop"))

    assert likenesses(run) == [(2, "Nordmann"), (4, "Bråthen"), (6, "Nordmann")]
    assert run.likenesses.get(row=2).reasons == ["same e-mail address", "same name"]
    assert run.likenesses.get(row=4).reasons == ["same town or postcode", "same name"]
    assert run.rehearsal["created"] == 6
    assert Customer.objects.count() == 3


def test_created_anyway_is_what_happens_when_nothing_is_chosen():
    run = imported(rehearsed(received(OTHERS, kind="customers", source="web shop")))

    assert counts(run) == (6, 0, 0, 0)


def test_left_out_rows_are_counted_and_handed_back():
    run = chosen(received(OTHERS, kind="customers", source="web shop"), "skip")

    assert rehearsed(run).rehearsal["skipped"] == 3
    run = imported(run)

    assert counts(run) == (3, 0, 0, 3)
    assert [row for row, _reason in reasons(run)] == [2, 4, 6]
    assert Customer.objects.count() == 6


def test_an_update_goes_to_who_is_here_and_the_next_file_knows_her():
    run = chosen(
        received(
            OTHERS.replace("A1;Kari;Nordmann;KARI", "A1;Kari;Nordmann;kari.ny"), kind="customers", source="web shop"
        ),
        "update",
    )
    assert rehearsed(run).rehearsal["created"] == 4

    run = imported(run)
    assert (run.created, run.skipped) == (4, 0)

    married = Customer.objects.get(family_name="Hansen")
    assert married.birth_date.year == 1980
    again = imported(
        received("id;fornavn;etternavn;e-post\nA5;Kari;Hansen;kari@hansen.no\n", kind="customers", source="web shop")
    )
    assert counts(again) == (0, 1, 0, 0)
    assert married.contact_points.filter(value="kari@hansen.no").exists()


def test_what_an_update_changed_is_undone():
    before = list(Customer.objects.order_by("pk").values_list("given_name", "family_name"))
    run = imported(chosen(received(OTHERS, kind="customers", source="web shop"), "update"))
    assert Customer.objects.filter(family_name="BRÅTHEN").exists()

    undone(run)

    assert list(Customer.objects.order_by("pk").values_list("given_name", "family_name")) == before
    assert not run.keys.exists()


def test_one_row_may_go_another_way_than_the_rest():
    run = chosen(received(OTHERS, kind="customers", source="web shop"), "skip", {4: "update", 6: "create"})

    assert counts(imported(run)) == (4, 1, 0, 1)


def test_of_two_who_are_as_like_nobody_is_updated():
    imported(received("id;fornavn;etternavn;poststed\n9;Åse;Bråthen;Bergen\n", kind="customers", source="another"))

    run = imported(
        chosen(
            received("id;fornavn;etternavn;poststed\nB1;Åse;Bråthen;Bergen\n", kind="customers", source="web"), "update"
        )
    )

    assert counts(run) == (0, 0, 0, 1)
    assert "by hand" in reasons(run)[0][1]


def test_two_rows_for_one_person_update_her_once():
    twice = "id;fornavn;etternavn;e-post\nB1;Kari;Nordmann;kari@example.no\nB2;Kari;Nordmann;kari@example.no\n"

    run = imported(chosen(received(twice, kind="customers", source="web"), "update"))

    assert counts(run) == (0, 0, 1, 1)


def test_choices_are_made_on_the_page_and_rehearsed_at_once(world):
    liga = signed_in(world.liga)
    run = rehearsed(received(OTHERS, kind="customers", source="web shop"))
    page = liga.get(f"/imports/{run.pk}/").content.decode()
    assert "People who are likely here already" in page
    assert "same e-mail address" in page

    liga.post(f"/imports/{run.pk}/known-people/", {"known_people": "skip", "row-2": "update", "row-4": "", "row-6": ""})
    run_due()

    run.refresh_from_db()
    assert run.state == "rehearsed"
    assert (run.options["known_people"], run.options["choices"]) == ("skip", {"2": "update"})
    assert (run.rehearsal["created"], run.rehearsal["skipped"]) == (3, 2)


def test_a_wrong_choice_changes_nothing(world):
    liga = signed_in(world.liga)
    run = rehearsed(received(OTHERS, kind="customers", source="web shop"))
    before = run.options

    answer = liga.post(f"/imports/{run.pk}/known-people/", {"known_people": "merge"}, follow=True)
    assert "created, left out or update" in answer.content.decode()
    with pytest.raises(NotYet, match="left out"):
        chosen(run, "create", {2: "merge"})

    run.refresh_from_db()
    assert (run.state, run.options) == ("rehearsed", before)


def test_an_import_that_has_begun_takes_no_more_choices():
    run = imported(received(OTHERS, kind="customers", source="web shop"))

    with pytest.raises(NotYet, match="has begun"):
        chosen(run, "skip")
