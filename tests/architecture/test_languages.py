"""Every sentence is said in every language, with the same gaps to fill, and none is a guess."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.architecture.source import PROJECT

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
GAPS = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# Django says the months by the same catalogue: a verb or a name in these words would stand in every date.
MONTHS = {"January", "March", "May", "August", "December"}


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(PROJECT / "locale" / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_none_is_a_guess(language: str) -> None:
    messages = catalogue(language)

    assert [entry.msgid for entry in messages.untranslated_entries()] == []
    assert [entry.msgid for entry in messages.fuzzy_entries()] == []
    assert [entry.msgid for entry in messages.obsolete_entries()] == []


# Nobody knows from a name whether somebody is a he or a she, and the guide is no wiser than the pages.
GENDERED = {
    "en": r"she|her|hers|herself|he|him|his|himself",
    "nb": r"hun|henne|hennes|han|ham|hans",
    "sv": r"hon|henne|hennes|han|honom|hans",
    "lv": r"viņa|viņai|viņā|viņš|viņam",
}


@pytest.mark.parametrize("language", GENDERED)
def test_nobody_is_taken_for_a_he_or_a_she(language: str) -> None:
    gendered = re.compile(rf"\b({GENDERED[language]})\b", re.IGNORECASE)
    entries = catalogue("nb" if language == "en" else language)
    said = [
        text
        for entry in entries
        for text in (
            (entry.msgid, entry.msgid_plural) if language == "en" else (entry.msgstr, *entry.msgstr_plural.values())
        )
    ]
    said += [page.read_text() for page in (PROJECT / "docs" / "guide" / language).glob("*.md")]

    assert [text for text in said if gendered.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_the_gaps_of_its_source(language: str) -> None:
    for entry in catalogue(language):
        sources = {gap for text in (entry.msgid, entry.msgid_plural) for gap in GAPS.findall(text)}
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            if said:
                assert set(GAPS.findall(said)) <= sources, entry.msgid
        if not entry.msgid_plural:
            assert sorted(GAPS.findall(entry.msgstr)) == sorted(GAPS.findall(entry.msgid)), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_takes_the_place_of_a_month(language: str) -> None:
    assert not MONTHS & {entry.msgid for entry in catalogue(language) if not entry.msgctxt}


def test_the_catalogues_hold_just_the_sentences_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Collecting the sentences anew changes nothing: none is missing and none is left over."""
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT / "stamkunde", copy / "stamkunde", ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    shutil.copytree(PROJECT / "locale", copy / "locale")
    monkeypatch.chdir(copy)
    monkeypatch.setattr(settings, "LOCALE_PATHS", [copy / "locale"])

    call_command("messages", verbosity=0)

    for language in LANGUAGES:
        before = {(entry.msgctxt, entry.msgid) for entry in catalogue(language)}
        again = polib.pofile(str(copy / "locale" / language / "LC_MESSAGES" / "django.po"))
        assert {(entry.msgctxt, entry.msgid) for entry in again if not entry.obsolete} == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_well_formed(language: str, tmp_path: Path) -> None:
    source = PROJECT / "locale" / language / "LC_MESSAGES" / "django.po"

    checked = subprocess.run(
        ["msgfmt", "--check", "-o", str(tmp_path / "out.mo"), str(source)], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr
