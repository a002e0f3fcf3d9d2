"""Text as it may be kept: in one Unicode form, without what no database can hold, no longer than its column."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Marks that turn the direction of text could make a name or a file look like another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def line(text: str, longest: int, field: str = "") -> str:
    """Return a text of one line, composed and single-spaced; raise ValidationError when it cannot be kept."""
    if not text:
        return text
    # What is printable holds neither a control nor a mark without a shape, and of blanks only the plain one.
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        joined = " ".join(text.split())
        return joined if len(joined) <= longest else _short_enough(joined, longest, field)
    plain = _plain(text, field)
    joined = " ".join("".join(" " if _is_control(mark) else mark for mark in plain if mark not in _TURNING).split())
    # A text of nothing but marks without a shape would be a name that nobody can see or click.
    if not any(mark.isprintable() and not mark.isspace() for mark in joined):
        joined = ""
    return _short_enough(joined, longest, field)


def paragraphs(text: str, longest: int, field: str = "") -> str:
    """Return a text of many lines, with its line breaks as they are counted here."""
    plain = _plain(text, field).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(mark for mark in plain if mark in "\n\t" or not _is_control(mark)).strip()
    return _short_enough(kept, longest, field)


def refused(message: str, field: str = "") -> ValidationError:
    """Return a refusal that stands at its field of a form, or above the form when it belongs to none."""
    return ValidationError({field: [message]} if field else message)


def _plain(text: str, field: str) -> str:
    if "\0" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise refused(_("This holds a character that cannot be kept. Please write it again by hand."), field)
    return unicodedata.normalize("NFC", text)


def _is_control(mark: str) -> bool:
    return unicodedata.category(mark) == "Cc"


def _short_enough(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise refused(
            _("This is %(length)s characters long and there is room for %(longest)s. Please shorten it.")
            % {"length": len(text), "longest": longest},
            field,
        )
    return text
