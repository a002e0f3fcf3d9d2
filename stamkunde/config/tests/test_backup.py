import gzip
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from stamkunde.config.operations import backup as backup_module
from stamkunde.config.operations.backup import ENDING, make_backup, verify
from stamkunde.config.operations.postgresql import url_of
from stamkunde.config.operations.restore import restore
from stamkunde.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Customer:
    """A shop with one customer, one file of hers, and somebody signed in."""
    customer = Customer.objects.create(given_name="Jānis", family_name="Bērziņš", created_at=datetime.now(UTC))
    keep("customers/ab/abcdef", b"A letter from the customer.")
    Session.objects.create(session_key="signed-in", session_data="", expire_date=datetime(2099, 1, 1, tzinfo=UTC))
    return customer


def keep(name: str, content: bytes) -> Path:
    path = settings.FILES_ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def empty_the_place() -> None:
    Customer.objects.all().delete()
    for path in settings.FILES_ROOT.rglob("*"):
        if path.is_file():
            path.unlink()


def names_of_customers() -> list[str]:
    return [customer.name for customer in Customer.objects.order_by("pk")]


def rewritten(file: Path, change) -> Path:
    """Return a copy of a backup whose manifest has been changed."""
    copy = file.with_name(f"changed{ENDING}")
    with tarfile.open(file) as source, tarfile.open(copy, "w:gz") as target:
        for member in source:
            content = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
                member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return copy


def test_what_was_saved_comes_back_into_an_empty_place_and_everybody_signs_in_again(shop, tmp_path):
    file = make_backup(tmp_path)
    empty_the_place()
    assert restore(file) is None
    assert names_of_customers() == ["Jānis Bērziņš"]
    assert (settings.FILES_ROOT / "customers/ab/abcdef").read_bytes() == b"A letter from the customer."
    assert not Session.objects.exists()


def test_a_backup_is_one_whole_file_without_secrets(shop, tmp_path):
    (settings.HOME / "secret.key").write_text("the-secret-key-itself")
    file = make_backup(tmp_path)
    manifest = verify(file)
    assert set(manifest["contents"]) == {"database", "files/customers/ab/abcdef"}
    assert manifest["engine"] == connection.vendor
    assert b"the-secret-key-itself" not in gzip.decompress(file.read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_place_that_is_not_empty_is_left_alone(shop, tmp_path):
    file = make_backup(tmp_path)
    Customer.objects.create(given_name="Kari", created_at=datetime.now(UTC))
    with pytest.raises(CommandError, match="There is a shop here already"):
        restore(file)
    assert names_of_customers() == ["Jānis Bērziņš", "Kari"]
    assert Session.objects.exists()


def test_replacing_by_force_saves_first_what_was_there(shop, tmp_path):
    file = make_backup(tmp_path)
    Customer.objects.create(given_name="Kari", created_at=datetime.now(UTC))
    saved = restore(file, force=True)
    assert names_of_customers() == ["Jānis Bērziņš"]
    assert saved is not None
    restore(saved, force=True)
    assert names_of_customers() == ["Jānis Bērziņš", "Kari"]


@pytest.mark.parametrize("harm", ["a byte turned", "cut short", "not a backup", "empty"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(shop, tmp_path, harm):
    file = make_backup(tmp_path)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    half = content[: len(content) // 2]
    harmed = {"a byte turned": content, "cut short": half, "not a backup": b"hello", "empty": b""}
    file.write_bytes(bytes(harmed[harm]))
    empty_the_place()
    with pytest.raises(CommandError, match="damaged|not a whole backup"):
        restore(file)
    assert names_of_customers() == []
    assert not (settings.FILES_ROOT / "customers/ab/abcdef").exists()


def test_a_part_exchanged_for_another_is_noticed(shop, tmp_path):
    def lie(manifest):
        manifest["contents"]["database"]["sha256"] = "0" * 64

    with pytest.raises(CommandError, match="damaged: 1 parts differ, the first is database"):
        verify(rewritten(make_backup(tmp_path), lie))


def test_a_backup_of_a_newer_version_is_refused_by_name(shop, tmp_path):
    newer = rewritten(make_backup(tmp_path), lambda manifest: manifest["migrations"].append("sales.9999_from_tomorrow"))
    empty_the_place()
    with pytest.raises(CommandError, match="newer version of Stamkunde .it has sales 9999_from_tomorrow"):
        restore(newer)
    assert names_of_customers() == []


def test_a_backup_of_another_kind_of_database_is_refused(shop, tmp_path):
    other = rewritten(make_backup(tmp_path), lambda manifest: manifest.update(engine="oracle"))
    empty_the_place()
    with pytest.raises(CommandError, match="is of a oracle database"):
        restore(other)
    assert names_of_customers() == []


def test_a_name_that_climbs_out_of_its_folder_is_refused(tmp_path):
    file = tmp_path / f"evil{ENDING}"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo("files/../../outside")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    place = tmp_path / "place"
    with pytest.raises(CommandError, match="something that no backup holds"):
        verify(file, into=place)
    assert not (tmp_path / "outside").exists()


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(shop, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module, "write_archive", full)
    with pytest.raises(CommandError, match="No space left on device"):
        make_backup(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_deleted_while_it_is_saved_makes_the_copy_start_again(shop, tmp_path, monkeypatch):
    doomed = keep("customers/cd/cdef", b"going")
    copies = []

    def copy_and_delete(target):
        copies.append(target)
        real_copy(target)
        doomed.unlink(missing_ok=True)

    real_copy = backup_module.copy_database
    monkeypatch.setattr(backup_module, "copy_database", copy_and_delete)
    manifest = verify(make_backup(tmp_path))
    assert len(copies) == 2
    assert "files/customers/cd/cdef" not in manifest["contents"]


@pytest.mark.thorough
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the shop it kills is on SQLite, whatever the tests run on")
def test_a_killed_backup_leaves_the_earlier_one_and_nothing_that_looks_whole(tmp_path):
    home = tmp_path / "home"
    (home / "files").mkdir(parents=True)
    with sqlite3.connect(home / "stamkunde.sqlite3") as database:
        database.execute("CREATE TABLE kept (text)")
    environment = os.environ | {"STAMKUNDE_HOME": str(home), "DATABASE_URL": ""}
    command = [sys.executable, "manage.py", "backup"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    (earlier,) = (home / "backups").iterdir()
    (home / "files" / "film").write_bytes(os.urandom(60_000_000))

    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not any(path.stat().st_size > 1_000_000 for path in (home / "backups").glob(".making-*/backup")):
        assert process.poll() is None, "the backup was finished before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert list((home / "backups").glob(f"*{ENDING}")) == [earlier]
    assert verify(earlier)["engine"] == "sqlite"


@pytest.mark.proof
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the shop it kills is on PostgreSQL")
def test_a_backup_of_postgresql_killed_midway_leaves_the_earlier_one_and_nothing_that_looks_whole(tmp_path):
    """Killed while PostgreSQL hands out the database, and while the archive is written."""
    home = tmp_path / "home"
    (home / "files").mkdir(parents=True)
    own = connection.settings_dict
    environment = os.environ | {"STAMKUNDE_HOME": str(home), "DATABASE_URL": url_of(own, own["NAME"])}
    command = [sys.executable, "manage.py", "backup"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    (earlier,) = (home / "backups").iterdir()
    content = earlier.read_bytes()
    with connection.cursor() as cursor:
        # What cannot be packed small keeps both halves busy for long enough.
        cursor.execute("CREATE TABLE heavy AS SELECT gen_random_uuid() AS it FROM generate_series(1, 400000)")
    try:
        for part in ("database", "backup"):
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            making = home / "backups"
            while not any(path.stat().st_size > 100_000 for path in making.glob(f".making-*/{part}")):
                assert process.poll() is None, "the backup was finished before it could be killed"
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.communicate()

            assert list(making.glob(f"*{ENDING}")) == [earlier]
            assert earlier.read_bytes() == content
            # What dumps for a killed backup ends by itself; its half-made copy is swept away by a later backup.
            for left in making.glob(".making-*"):
                shutil.rmtree(left)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE heavy")
    assert verify(earlier)["engine"] == "postgresql"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL replaces what is in the database, not a file")
def test_a_shop_that_is_open_is_not_replaced(shop, tmp_path):
    file = make_backup(tmp_path)
    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.execute("SELECT count(*) FROM customers_customer").fetchall()
    try:
        with pytest.raises(CommandError, match="The shop is open"):
            restore(file, force=True)
    finally:
        other.close()
    assert names_of_customers() == ["Jānis Bērziņš"]


def test_the_command_says_where_the_backup_is(shop, tmp_path, capsys):
    call_command("backup", str(tmp_path))
    call_command("verify", str(next(tmp_path.iterdir())))
    said = capsys.readouterr().out
    assert "read back and equal" in said
    assert "The secret key is not in it" in said
    assert "is whole" in said
