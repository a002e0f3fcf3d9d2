"""Finding people by where they live: those of a postcode, and which line of an address answered."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from stamkunde.customers.recognition import index
from stamkunde.customers.recognition.looking_up import addresses_of, with_postcode
from stamkunde.customers.recognition.search import familiarity
from stamkunde.customers.recognition.words import PLACE
from stamkunde.kit.folding import fold, folded_words

MOST_OF_POSTCODE = 1_000
_MOST_LATELY_SEEN = 2_000
_POSTCODE = re.compile(r"(?:(NO|DK|SE|FI|EE|LV|LT|DE)[- ]?)?([0-9]{4,5}|[0-9]{3} [0-9]{2})")
# With the country's letters in front they are kept as that country writes them; elsewhere the letters are left out.
_WITH_LETTERS = frozenset({"LV", "LT"})


def written_postcodes(text: str) -> tuple[str, ...]:
    """Return the forms in which what was typed may be kept as a postcode; none if it is no postcode."""
    match = _POSTCODE.fullmatch(text.strip().upper())
    if match is None:
        return ()
    letters, digits = match[1], match[2].replace(" ", "")
    if letters in _WITH_LETTERS:
        return (f"{letters}-{digits}",)
    forms = [digits] if len(digits) == 4 else [digits, f"{digits[:3]} {digits[3:]}"]
    if not letters:
        forms.append(f"LV-{digits}" if len(digits) == 4 else f"LT-{digits}")
    return tuple(forms)


def living_in(postcodes: Collection[str], *, store_id: int | None, limit: int, now: datetime) -> list[int]:
    """Return who lives there, the regulars of this shop first."""
    ids = set(with_postcode(postcodes, MOST_OF_POSTCODE))
    rows = {row.id: row for row in index.numbered(ids)}
    if len(ids) >= MOST_OF_POSTCODE:
        # Of a crowd too large to rank take those whom this shop knows.
        for word in {PLACE + fold(postcode).replace(" ", "") for postcode in postcodes}:
            known = index.lately_seen((word,), store_id, _MOST_LATELY_SEEN, MOST_OF_POSTCODE)
            rows |= {row.id: row for row in known if word in row.words.split()}
    ordered = sorted(rows.values(), key=lambda row: (-familiarity(row, store_id, now), row.id))
    return [row.id for row in ordered[:limit]]


def answering_lines(places: Mapping[int, Collection[str]]) -> dict[int, str]:
    """Return for each customer the street, or else the postcode, that the folded words of places answered with."""
    lines: dict[int, tuple[int, str]] = {}
    if not places:
        return {}
    for number, street, postcode in addresses_of(places):
        wanted = set(places[number])
        of_street = wanted.intersection(folded_words(street))
        of_postcode = wanted.intersection([*folded_words(postcode), fold(postcode).replace(" ", "")])
        if any(not word.isdecimal() for word in of_street):
            answer = (len(of_street) + 1, street)
        elif any(len(word) > 2 for word in of_postcode):
            answer = (1, postcode)
        else:
            continue
        if number not in lines or answer[0] > lines[number][0]:
            lines[number] = answer
    return {number: line for number, (_, line) in lines.items()}
