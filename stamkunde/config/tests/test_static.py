import gzip
from pathlib import Path

import pytest

from stamkunde.config.static import StaticFiles


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "look.0123456789ab.css").write_text("body { color: black }\n" * 100)
    (tmp_path / "kit" / "plain.png").write_bytes(b"\x89PNG")
    (tmp_path.parent / "secret.key").write_text("not for you")
    return StaticFiles(tmp_path, "/static/")


def ask(files: StaticFiles, path: str, *, method: str = "GET", accepts: bytes = b"gzip, br"):
    reply = files.reply_to({"path": path, "method": method, "headers": [(b"accept-encoding", accepts)]})
    assert reply is not None
    status, headers, body = reply
    return status, dict(headers), body


def test_a_hashed_file_is_packed_and_kept_for_a_year(files):
    status, headers, body = ask(files, "/static/kit/look.0123456789ab.css")
    assert status == 200
    assert headers[b"cache-control"] == b"public, max-age=31536000, immutable"
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert gzip.decompress(body).startswith(b"body { color")


def test_a_browser_that_cannot_unpack_gets_the_file_as_it_is(files):
    _, headers, body = ask(files, "/static/kit/look.0123456789ab.css", accepts=b"identity")
    assert b"content-encoding" not in headers
    assert body.startswith(b"body { color")


def test_a_file_without_a_digest_in_its_name_is_asked_for_again_soon(files):
    _, headers, _ = ask(files, "/static/kit/plain.png")
    assert headers[b"cache-control"] == b"public, max-age=300"
    assert headers[b"content-type"] == b"image/png"


def test_head_sends_the_length_without_the_body(files):
    status, headers, body = ask(files, "/static/kit/plain.png", method="HEAD")
    assert (status, headers[b"content-length"], body) == (200, b"4", b"")


@pytest.mark.parametrize("path", ["/static/../secret.key", "/static//secret.key", "/static/kit/", "/static/"])
def test_nothing_outside_the_folder_is_found(files, path):
    assert ask(files, path)[0] == 404


def test_nobody_writes_to_a_static_file(files):
    assert ask(files, "/static/kit/plain.png", method="POST")[0] == 405


def test_other_addresses_are_left_to_the_pages(files):
    assert files.reply_to({"path": "/customers/", "method": "GET", "headers": []}) is None
