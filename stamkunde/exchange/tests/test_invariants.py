import pytest
from django.conf import settings

from stamkunde.exchange import stored_files
from stamkunde.exchange.invariants import files_of_exports, files_of_imports
from stamkunde.exchange.models import ExportFile, ImportRun
from stamkunde.kit.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> ImportRun:
    name, size, digest = stored_files.keep([b"name;phone\n", b"Kari;91234567\n"])
    return ImportRun.objects.create(
        kind="customers",
        source="old till",
        file_name="kari.csv",
        file_size=size,
        file_digest=digest,
        stored_as=name,
        created_at=now(),
    )


def test_an_import_whose_file_is_there_as_it_came_is_well(run):
    assert list(files_of_imports()) == []


def test_an_import_whose_file_is_gone_or_changed_is_found(run):
    path = settings.FILES_ROOT / run.stored_as
    path.write_bytes(b"name;phone\n")
    assert f"The file {run.stored_as} is not as it was stored" in next(files_of_imports())
    path.unlink()
    assert list(files_of_imports()) == [f"The file {run.stored_as} is missing."]


def test_an_import_whose_file_was_cleared_away_is_well(run):
    stored_files.remove(run.stored_as)
    ImportRun.objects.update(stored_as="")
    assert list(files_of_imports()) == []


def test_an_export_whose_file_is_gone_is_found(world):
    ExportFile.objects.create(
        kind="customers",
        form="csv",
        reason="for the accountant",
        state=ExportFile.State.READY,
        stored_as="exports/gone.csv",
        digest="0" * 64,
        owner=world.liga,
        asked_at=now(),
        expires_at=now(),
    )
    assert list(files_of_exports()) == ["The file exports/gone.csv is missing."]
