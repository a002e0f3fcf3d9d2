"""The guide for shop people, as it lies in `docs/guide`: each page in the reader's language, else in English."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from stamkunde.kit.papers import Paper, paper

DOCS = Path(settings.PROJECT) / "docs"
FIRST = "README"
FALLBACK = "en"
_SLUG = re.compile(r"[a-z][a-z-]*")
_PICTURE = re.compile(r"[a-z][a-z0-9-]*\.png")
_LISTED = re.compile(r"^\d+\. \[(?P<title>[^\]]+)\]\((?P<slug>[a-z-]+)\.md\)", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A page of the guide in its list."""

    slug: str
    title: str
    url: str


def readers_language() -> str:
    language = (get_language() or FALLBACK).partition("-")[0]
    return language if (DOCS / "guide" / language).is_dir() else FALLBACK


def chapters(language: str) -> list[Chapter]:
    """Return the pages in the order of the guide's own list."""
    source = _source(language, FIRST)
    listed = _LISTED.finditer(source.read_text()) if source else ()
    return [Chapter(one["slug"], one["title"], reverse("desk:guide_page", args=[one["slug"]])) for one in listed]


def page_of_guide(language: str, slug: str) -> tuple[Paper, str] | None:
    """Return a page and the language it is in; nothing when there is no such page."""
    for own in (language, FALLBACK):
        source = _source(own, slug)
        if source is not None:
            return _read(source, source.stat().st_mtime_ns), own
    return None


def picture(name: str) -> Path | None:
    path = DOCS / "pictures" / name
    return path if _PICTURE.fullmatch(name) and path.is_file() else None


def _source(language: str, slug: str) -> Path | None:
    if slug != FIRST and not _SLUG.fullmatch(slug):
        return None
    path = DOCS / "guide" / language / f"{slug}.md"
    return path if path.is_file() else None


@lru_cache(maxsize=128)
def _read(path: Path, changed_at: int) -> Paper:
    """Read a page once for each time it was written."""
    return paper(path.read_text(), lead=_lead)


def _lead(target: str) -> str:
    """Return where a link of the guide leads within the product; the rest of the papers lies beside the code."""
    folder, _slash, name = target.partition("#")[0].rpartition("/")
    if folder.endswith("pictures") and picture(name):
        return reverse("desk:guide_picture", args=[name])
    slug = name.removesuffix(".md")
    if name.endswith(".md") and folder in {"", "../en"} and _SLUG.fullmatch(slug):
        return reverse("desk:guide_page", args=[slug]) + ("?language=en" if folder else "")
    return target if target.startswith("https://") else ""
