"""The words by which somebody ends advertising by text message, or asks for it again: such a word and nothing else."""

import unicodedata

STOP = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "optout", "opt out",
        "stopp", "stop sms", "stopp sms", "stans", "avslutt", "meld av", "avmeld",
        "avsluta", "stoppa", "avanmäl", "avregistrera", "sluta",
        "pārtraukt", "partraukt", "atteikties", "atteikt", "apturēt", "apturet", "beigt", "izbeigt", "stopēt",
    }
)  # fmt: skip
START = frozenset({"start", "unstop", "subscribe", "starta", "börja", "sākt", "sakt", "atsākt", "atsakt"})
_AROUND = " \t\r\n.!,;:'\"“”«»„()-"
LONGEST = 40


def is_stop(text: str) -> bool:
    """Say whether a message is such a word and nothing else; “stop by on Friday” is none."""
    return _plain(text) in STOP


def is_start(text: str) -> bool:
    """Say whether somebody asks for advertising again; that alone is no consent."""
    return _plain(text) in START


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    return " ".join(unicodedata.normalize("NFC", text).strip(_AROUND).casefold().split())
