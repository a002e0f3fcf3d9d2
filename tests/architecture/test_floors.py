"""The rules of the house that no module can test alone: what stands on which floor, and that nothing points up."""

import ast
import re
import tomllib
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db.models import Model

from stamkunde.config.floors import FLOORS, MODULES, floor_of
from stamkunde.events.event import Event
from stamkunde.events.reacting import Reaction, all_reactions
from tests.architecture.source import PROJECT, python_files

LONGEST_FILE = 500
TEMPLATES = sorted((PROJECT / "stamkunde").glob("*/templates/**/*.html"))
LEADS_TO = re.compile(r"""\{%\s*(?:url|include|extends)\s+["']([a-z_]+)[:/]""")


def short(module: str) -> str:
    """Return the short name of the module a dotted path lies in: ``stamkunde.sales.actions`` lies in sales."""
    return module.split(".")[1]


def upward_relations(models: Iterable[type[Model]]) -> list[str]:
    found = []
    for model in models:
        if not model.__module__.startswith("stamkunde."):
            continue
        here = floor_of(short(model.__module__))
        for field in model._meta.get_fields():
            other = field.related_model if field.concrete and field.is_relation else None
            if other is not None and other.__module__.startswith("stamkunde."):
                there = short(other.__module__)
                if floor_of(there) > here or (floor_of(there) == here and there != short(model.__module__)):
                    found.append(f"{model.__name__}.{field.name} → {other.__name__}")
    return found


def upward_templates(templates: list[tuple[str, str]]) -> list[str]:
    found = []
    for module, text in templates:
        for target in LEADS_TO.findall(text):
            if any(target in floor for floor in FLOORS) and target != module and floor_of(target) >= floor_of(module):
                found.append(f"{module} → {target}")
    return found


def test_the_same_floors_stand_in_the_layers_contract() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")

    drawn = [tuple(sorted(name.strip() for name in layer.split("|"))) for layer in layers]

    assert drawn == [("config",), *(tuple(sorted(floor)) for floor in reversed(FLOORS))]


def test_every_folder_of_the_house_stands_on_a_floor() -> None:
    folders = {path.parent.name for path in (PROJECT / "stamkunde").glob("*/__init__.py")}

    assert folders == {module.split(".")[1] for module in MODULES} | {"config"}


def test_every_module_says_in_a_paragraph_what_it_is_for() -> None:
    for module in MODULES:
        tree = ast.parse((PROJECT / module.replace(".", "/") / "__init__.py").read_text())
        assert ast.get_docstring(tree), module
        assert len(tree.body) == 1, f"{module}/__init__.py holds code"


def test_relations_point_downwards() -> None:
    assert upward_relations(apps.get_models()) == []


def test_templates_lead_downwards() -> None:
    texts = [(path.relative_to(PROJECT / "stamkunde").parts[0], path.read_text()) for path in TEMPLATES]

    assert upward_templates(texts) == []


@pytest.mark.parametrize(
    "text", ['{% url "desk:customer" 1 %}', '{% include "sales/part.html" %}', "{% extends 'exchange/x.html' %}"]
)
def test_a_template_that_leads_upwards_is_noticed(text: str) -> None:
    assert upward_templates([("customers", text)])


def reactions_under_their_event(reactions: Iterable[Reaction]) -> list[str]:
    ours = [reaction for reaction in reactions if reaction.run.__module__.startswith("stamkunde.")]
    return [one.name for one in ours if floor_of(short(one.run.__module__)) < floor_of(short(one.event.__module__))]


def events_out_of_place(kinds: dict[str, type[Event]]) -> list[str]:
    """Return the events that are not named for their module, or do not live in its `events`."""
    found = []
    for name, kind in kinds.items():
        folders = kind.__module__.split(".")
        if "tests" not in folders and not (
            re.fullmatch(rf"{short(kind.__module__)}\.[a-z_]+", name) and folders[2] == "events"
        ):
            found.append(name)
    return found


def too_long(files: Iterable[tuple[str, str]]) -> dict[str, int]:
    return {name: count for name, text in files if (count := len(text.splitlines())) > LONGEST_FILE}


def test_every_reaction_stands_no_lower_than_its_event() -> None:
    assert reactions_under_their_event(all_reactions()) == []


def test_every_event_is_named_for_its_module_and_lives_in_its_events() -> None:
    assert events_out_of_place(Event.kinds) == []


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    assert too_long((str(path.relative_to(PROJECT)), path.read_text()) for path in python_files()) == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "helpers", "common", "base", "manager", "service", "services", "handler", "misc"}

    # Django itself looks for a kind of database under this name.
    asked_for = {PROJECT / "stamkunde/kit/sqlite/base.py"}

    assert [path for path in python_files() if path.stem in empty_words and path not in asked_for] == []
