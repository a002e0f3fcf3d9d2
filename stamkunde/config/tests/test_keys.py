"""The secret key: made once, exchanged without signing anybody out, and the former one forgotten in time."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.core.management import CommandError, call_command

from stamkunde.config import env
from stamkunde.config.operations import keys


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("STAMKUNDE_SECRET_KEY", raising=False)
    settings.HOME = tmp_path
    env.secret("STAMKUNDE_SECRET_KEY", keys.key_file())
    return tmp_path


def restarted(settings) -> None:
    """Read the keys as the next start does."""
    settings.SECRET_KEY = env.secret("STAMKUNDE_SECRET_KEY", keys.key_file())
    settings.SECRET_KEY_FALLBACKS = [key for key, _ in env.former_keys(keys.former_file())]


def test_what_was_signed_before_a_rotation_is_believed_after_it_and_no_more_once_the_key_is_retired(home, settings):
    restarted(settings)
    signed = signing.dumps("Kari")
    keys.rotate()
    restarted(settings)
    assert signing.loads(signed) == "Kari"
    assert signing.dumps("Kari") != signed
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13)):
        assert keys.retire() == 1
    restarted(settings)
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


def test_a_key_by_which_somebody_may_be_signed_in_is_not_retired(home):
    keys.rotate()
    kept = keys.former_file().read_text()
    with pytest.raises(CommandError, match="may still be working"):
        keys.retire()
    assert keys.former_file().read_text() == kept
    assert keys.retire(anyway=True) == 1
    assert not keys.former_file().exists()


def test_every_rotation_keeps_the_keys_before_it(home):
    keys.rotate()
    keys.rotate()
    assert len({key for key, _ in env.former_keys(keys.former_file())}) == 2
    assert keys.key_file().read_text() not in keys.former_file().read_text()


def test_only_the_owner_can_read_the_keys(home):
    keys.rotate()
    for file in (keys.key_file(), keys.former_file()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_from_the_environment_is_not_touched(home, monkeypatch):
    monkeypatch.setenv("STAMKUNDE_SECRET_KEY", "of the environment")
    before = keys.key_file().read_text()
    with pytest.raises(CommandError, match="STAMKUNDE_OLD_SECRET_KEYS"):
        keys.rotate()
    assert keys.key_file().read_text() == before
    assert not keys.former_file().exists()


def test_no_key_is_ever_shown(home, capsys):
    call_command("keys", "rotate")
    call_command("keys")
    said = capsys.readouterr().out
    assert keys.key_file().read_text() not in said
    assert all(key not in said for key, _ in env.former_keys(keys.former_file()))
    assert "was replaced" in said
