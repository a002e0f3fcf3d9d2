"""Gathers the small style sheets and scripts of the look into one file each.

A page then asks for two files instead of thirty. It happens when static files are found or collected, so there is
no build step and nothing generated is kept in the repository.
"""

import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

PARTS = Path(__file__).parent / "static" / "kit"
# Tokens first: that file says in which order the cascade layers count.
STYLES = (
    "tokens", "base", "shell", "plain", "page", "button", "icon", "avatar", "chip", "card", "form", "table",
    "list", "alert", "tabs", "menu", "dialog", "panel", "timeline", "composer", "waiting", "chart", "inline",
    "key", "desk", "profile", "words",
)  # fmt: skip
# The first holds the words the others share.
SCRIPTS = ("start", "theme", "toast", "form", "inline", "menu", "rows", "columns", "peek", "keyboard", "palette")

# No style sheet here has a text in quotes in which such a mark is followed by a space.
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_COLON = re.compile(r":[ \t]+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What stands in quotes in a script is left as it is.
_QUOTED = re.compile(r"""("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)""")
_ROUND_SIGN = re.compile(r" ?(=>|===|!==|[<>]=?|&&|\|\||\?\?|[-+*/%]?=|[?{}:;,+*%)]) ")
_BEFORE_SIGN = re.compile(r" (=>|===|!==|&&|\|\||\?\?|=|[?{}(])(?=\S|$)", re.MULTILINE)
# Plain names of our own that stand on every other line; none of them is ever a property or stands in a template.
SHORT = {
    "event": "e", "fetchInto": "f", "press": "p", "selector": "s", "address": "L", "all": "J", "arrows": "A",
    "boxes": "y", "changed": "c", "choices": "M", "control": "C", "drafts": "D", "every": "j", "items": "m",
    "named": "n", "one": "K", "openRow": "w", "opened": "O", "option": "o", "panel": "P", "parts": "Q",
    "restore": "u", "row": "r", "search": "h", "sheet": "S", "show": "W", "step": "g", "store": "t", "tell": "d",
    "typing": "T", "values": "V",
}  # fmt: skip
_LONG = re.compile(rf"\b({'|'.join(SHORT)})\b")
_AFTER_OPEN = re.compile(r"(?<=[;{,(])\n")


def styles() -> str:
    """Return every style sheet in order, without comments and needless space."""
    return _tight_style("\n".join((PARTS / "css" / f"{name}.css").read_text("utf-8") for name in STYLES))


def _tight_style(whole: str) -> str:
    return _AROUND.sub(r"\1", _AFTER_COLON.sub(":", _COMMENT.sub("", whole))).replace(";}", "}").strip() + "\n"


def scripts() -> str:
    """Return every script in order, each in a block of its own so that no name leaks into the next."""
    start, *parts = ((PARTS / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    blocks = "".join(f"{{\n{part}}}\n" for part in parts)
    return _tight(f"{{\n{start}{blocks}}}", shorten=True)


def _tight(text: str, *, shorten: bool = False) -> str:
    """Leave out indents, empty lines, lines that are only a remark, and the space and line ends that mean nothing."""
    lines = (line.strip() for line in text.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    parts = _QUOTED.split(kept)
    if shorten:
        parts = [part if part[:1] in {'"', "`"} else _LONG.sub(lambda found: SHORT[found[0]], part) for part in parts]
    return "".join(part if part[:1] in {'"', "`"} else _tight_code(part) for part in parts)


def _tight_code(code: str) -> str:
    code = code.replace("const ", "let ")
    return _AFTER_OPEN.sub("", _BEFORE_SIGN.sub(r"\1", _ROUND_SIGN.sub(r"\1", code)))


BUNDLES: dict[str, Callable[[], str]] = {"kit/stamkunde.css": styles, "kit/stamkunde.js": scripts}


def add_own(path: str, source: Path) -> None:
    """Offer a page's own style sheet or script under an address, made as small as those that all pages share."""
    if source.suffix == ".css":
        BUNDLES[path] = lambda: _tight_style(source.read_text("utf-8"))
    else:
        BUNDLES[path] = lambda: _tight("{\n" + source.read_text("utf-8") + "}\n")


class BundleFinder(BaseFinder):
    """Offers the bundles to Django's static files as if they lay in a folder."""

    # Of two finders that threads make at the same moment Django keeps one; the folder must not go with the other.
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _making = threading.Lock()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with self._making:
            if BundleFinder._folder is None:
                BundleFinder._folder = tempfile.TemporaryDirectory(prefix="stamkunde-static-")
            self._place = Path(BundleFinder._folder.name)
        self._storage = FileSystemStorage(location=str(self._place))

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        written = str(self._write(path))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path in BUNDLES:
            self._write(path)
            yield path, self._storage

    def _write(self, path: str) -> Path:
        """Write the bundle unless it is already there as it should be, so that its time of change stays true."""
        target = self._place / path
        text = BUNDLES[path]()
        if not target.exists() or target.read_text("utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Put in place whole: another thread may be reading it at this moment.
            whole = target.with_suffix(f".{threading.get_ident()}")
            whole.write_text(text, "utf-8")
            whole.replace(target)
        return target
