"""How a customer is greeted, in the customer's own language.

A greeting written down for a customer always wins. Norwegian sets a comma before the name, Swedish none. Latvian
puts the name in the vocative where its form is known ("Sveiki, Jāni"), and in polite use sets the surname, or for
want of one the given name, in the genitive before the title ("Labdien, Bērziņa kungs", "Labdien, Jāņa kungs").
Where the sex cannot be told from a Latvian name no title is guessed.
"""

import re
from typing import Literal

from stamkunde.kit.folding import fold

Style = Literal["warm", "polite"]

_OPENINGS: dict[str, dict[Style, tuple[str, str]]] = {
    "nb": {"warm": ("Hei", ", "), "polite": ("God dag", ", ")},
    "nn": {"warm": ("Hei", ", "), "polite": ("God dag", ", ")},
    "sv": {"warm": ("Hej", " "), "polite": ("God dag", " ")},
    "lv": {"warm": ("Sveiki", ", "), "polite": ("Labdien", ", ")},
    "en": {"warm": ("Hello", ", "), "polite": ("Good day", ", ")},
}

# Men's names that lose an -s or -š when called by; a name merely ending in s (Lars, Jonas) is left as it is.
_LATVIAN_MEN = frozenset(
    fold(
        "Agris Aigars Ainars Aivars Aivis Aldis Aleksandrs Aleksejs Alvis Andrejs Andris Ansis Antons Ardis Armands "
        "Arnis Arnolds Artis Artūrs Arturs Arvīds Arvis Atis Augusts Austris Bruno Dainis Daniels Dāvids Dāvis "
        "Dmitrijs Dzintars Edgars Edmunds Eduards Edvards Edvīns Egils Egons Einārs Elmārs Elvis Emīls Ēriks Ernests "
        "Ervīns Fēlikss Filips Francis Fricis Gatis Georgs Gints Girts Guntars Guntis Gundars Gunārs Gustavs Haralds "
        "Harijs Heinrihs Henriks Herberts Igors Ilgvars Ilmārs Imants Indulis Ingus Ints Ivans Ivars Jānis Jāzeps "
        "Jēkabs Jurģis Juris Jurijs Kalvis Kārlis Kaspars Klāvs Konstantīns Kristaps Kristians Krišjānis Krišs "
        "Laimonis Lauris Leons Linards Ludvigs Mareks Mārcis Mareks Māris Markuss Mārtiņš Matīss Mihails Miķelis "
        "Mikus Miks Modris Nauris Niklāvs Nikolajs Normunds Ojārs Olafs Oļegs Olivers Oskars Osvalds Pauls Pāvels "
        "Pēteris Raimonds Rainers Ralfs Raivis Raivo Reinis Renārs Rihards Roberts Rolands Romāns Rūdolfs Sandis "
        "Sergejs Silvestrs Staņislavs Stefans Tālis Teodors Toms Uldis Uģis Vairis Valdis Valērijs Valters Valts "
        "Varis Viesturs Viktors Vilhelms Vilis Viesturis Visvaldis Vitālijs Vitauts Vladimirs Voldemārs Zigmunds "
        "Zigurds Ziedonis Žanis"
    ).split()
)
_LATVIAN_LETTER = re.compile("[āēīūģķļņĀĒĪŪĢĶĻŅ]")
_MAN = re.compile(r"(?:s|š)$")
_WOMAN = re.compile(r"(?:a|e)$")
_MEN_IN_A = frozenset(fold("Ņikita Iļja Saša Miša Kosta Luka Jura Koļa Vaņa Volodja Žeņa").split())

_SOFT = {
    "dz": "dž", "ln": "ļņ", "ll": "ļļ", "nn": "ņņ", "sn": "šņ", "zn": "žņ", "b": "bj", "p": "pj", "m": "mj",
    "v": "vj", "f": "fj", "d": "ž", "t": "š", "s": "š", "z": "ž", "c": "č", "n": "ņ", "l": "ļ",
}  # fmt: skip
_VOWELS = re.compile("[aāeēiīoōuū]+", re.IGNORECASE)


def greeting(
    language: str,
    *,
    given_name: str = "",
    family_name: str = "",
    preferred_name: str = "",
    company_name: str = "",
    override: str = "",
    style: Style = "warm",
) -> str:
    """Return the words that open a conversation or a letter, without a mark at the end."""
    if override.strip():
        return override.strip()
    code = language.split("-")[0].lower()
    opening, pause = _OPENINGS.get(code, _OPENINGS["en"])[style]
    called = preferred_name.strip() or given_name.strip()
    if code == "lv":
        name = _called_in_latvian(called, given_name.strip(), family_name.strip(), style)
    elif style == "polite" and family_name.strip():
        name = f"{given_name.strip() or called} {family_name.strip()}".strip()
    else:
        name = called or family_name.strip()
    name = name or company_name.strip()
    return f"{opening}{pause}{name}" if name else opening


def _called_in_latvian(called: str, given: str, family: str, style: Style) -> str:
    if style == "warm":
        return vocative(called) if called else family
    title = _latvian_title(given or called, family)
    if not title:
        return f"{given or called} {family}".strip()
    return f"{genitive(family or given or called)} {title}"


def vocative(name: str) -> str:
    """Return the Latvian form for calling somebody; a name whose form is not known stays as it is."""
    return " ".join(_vocative_word(word) for word in name.split())


def _vocative_word(word: str) -> str:
    if "-" in word:
        return "-".join(_vocative_word(part) for part in word.split("-"))
    lower = word.lower()
    latvian = fold(word) in _LATVIAN_MEN or lower.endswith("iņš") or (_LATVIAN_LETTER.search(word) is not None)
    if latvian and len(word) > 2 and _MAN.search(lower):
        return word[:-1]
    return word


def _latvian_title(given: str, family: str) -> str:
    first = given.split()[0].lower() if given else ""
    if first and fold(first) not in _MEN_IN_A:
        if fold(first) in _LATVIAN_MEN:
            return "kungs"
        if _WOMAN.search(first):
            return "kundze"
        if _MAN.search(first) and _LATVIAN_LETTER.search(first):
            return "kungs"
    last = family.lower()
    if last.endswith(("iņa", "ska", "ova", "eva")):
        return "kundze"
    return "kungs" if last.endswith(("iņš", "skis", "ovs", "evs")) else ""


def genitive(name: str) -> str:
    """Return a Latvian name in the genitive, as it stands before a title."""
    *before, word = name.split() or [""]
    return " ".join([*before, "-".join(_genitive_word(part) for part in word.split("-"))])


def _genitive_word(word: str) -> str:
    lower = word.lower()
    if lower.endswith("us"):
        return word
    if lower.endswith("is"):
        return f"{_softened(word[:-2])}a"
    if lower.endswith(("s", "š")):
        return f"{word[:-1]}a"
    if lower.endswith(("a", "e")):
        return f"{word}s"
    return word


def _softened(rest: str) -> str:
    # Short names in -dis and -tis (Valdis, Guntis) keep their consonant.
    if rest[-1:] in {"d", "t"} and len(_VOWELS.findall(rest)) == 1 and fold(f"{rest}is") in _LATVIAN_MEN:
        return rest
    for hard, soft in _SOFT.items():
        if rest.endswith(hard):
            return rest[: -len(hard)] + soft
    return rest
