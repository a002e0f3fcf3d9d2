import gc
import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from stamkunde.accounts.models import Shop
from stamkunde.config.management.commands.doctor import language_of_the_shop
from stamkunde.config.operations import doctor, soundness
from stamkunde.config.operations.durability import file_system_of, sqlite_settings, unsafe_settings
from stamkunde.customers.models import Customer
from stamkunde.kit.invariants import Invariant

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="asks SQLite's own settings")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="asks PostgreSQL's own settings")


@on_sqlite
@pytest.mark.django_db
def test_the_settings_we_ship_are_safe():
    assert list(unsafe_settings()) == []


@on_sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("pragma", "named"),
    [
        ("synchronous=NORMAL", "synchronous is “1”"),
        ("synchronous=OFF", "synchronous is “0”"),
        ("foreign_keys=OFF", "foreign_keys is “0”"),
        ("journal_mode=DELETE", "journal_mode is “delete”"),
    ],
)
def test_an_unsafe_setting_of_sqlite_is_named_with_what_it_would_cost(pragma, named):
    # The way of its journal changes only for who is alone: what threads that ended have left open is closed by this.
    gc.collect()
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
    try:
        (finding,) = sqlite_settings()
    finally:
        connection.close()
    assert named in finding


@on_sqlite
@pytest.mark.django_db
def test_a_deferred_transaction_mode_is_named(monkeypatch):
    monkeypatch.setattr(connections["default"], "transaction_mode", None)
    (finding,) = sqlite_settings()
    assert "transaction_mode is “None” and not “IMMEDIATE”" in finding


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_unsafe_setting_of_postgresql_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        findings = list(unsafe_settings())
    finally:
        connection.close()
    # The tests' own server keeps nothing over a power cut, on purpose.
    for name in ("synchronous_commit is “off”", "fsync is “off”", "full_page_writes is “off”"):
        assert any(name in finding for finding in findings)


def test_open_error_pages_are_named(settings, monkeypatch):
    monkeypatch.setattr("stamkunde.config.operations.durability.asked", lambda question: "on")
    settings.DEBUG = True
    assert any("STAMKUNDE_DEBUG is on" in finding for finding in unsafe_settings())


def test_a_shared_file_system_is_recognised(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/shop {tmp_path}/our\\040shop nfs4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n"
    )
    assert file_system_of(tmp_path / "our shop" / "stamkunde.sqlite3", mounts) == "nfs4"
    assert file_system_of(tmp_path / "our shopping" / "stamkunde.sqlite3", mounts) == "ext4"
    assert file_system_of(tmp_path, tmp_path / "there is no such list") is None


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_row_that_points_at_nothing_is_found():
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("INSERT INTO catalogue_barcode (product_id, code) VALUES (999, '4012345678901')")
    try:
        (finding,) = soundness.damage()
        assert "catalogue_barcode points at a row of catalogue_product that is not there" in finding
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM catalogue_barcode")
        connection.close()


@on_postgresql
@pytest.mark.django_db
def test_a_rule_that_was_never_checked_is_found():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalogue_barcode ADD CONSTRAINT some_rule CHECK (code <> '') NOT VALID")
    (finding,) = soundness.damage()
    assert finding == "The rule some_rule of catalogue_barcode has never been checked."


@pytest.mark.django_db
def test_a_migration_that_waits_is_found():
    assert list(soundness.waiting_migrations()) == []
    newest = MigrationRecorder(connection).migration_qs.filter(app="sales").latest("pk").name
    MigrationRecorder(connection).record_unapplied("sales", newest)
    assert f"sales.{newest} has not been applied" in next(soundness.waiting_migrations())


def test_a_disk_that_is_nearly_full_is_found(monkeypatch):
    assert list(soundness.little_room()) == []
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 10_000_000, "total": 10**12}))
    assert list(soundness.little_room()) == [
        f"Only 10 MB are free on the disk of {folder}." for folder in (settings.HOME, settings.FILES_ROOT)
    ]


@pytest.fixture
def ill(db, monkeypatch):
    sick = Invariant("sick", "Nobody is sick.", lambda: (f"Patient {number} is sick." for number in range(50)))
    well = Invariant("well", "All is well.", list)
    monkeypatch.setattr(doctor, "INVARIANTS", (sick, well))


def test_strict_ends_with_an_error_when_something_does_not_hold(ill, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", strict=True)
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "Nobody is sick.\n    Patient 0 is sick." in said
    assert "… and more of the kind." in said
    assert "1 of 2 things needs somebody's attention." in said


def test_without_strict_the_doctor_only_tells(ill, capsys):
    call_command("doctor")
    assert "1 of 2 things" in capsys.readouterr().out


def test_machines_get_the_same_answer(ill, capsys):
    call_command("doctor", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["well"] is False
    assert [(item["name"], item["well"], len(item["findings"])) for item in answer["invariants"]] == [
        ("sick", False, 20),
        ("well", True, 0),
    ]


def test_a_check_that_cannot_be_made_is_a_finding(monkeypatch):
    def unreadable():
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor, "INVARIANTS", (Invariant("files", "The files are there.", unreadable),))
    (answer,) = doctor.examine()
    assert not answer.is_well
    assert "could not be checked" in answer.findings[0]


@pytest.mark.django_db
def test_a_new_shop_is_well_on_every_count():
    unwell = {answer.invariant.name for answer in doctor.examine() if not answer.is_well}
    expected = set() if connection.vendor == "sqlite" else {"durable-settings"}
    assert unwell == expected, settings.DATABASES["default"]["ENGINE"]


def test_every_invariant_has_a_name_of_its_own():
    names = [invariant.name for invariant in doctor.INVARIANTS]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_the_doctor_speaks_the_language_of_the_shop_or_the_one_asked_for(capsys):
    Shop.objects.update_or_create(pk=1, defaults={"language": "lv"})
    for options, said in (({}, "Diskā ir vieta."), ({"language": "nb"}, "Det er plass på disken.")):
        call_command("doctor", **options)
        assert said in capsys.readouterr().out


@pytest.mark.django_db
def test_a_finding_is_told_in_the_language_too(world, capsys):
    Customer.objects.filter(pk=world.kari.pk).update(sort_name="zzz")
    with pytest.raises(SystemExit):
        call_command("doctor", language="sv", strict=True)
    told = capsys.readouterr().out
    assert f"Kund {world.kari.pk} står inte på sin plats i alfabetet" in told
    assert "behöver ses över" in told


def test_a_doctor_whose_database_is_gone_still_speaks(monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("no such table")

    monkeypatch.setattr(Shop.objects, "values_list", gone)
    assert language_of_the_shop() == settings.LANGUAGE_CODE
