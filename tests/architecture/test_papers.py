"""The papers say what is so: their links lead somewhere, and what they list is what the code has."""

import re
from pathlib import Path

import pytest

from stamkunde.config.floors import MODULES
from tests.architecture.source import PROJECT

DOCS = PROJECT / "docs"
PAPERS = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
RECIPES = sorted((DOCS / "recipes").glob("*.md"))

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
VARIABLE = re.compile(r"""["']((?:STAMKUNDE_|DATABASE_)[A-Z_]+)["']""")
ROW_OF_VARIABLE = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
LANGUAGES_OF_A_WORD = re.compile(r"^- \*\*(.+?)\*\*.*? · nb \*.+?\* · sv \*.+?\* · lv \*.+?\*\. ", re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def dead_links(paper: Path, text: str) -> list[str]:
    """Return the links of a paper that lead to no file; those to other sites are not followed."""
    targets = [link.split("#")[0] for link in LINK.findall(FENCE.sub("", text)) if "://" not in link]
    return [target for target in targets if target and not (paper.parent / target).exists()]


def missing_files(text: str) -> list[str]:
    """Return the paths in backticks that do not exist; `<module>` and the like stand for what the reader chooses."""
    named = [word for word in IN_BACKTICKS.findall(FENCE.sub("", text)) if re.fullmatch(r"[\w./-]+\.\w+", word)]
    roots = (PROJECT, PROJECT / "stamkunde")
    return [path for path in named if "/" in path and not any((root / path).exists() for root in roots)]


def variables_read() -> set[str]:
    config = PROJECT / "stamkunde" / "config"
    files = [path for path in config.rglob("*.py") if "tests" not in path.relative_to(config).parts]
    return {name for path in files for name in VARIABLE.findall(path.read_text())}


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_link_leads_to_a_file(paper: Path) -> None:
    assert dead_links(paper, paper.read_text()) == []


def test_a_dead_link_is_noticed() -> None:
    text = "[a](first-day.md) [b](nowhere.md#part) ![c](../../pictures/none.svg) [d](https://example.com/)"

    assert dead_links(DOCS / "guide" / "en" / "README.md", text) == ["nowhere.md", "../../pictures/none.svg"]


def test_each_decision_has_a_number_of_its_own() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]

    assert numbers == [f"{place:04}" for place in range(1, len(decisions) + 1)]
    for path in decisions:
        assert path.read_text().startswith(f"# {path.name[:4]}"), f"{path.name} calls itself by another number."


@pytest.mark.parametrize("paper", [*RECIPES, DOCS / "architecture.md", PROJECT / "CONTRIBUTING.md"], ids=name_of)
def test_every_file_named_exists(paper: Path) -> None:
    assert missing_files(paper.read_text()) == []


def test_a_missing_file_is_noticed() -> None:
    assert missing_files("`stamkunde/kit/money.py` `stamkunde/kit/luck.py` `<module>/events.py`") == [
        "stamkunde/kit/luck.py"
    ]


def test_the_guide_lists_every_setting_of_the_machine_and_no_other() -> None:
    listed = ROW_OF_VARIABLE.findall((DOCS / "guide" / "en" / "server.md").read_text())

    assert sorted(listed) == sorted(variables_read())


def test_the_architecture_names_every_module() -> None:
    text = (DOCS / "architecture.md").read_text()

    assert [module for module in MODULES if f"| `{module.split('.')[1]}` |" not in text] == []


def test_every_recipe_and_every_page_of_the_guide_is_in_its_list() -> None:
    for folder in (DOCS / "recipes", DOCS / "guide" / "en"):
        linked = set(LINK.findall((folder / "README.md").read_text()))
        assert {path.name for path in folder.glob("*.md")} - {"README.md"} == {
            link for link in linked if "/" not in link
        }


@pytest.mark.parametrize("language", ["nb", "sv", "lv"])
def test_every_language_has_every_page_of_the_guide(language: str) -> None:
    pages = {path.name for path in (DOCS / "guide" / "en").glob("*.md")}
    own = DOCS / "guide" / language

    assert {path.name for path in own.glob("*.md")} == pages
    listed = [link for link in LINK.findall((own / "README.md").read_text()) if "/" not in link]
    assert listed == LINK.findall((DOCS / "guide" / "en" / "README.md").read_text())
    for name in pages:
        # The steps of a page are the same in every language; only the page for the server is shorter.
        ours, english = ((folder / name).read_text().count("\n## ") for folder in (own, DOCS / "guide" / "en"))
        assert name == "server.md" or ours == english, name


def test_every_word_of_the_glossary_is_there_in_four_languages_and_once() -> None:
    text = (DOCS / "glossary.md").read_text()
    entries = [entry for entry in re.split(r"\n(?=- \*\*|\n|#)", text) if entry.startswith("- **")]
    words = [found.group(1) for entry in entries if (found := LANGUAGES_OF_A_WORD.match(entry))]

    assert len(words) == len(entries)
    assert len(words) > 100
    assert len(set(words)) == len(words)
