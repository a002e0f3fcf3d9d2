"""A shop that is open to the world is not started with what loses data or lets strangers in."""

import pytest
from django.core.management import CommandError, call_command

from stamkunde.config.management.commands import serve as command
from stamkunde.config.operations import production

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_production(settings):
    settings.BASE_URL = "https://shop.example.com"
    settings.IS_HTTPS = settings.IS_BEHIND_PROXY = True
    settings.ALLOWED_HOSTS = ["shop.example.com", "localhost"]
    settings.DEBUG = False
    settings.SECRET_KEY = "a6f0c1d2e3b4958677889900aabbccddeeff0123456789abcdef"
    (settings.HOME / "secret.key").unlink(missing_ok=True)
    return settings


@pytest.fixture
def safe_database(monkeypatch):
    """The tests' own database is set for speed; here only the rest of the machine is looked at."""
    monkeypatch.setattr(production, "unsafe_settings", lambda: iter(()))


def refused(host: str = "127.0.0.1") -> list[str]:
    return list(production.refusals(host))


def test_a_shop_set_up_as_the_guide_says_is_started(in_production, safe_database):
    assert production.is_open_to_the_world("127.0.0.1")
    assert refused() == []


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("IS_HTTPS", False, "STAMKUNDE_BASE_URL"),
        ("ALLOWED_HOSTS", ["*"], "STAMKUNDE_HOSTS"),
        ("ALLOWED_HOSTS", ["other.example.com"], "shop.example.com"),
        ("IS_BEHIND_PROXY", False, "STAMKUNDE_BEHIND_PROXY"),
        ("SECRET_KEY", "short", "STAMKUNDE_SECRET_KEY"),
        ("SECRET_KEY", "a" * 60, "STAMKUNDE_SECRET_KEY"),
        ("LOG_LEVEL", "DEBUG", "STAMKUNDE_LOG_LEVEL"),
    ],
)
def test_each_dangerous_setting_is_named(in_production, safe_database, name, value, word):
    setattr(in_production, name, value)
    (sentence,) = refused()
    assert word in sentence
    assert sentence.endswith(".")


def test_error_pages_for_developers_are_refused(in_production):
    in_production.DEBUG = True
    assert any("STAMKUNDE_DEBUG" in sentence for sentence in refused())


def test_a_believed_proxy_needs_a_port_that_only_the_proxy_reaches(in_production, safe_database):
    assert any("pretend to be the proxy" in sentence for sentence in refused("0.0.0.0"))
    in_production.INNER_PROXY = True
    assert refused("0.0.0.0") == []


def test_a_key_that_others_on_the_machine_can_read_is_refused(in_production, safe_database):
    file = in_production.HOME / "secret.key"
    file.write_text("x")
    file.chmod(0o640)
    assert any("chmod 600" in sentence for sentence in refused())
    file.chmod(0o600)
    assert refused() == []
    file.unlink()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_laptop_is_not_open_to_the_world(host):
    assert not production.is_open_to_the_world(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "shop.local"])
def test_listening_on_the_network_is(host):
    assert production.is_open_to_the_world(host)


def test_the_start_stops_and_says_why(in_production, safe_database, monkeypatch, capsys):
    started = []
    monkeypatch.setattr(command, "serve", lambda *place, **options: started.append(place))
    in_production.ALLOWED_HOSTS = ["*"]
    with pytest.raises(CommandError, match="was not started"):
        call_command("serve")
    assert started == []
    assert "UNSAFE SETTING: STAMKUNDE_HOSTS" in capsys.readouterr().err


def test_it_starts_all_the_same_when_that_is_said_aloud(in_production, safe_database, monkeypatch, capsys):
    monkeypatch.setattr(command, "serve", lambda *place, **options: 0)
    in_production.ALLOWED_HOSTS = ["*"]
    in_production.STARTS_UNSAFE = True
    with pytest.raises(SystemExit) as ended:
        call_command("serve")
    assert ended.value.code == 0
    assert "UNSAFE SETTING: STAMKUNDE_HOSTS" in capsys.readouterr().err
