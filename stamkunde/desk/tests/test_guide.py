"""The guide read in the product: every page, in the reader's language, with links that lead somewhere."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from stamkunde.desk.guide import DOCS, chapters, page_of_guide
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def reader(world: World, language: str) -> Client:
    client = signed_in(world.anna)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_the_reader_s_language_and_its_links_lead_somewhere(world: World, language: str) -> None:
    client = reader(world, language)
    front = client.get("/help/").text
    listed = chapters(language)
    assert {one.slug for one in listed} == {page.stem for page in (DOCS / "guide" / "en").glob("[a-z]*.md")}
    for chapter in listed:
        assert escape(chapter.title) in front
        shown = client.get(chapter.url)
        assert (shown.status_code, f'lang="{language}"' in shown.text) == (200, True), chapter.slug
        article = shown.text.partition("<article")[2].partition("</article>")[0]
        assert "](" not in article
        assert "**" not in article
        for address in re.findall(r'(?:href|src)="([^"]+)"', article):
            assert address.startswith("/help/"), address
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("slug", ["nothing-here", "..", "README", "..%2Fen%2Fserver"])
def test_only_pages_of_the_guide_are_shown(world: World, slug: str) -> None:
    assert reader(world, "en").get(f"/help/{slug}/").status_code == 404


@pytest.mark.parametrize("name", ["house.svg", "nothing.png", "..%2F..%2Fpyproject.toml"])
def test_only_pictures_of_the_guide_are_shown(world: World, name: str) -> None:
    assert reader(world, "en").get(f"/help/pictures/{name}").status_code == 404


def test_a_page_that_a_language_lacks_is_shown_in_english() -> None:
    assert page_of_guide("et", "first-day") == page_of_guide("en", "first-day")
    assert page_of_guide("et", "nothing-here") is None


def test_the_guide_is_one_step_from_everywhere(world: World) -> None:
    assert 'href="/help/"' in signed_in(world.anna).get("/customers/").text
