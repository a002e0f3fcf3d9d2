"""Names of files that came with a mail, made safe to show, to store beside and to save."""

import re
import unicodedata

from .charsets import in_one_line

MAX_NAME = 120
MAX_ENDING = 20
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
UNSAFE = re.compile(r'[<>:"|?*\ufffe\uffff]')


def safe_name(written: str, otherwise: str) -> str:
    """Return the last part of the name without what paths, headers or readers could be misled by."""
    written = unicodedata.normalize("NFC", written[:2_000])
    # Format characters go; zero-width ones hide an ending as well as those that turn the direction.
    visible = "".join(letter for letter in written if unicodedata.category(letter) not in {"Cf", "Cs", "Co"})
    name = UNSAFE.sub("_", in_one_line(visible).replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not name:
        return otherwise
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    if len(name) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > MAX_ENDING:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1].rstrip(' .')}.{ending}"
