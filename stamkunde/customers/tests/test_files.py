"""Files: kept once, under their digest, handed out as nothing but a download, and never half there."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stamkunde.customers import files
from stamkunde.customers.actions import add_file, remove_file
from stamkunde.customers.actions.forgetting import sweep_files
from stamkunde.customers.files import safe_name, sniffed
from stamkunde.customers.models import Customer, StoredFile
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_customer, signed_in

PDF = b"%PDF-1.7 and so on"


def keep(customer: Customer, content: bytes = PDF, name: str = "paper.pdf") -> StoredFile:
    with files.staged([content[:7], content[7:]]) as staged:
        return add_file(customer.pk, staged, name, by=SYSTEM)


def on_disk() -> list[Path]:
    return [path for path in files.root().rglob("*") if path.is_file()]


def upload(client: Client, customer: Customer, name: str, content: bytes, **extra: Any) -> Any:
    return client.post(f"/customers/{customer.pk}/files/", {"file": SimpleUploadedFile(name, content)}, **extra)


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_however_often_they_come(world: World) -> None:
    first, second = keep(world.kari, name="one.pdf"), keep(world.sven, name="two.pdf")

    assert first.digest == second.digest
    assert [path.name for path in on_disk()] == [first.digest]
    assert (files.root().parent / first.path).read_bytes() == PDF


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\receipt.pdf", "receipt.pdf"),
        ("cod\u202egpj.exe", "codgpj.exe"),
        ("a\nb\r\nSet-Cookie: x=1.txt", "abSet-Cookie: x=1.txt"),
        ("...", "File"),
        ("", "File"),
        ("Åses kvittering – maj.pdf", "Åses kvittering – maj.pdf"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 400, "x" * 200),
    ],
)
def test_a_file_name_is_a_name_and_nothing_else(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize(
    ("beginning", "label"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"GIF89a=1;alert(1)", "image/gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/plain"),
        (b"<html><script>x()</script>", "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_label_is_read_from_the_bytes_and_not_from_the_name(beginning: bytes, label: str) -> None:
    assert sniffed(beginning) == label


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("harmless.html", b"<html><script>alert(document.cookie)</script>"),
        ("picture.svg", b"<svg onload='alert(1)'/>"),
        ("Åses bilde.jpg", b"\xff\xd8\xff\xe0"),
        (".htaccess", b"AddType text/html .jpg"),
    ],
)
def test_whatever_it_is_a_browser_only_saves_it(world: World, name: str, content: bytes) -> None:
    client = signed_in(world.anna)
    assert upload(client, world.kari, name, content).status_code == 302
    stored = StoredFile.objects.get()

    response: Any = client.get(f"/customers/{world.kari.pk}/files/{stored.pk}/")
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"].isascii()


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused_before_it_is_read(world: World, settings: Any) -> None:
    settings.FILE_LIMIT_MEGABYTES = 1
    client, kari = signed_in(world.anna), world.kari
    with nothing_changes():
        early = upload(client, kari, "big.bin", b"x" * (1_200 * 1024))
    with nothing_changes():
        late = upload(client, kari, "big.bin", b"x" * (1024 * 1024 + 1))

    assert (early.status_code, late.status_code) == (413, 413)
    assert "larger than 1 MB" in early.content.decode()
    assert on_disk() == []


@pytest.mark.django_db
def test_a_forged_form_adds_no_file(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.anna)
    kari = world.kari
    with nothing_changes():
        assert upload(client, kari, "a.txt", b"x").status_code == 403


@pytest.mark.django_db
def test_an_empty_file_is_refused(world: World) -> None:
    kari = world.kari
    client = signed_in(world.anna)
    with nothing_changes():
        assert upload(client, kari, "empty.txt", b"").status_code == 422
        assert client.post(f"/customers/{kari.pk}/files/", {}).status_code == 422


@pytest.mark.django_db
def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    def broken() -> Any:
        yield b"half"
        raise ConnectionError

    with nothing_changes(), pytest.raises(ConnectionError), files.staged(broken()):
        pass
    assert on_disk() == []


@pytest.mark.django_db
def test_bytes_whose_row_was_never_written_are_swept_away_later(world: World) -> None:
    kept = keep(world.kari)
    with pytest.raises(ValidationError), files.staged([b"nobody's"]) as staged:
        files.keep(staged)
        add_file(999_999, staged, "x", by=SYSTEM)
    assert len(on_disk()) == 2
    assert sweep_files() == 0, "what came a moment ago may still be on its way in"

    for path in on_disk():
        os.utime(path, (0, 0))
    assert sweep_files() == 1
    assert [path.name for path in on_disk()] == [kept.digest]


@pytest.mark.django_db
def test_a_removed_file_comes_back_and_is_not_handed_out_meanwhile(world: World) -> None:
    stored = keep(world.kari)
    client = signed_in(world.anna)
    url = f"/customers/{world.kari.pk}/files/{stored.pk}/"

    assert client.post(f"{url}removal/").status_code == 302
    assert client.get(url).status_code == 404
    assert client.post(f"{url}restoration/").status_code == 302
    assert client.get(url).status_code == 200


@pytest.mark.django_db
def test_somebody_elses_file_is_not_found_under_a_customer(world: World) -> None:
    stored = keep(world.kari)
    other = make_customer("Nils", "Nilsen")
    client = signed_in(world.anna)

    with nothing_changes():
        assert client.get(f"/customers/{other.pk}/files/{stored.pk}/").status_code == 404
        assert client.post(f"/customers/{other.pk}/files/{stored.pk}/removal/").status_code == 404
        assert signed_in(world.eve).get(f"/customers/{world.kari.pk}/files/{stored.pk}/").status_code == 403


@pytest.mark.django_db
def test_bytes_that_are_gone_are_said_to_be_gone(world: World) -> None:
    stored = keep(world.kari)
    (Path(settings.FILES_ROOT) / stored.path).unlink()

    assert signed_in(world.anna).get(f"/customers/{world.kari.pk}/files/{stored.pk}/").status_code == 404


@pytest.mark.django_db
def test_removing_a_file_is_told_once(world: World) -> None:
    stored = keep(world.kari)
    remove_file(stored, by=SYSTEM)
    with nothing_changes():
        remove_file(stored, by=SYSTEM)
