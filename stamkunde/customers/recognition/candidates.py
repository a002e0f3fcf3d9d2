"""`recognise`: the one function behind the palette, the lists, the counter, the telephone pop-up and the API.

It reads and never writes: whoever shows its answer at a counter logs the look-up of the person picked.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from stamkunde.customers.models import ContactKind
from stamkunde.customers.recognition.looking_up import (
    contacts_of,
    shown_people,
    with_email,
    with_email_beginning,
    with_phone,
)
from stamkunde.customers.recognition.postcodes import answering_lines, living_in, written_postcodes
from stamkunde.customers.recognition.search import search_people
from stamkunde.customers.recognition.typed import FEWEST_DIGITS, FEWEST_LETTERS, Typed, read
from stamkunde.kit.folding import fold
from stamkunde.kit.recognisers import chip_sources, recognisers

_CERTAIN = 100.0
_BY_LAST_DIGITS = 60.0
_BY_BEGINNING = 50.0
_BY_POSTCODE = 40.0
# So many digits are a whole telephone number and not only its end.
_WHOLE_NUMBER = 7
_MOST_EXACT = 50


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be meant, with just enough to be told from a namesake."""

    customer_id: int
    name: str
    score: float
    """100 for something exact; for names the closer to and above 0 the likelier. The list is in the order to show."""

    why: str
    """`name`, `phone`, `email`, `number`, `postcode`, or the name of a registered recogniser: `card`, `receipt`."""

    town: str
    birth_year: int | None
    last_visit_at: datetime | None
    masked: tuple[str, ...]
    """Second identifiers, not more of them than tells people apart until one is picked: "…45 67", "k…@example.com"."""

    chips: tuple[str, ...]
    """The street or postcode that answered, then what higher modules add, such as the last thing bought."""


def recognise(text: str, *, store_id: int | None = None, limit: int = 10, now: datetime) -> list[Candidate]:
    """Return who may be meant by a text typed or heard, the likeliest first.

    Any part of any name in any order, a telephone number or its end, an e-mail address or its beginning, a customer
    number, a postcode, a street with or without its number, whatever other modules recognise (cards, receipts), and
    any of street, postcode, town or year of birth as a hint beside a name.
    """
    typed = read(text)
    found = _by_identifier(typed, limit)
    exact = any(score >= _CERTAIN for score, _ in found.values())
    places: dict[int, Collection[str]] = {}
    lives_there = False
    if not exact and (postcodes := written_postcodes(typed.text)):
        neighbours = living_in(postcodes, store_id=store_id, limit=limit, now=now)
        lives_there = bool(neighbours)
        found = _beside(found, neighbours, limit)
        words = [fold(postcode).replace(" ", "") for postcode in postcodes]
        places = {number: words for number, (_, why) in found.items() if why == "postcode"}
    letters = sum(len(word) for word in typed.words)
    if not (exact or typed.email or lives_there) and (letters >= FEWEST_LETTERS or (typed.numbers and not found)):
        for hit in search_people(typed, store_id=store_id, limit=limit, now=now):
            found.setdefault(hit.row.id, (hit.rank, "name"))
            if hit.places:
                places[hit.row.id] = hit.places
    return _candidates(list(found)[:limit], found, places)


def _beside(found: dict[int, tuple[float, str]], neighbours: list[int], limit: int) -> dict[int, tuple[float, str]]:
    """Put those of a postcode after those of a number, with room for either however many there are."""
    more = [number for number in neighbours if number not in found]
    kept = max(limit - len(more), (limit + 1) // 2)
    return dict(list(found.items())[:kept]) | dict.fromkeys(more, (_BY_POSTCODE, "postcode"))


def _by_identifier(typed: Typed, limit: int) -> dict[int, tuple[float, str]]:
    found: dict[int, tuple[float, str]] = {}
    if not typed.text:
        return found
    for recogniser in recognisers():
        if recogniser.looks_like(typed.text):
            for number in recogniser.identify(typed.text):
                found.setdefault(number, (_CERTAIN, recogniser.name))
    if typed.email:
        for number in with_email(typed.email, _MOST_EXACT):
            found.setdefault(number, (_CERTAIN, "email"))
        if not found:
            for number in with_email_beginning(typed.email, limit):
                found.setdefault(number, (_BY_BEGINNING, "email"))
    if len(typed.digits) >= FEWEST_DIGITS:
        is_whole = len(typed.digits) >= _WHOLE_NUMBER
        for number in with_phone(typed.digits, _MOST_EXACT):
            found.setdefault(number, (_CERTAIN if is_whole else _BY_LAST_DIGITS, "phone"))
    if typed.digits and len(typed.digits) <= 10 and not any(score >= _CERTAIN for score, _ in found.values()):
        found.setdefault(int(typed.digits), (_BY_BEGINNING, "number"))
    return found


def _candidates(
    numbers: Collection[int], found: dict[int, tuple[float, str]], places: dict[int, Collection[str]]
) -> list[Candidate]:
    if not numbers:
        return []
    old = [number for number in numbers if found[number][1] == "number"]
    people = shown_people(numbers, led_on_from=old)
    # The number of one who was merged leads to who she is now.
    found = dict.fromkeys(people, (_BY_BEGINNING, "number")) | found
    present = [number for number in dict.fromkeys([*numbers, *people]) if number in people]
    if not present:
        return []
    points: defaultdict[int, list[str]] = defaultdict(list)
    for number, kind, value in contacts_of(present):
        points[number].append(masked(kind, value))
    chips: defaultdict[int, list[str]] = defaultdict(list)
    for number, line in answering_lines({number: places[number] for number in present if number in places}).items():
        chips[number].append(line)
    for source in chip_sources():
        for number, chip in source.chips(present).items():
            chips[number].append(chip)
    return [
        Candidate(
            customer_id=number,
            name=customer.name,
            score=round(found[number][0], 3),
            why=found[number][1],
            town=town,
            birth_year=born.year if born else None,
            last_visit_at=last_visit_at,
            masked=tuple(points[number]),
            chips=tuple(chips[number]),
        )
        for number, (customer, town, born, last_visit_at) in ((number, people[number]) for number in present)
    ]


def masked(kind: str, value: str) -> str:
    """Return just enough of a contact point to ask "is it the number ending 45 67?"."""
    if kind == ContactKind.EMAIL:
        local, _, domain = value.partition("@")
        return f"{local[:1]}…@{domain}"
    if kind == ContactKind.PHONE:
        return f"…{value[-4:-2]} {value[-2:]}"
    return f"{value[:1]}…"
