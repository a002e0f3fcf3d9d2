"""Customers and consents come in by their keys, with their own letters, and nobody comes in twice."""

# mypy: disable-error-code="union-attr, comparison-overlap, arg-type, misc"
from datetime import date

import pytest

from stamkunde.customers.models import Consent, ContactStatus, Customer, CustomField, CustomFieldKind, Note
from stamkunde.events.models import Happening
from stamkunde.exchange.models import ImportRun
from stamkunde.exchange.tests.files import counts, imported, reasons, received, rehearsed, settled, undone
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.writing import open_writer

pytestmark = pytest.mark.django_db

NORWEGIAN = (
    "Kundenr;Fornavn;Etternavn;Telefon;E-post;Adresse;Postnr;Poststed;Fødselsdato;Merknad\n"
    "0007;Åse;Bråthen;+47 912 34 567;ase@example.no;Storgata 1;0155;Oslo;17.05.1980;Kjøper til moren\n"
    "0008;Jānis;Bērziņš;;;;;;;\n"
)


@pytest.fixture(autouse=True)
def a_store(world):
    return world.store


def test_customers_come_in_with_all_that_is_known_of_them():
    run = imported(received(NORWEGIAN, kind="customers"))

    assert counts(run) == (2, 0, 0, 0)
    ase = Customer.objects.get(given_name="Åse")
    assert (ase.family_name, ase.birth_date) == ("Bråthen", date(1980, 5, 17))
    assert sorted(ase.contact_points.values_list("kind", "value")) == [
        ("email", "ase@example.no"),
        ("phone", "+4791234567"),
    ]
    assert [(row.street, row.postcode, row.town) for row in ase.addresses.all()] == [("Storgata 1", "0155", "Oslo")]
    assert Note.objects.get(customer=ase).text == "Kjøper til moren"
    assert "brathen" in ase.words


def test_the_same_file_in_windows_letters_is_the_same_customers():
    imported(received(NORWEGIAN, kind="customers"))

    again = imported(received(NORWEGIAN.replace("Jānis;Bērziņš", "Janis;Berzins").encode("cp1252"), kind="customers"))

    assert counts(again) == (0, 1, 1, 0)
    assert Customer.objects.get(given_name="Åse").version == 1


def test_a_second_import_updates_and_undo_brings_back_the_former_values():
    imported(received(NORWEGIAN, kind="customers"))

    changed = NORWEGIAN.replace("Bråthen", "Næss").replace("Storgata 1", "Lillegata 2")
    again = imported(received(changed, kind="customers"))

    assert counts(again) == (0, 1, 1, 0)
    ase = Customer.objects.get(given_name="Åse")
    assert (ase.family_name, ase.addresses.count()) == ("Næss", 2)
    assert "nas" in ase.words
    undone(again)
    ase.refresh_from_db()
    assert (ase.family_name, ase.addresses.get().street) == ("Bråthen", "Storgata 1")
    assert "brathen" in ase.words


def test_customers_without_keys_are_known_again_by_who_they_are():
    rows = "name,email\nKari Nordmann,kari@example.no\nOla Nordmann,kari@example.no\n"

    imported(received(rows, kind="customers"))
    again = imported(received(rows, kind="customers"))

    assert counts(again) == (0, 0, 2, 0)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "${7*7}", "' or 1=1 --", "Ω≈ç√∫˜µ≤", "社會科學院語學"]
)
def test_naughty_strings_are_stored_as_they_are(text):
    imported(received(f'name,note,street,town\n"{text}","{text}","{text}",Oslo\n', kind="customers"))

    customer = Customer.objects.get()
    assert customer.name == text
    assert Note.objects.get().text == text
    assert customer.addresses.get().street == text


def test_a_name_of_two_thousand_letters_and_an_impossible_birthday_are_bad_rows():
    run = imported(
        received(f"key,name,birthday\n1,{'x' * 2000},\n2,Kari,29.02.2027\n3,Ola,2060-01-01\n4,Eva,\n", kind="customers")
    )

    assert counts(run) == (1, 0, 0, 3)
    assert [row for row, _ in reasons(run)] == [2, 3, 4]
    assert Customer.objects.get().given_name == "Eva"


def test_the_first_row_of_a_key_counts():
    run = imported(received("key,name\n007,Kari\n7,Ola\n007,Kari again\n1E5,Eva\n", kind="customers"))

    assert counts(run) == (3, 0, 0, 1)
    assert "more than once" in reasons(run)[0][1]
    assert sorted(Customer.objects.values_list("given_name", flat=True)) == ["Eva", "Kari", "Ola"]


def test_a_day_on_which_nobody_can_be_born_is_told_with_its_column():
    run = imported(received("name,birth date\nKari,1890-05-17\nOla,2060-01-01\nEva,1890-13-01\nAda,1980-05-17\n",
                            kind="customers"))  # fmt: skip

    assert Customer.objects.get().given_name == "Ada"
    told = list(run.problems.order_by("row").values_list("reason", "sentence"))
    assert [reason for reason, _sentence in told] == [
        "“Date of birth” cannot be kept as written.",
        "“Date of birth” cannot be kept as written.",
        "“Date of birth” cannot be read.",
    ]
    assert told[0][1] == (
        "Date of birth: Nobody who shops here was born on that day. Please look at the year once more."
    )


def test_a_number_that_cannot_be_dialled_is_kept_and_marked():
    imported(received("name,phone\nKari,0123\n", kind="customers"))

    point = Customer.objects.get().contact_points.get()
    assert (point.raw, point.status) == ("0123", ContactStatus.FAILING)


def test_the_shops_own_fields_are_imported_by_their_names():
    CustomField.objects.create(key="shoe_size", label="Shoe size", kind=CustomFieldKind.NUMBER)

    imported(received("name,Shoe size\nKari,38\n", kind="customers"))

    assert Customer.objects.get().custom_values.get().number == 38


def test_only_values_that_mean_yes_or_no_count_as_consent():
    answers = ["yes", "ja", "jā", "true", "1", "", "?", "no", "maybe"]
    rows = "".join(f"{place},Customer {place},{answer}\n" for place, answer in enumerate(answers))

    imported(received("key,name,consent_email\n" + rows, name="list.csv", kind="customers"))

    given = Consent.objects.order_by("customer").values_list("customer__family_name", "state")
    assert list(given) == [(str(place), "given") for place in range(5)] + [("7", "withdrawn")]
    assert Consent.objects.first().evidence.startswith("import list.csv 20")


def test_consents_find_their_customers_by_key_and_say_nothing_twice():
    imported(received("key,name\n1,Kari\n2,Ola\n", kind="customers"))
    rows = "customer,consent_email,consent_sms,at\n1,yes,no,2024-01-31\n2,,,\n9,yes,,\n"

    run = imported(received(rows, kind="consents"))
    again = imported(received(rows, kind="consents"))

    assert counts(run) == (1, 0, 0, 2)
    assert counts(again) == (0, 0, 1, 2)
    assert Consent.objects.count() == 2
    undone(run)
    assert not Consent.objects.exists()
    assert not Happening.objects.filter(name="customers.consent_given").exists()


def test_undoing_keeps_a_customer_somebody_has_changed(world):
    from stamkunde.customers.actions.customer import change_customer  # noqa: PLC0415

    run = imported(received("key,name\n1,Kari\n2,Ola\n", kind="customers"))
    kari = Customer.objects.get(given_name="Kari")
    change_customer(kari.pk, {"preferred_name": "Kaia"}, version=kari.version, by=world.anna.actor)

    run = undone(run)

    assert [customer.given_name for customer in Customer.objects.all()] == ["Kari"]
    assert [kept["name"] for kept in run.kept] == ["Kari"]


def test_dates_that_could_mean_two_things_stop_the_import_until_somebody_chooses():
    from stamkunde.exchange.actions.receiving import NotYet  # noqa: PLC0415

    run = received("key,name,birthday\n1,Kari,01/02/1980\n", kind="customers")

    with pytest.raises(NotYet, match="day or month"):
        imported(run)
    assert not Customer.objects.exists()
    imported(settled(run, date_order="dmy"))
    assert Customer.objects.get().birth_date == date(1980, 2, 1)
    # The choice is remembered for the next file of this source.
    assert received("key,name,birthday\n2,Ola,03/02/1980\n", kind="customers").reading.date_order == "dmy"


def test_a_file_that_is_refused_leaves_nothing():
    with pytest.raises(UnreadableFileError):
        received("key,name,name\n1,Kari,Kari\n", kind="customers")

    assert not ImportRun.objects.exists()


def test_a_rehearsal_of_customers_writes_nothing():
    run = rehearsed(received(NORWEGIAN, kind="customers"))

    assert run.rehearsal["created"] == 2
    assert not Customer.objects.exists()


def test_vcards_are_customers():
    card = "BEGIN:VCARD\nVERSION:4.0\nUID:a1\nFN:Jānis Bērziņš\nN:Bērziņš;Jānis;;;\nTEL:+37121234567\nEND:VCARD\n"

    imported(received(card, name="people.vcf"))

    assert Customer.objects.get().name == "Jānis Bērziņš"
    assert Customer.objects.get().contact_points.get().value == "+37121234567"


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_an_apostrophe_before_a_sign_survives_the_way_out_and_home(tmp_path, form):
    names = ["'=Kari", "=Kari", "''+Kari", "'Kari'"]
    path = tmp_path / f"customers.{form}"
    with open_writer(path, form, ["key", "family_name"]) as writer:
        for number, name in enumerate(names):
            writer.write([f"K{number}", name])

    imported(received(path.read_bytes(), kind="customers"))

    assert list(Customer.objects.order_by("pk").values_list("family_name", flat=True)) == names
