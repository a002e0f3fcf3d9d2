"""What `deploy/` tells a server to run is there, and the settings it writes are those that the product reads."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

PROJECT = Path(__file__).resolve().parents[3]
DEPLOY = PROJECT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))


def settings_of(unit: Path) -> dict[str, str]:
    lines = (line for line in unit.read_text().splitlines() if re.match(r"[A-Z]\w+=", line))
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_each_unit_starts_a_command_that_takes_what_it_is_given(unit):
    python, manage, command, *arguments = shlex.split(settings_of(unit)["ExecStart"].replace("%i", "8001"))
    assert python == "/srv/stamkunde/.venv/bin/python"
    assert manage == "manage.py"
    parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    parser.parse_args(arguments)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_each_unit_runs_as_nobody_special_and_writes_into_one_folder(unit):
    found = settings_of(unit)
    assert found["User"] == "stamkunde"
    assert found["StateDirectory"] == "stamkunde"
    assert found["ProtectSystem"] == "strict"
    assert found["NoNewPrivileges"] == "yes"


def test_a_stop_takes_longer_than_the_shop_needs_to_finish():
    from stamkunde.config.operations.server import SECONDS_TO_FINISH

    assert int(settings_of(DEPLOY / "stamkunde.service")["TimeoutStopSec"]) > SECONDS_TO_FINISH


def test_each_timer_belongs_to_a_unit():
    for timer in DEPLOY.glob("*.timer"):
        assert timer.with_suffix(".service").exists()


def test_the_settings_file_names_only_settings_that_there_are():
    listed = set(re.findall(r"^\| `(\w+)` \|", (PROJECT / "docs/guide/en/server.md").read_text(), re.MULTILINE))
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "stamkunde.env").read_text(), re.MULTILINE))
    assert named
    assert named <= listed


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_each_proxy_keeps_the_figures_from_the_world_and_lets_streams_flow(name):
    text = (DEPLOY / name).read_text()
    assert re.search(r"/metrics\b", text)
    assert re.search(r"flush_interval -1|proxy_buffering off", text)
