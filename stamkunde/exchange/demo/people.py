"""Invented people of Norway, Sweden and Latvia, as many as wanted and always the same for the same seed.

Names are drawn as they occur: a few very common ones, then a long tail of rare ones, more than one given name for a
third, hyphenated and double names. The demo shop is made of them, and so are the benchmarks.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from stamkunde.exchange.demo.names import FAMILY, GIVEN, NAMESAKES, RARE, STREETS, TOWNS

SEED = 20_261_122
COUNTRY = {"nb": "NO", "sv": "SE", "lv": "LV"}
LANGUAGES = ("nb", "sv", "lv")
FIRST_MAN = {"nb": "Jan", "sv": "Erik", "lv": "Jānis"}
_MISHEARD = (("sson", "son"), ("sen", "son"), ("ņ", "n"), ("ļ", "l"), ("ī", "i"), ("ø", "o"), ("å", "aa"), ("d", "dh"))
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    language: str
    given_name: str
    family_name: str
    street: str
    postcode: str
    town: str
    born: int  # the year; nought where nobody asked
    phone: str
    email: str
    visits: int
    last_visit_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class _Stock:
    """Weighted draws from the names and places of one language."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self.language = language
        self.chance = chance
        self.given = GIVEN[language].split()
        self.given_weights = _zipf(len(self.given), 0.75)
        self.common = FAMILY[language].split()
        self.common_weights = _zipf(len(self.common), 0.8)
        beginnings, endings = (parts.split() for parts in RARE[language])
        rare = [beginning + ending for beginning in beginnings for ending in endings]
        random.Random(SEED).shuffle(rare)
        self.rare = rare
        self.rare_weights = _zipf(len(rare), 0.6)
        self.towns = TOWNS[language]
        self.town_weights = list(accumulate(float(town[3]) for town in self.towns))
        streets, endings_of_streets = STREETS[language]
        separator = "|" if "|" in endings_of_streets else None
        self.streets = [
            street.replace("-", " ") + ending
            for street in streets.split()
            for ending in endings_of_streets.split(separator)
        ]

    def given_name(self) -> str:
        name = self._draw(self.given, self.given_weights)
        kind = self.chance.random()
        if kind < 0.22:
            return f"{name} {self._second_name(name)}"
        if kind < 0.26:
            return f"{name}-{self._second_name(name)}"
        return name

    def _second_name(self, first: str) -> str:
        """Draw a second name of the same sex: the list names women first, then men."""
        men = self.given.index(FIRST_MAN[self.language])
        is_man = self.given.index(first) >= men
        return self.chance.choice(self.given[men : men + 40] if is_man else self.given[:40])

    def family_name(self, given_name: str) -> str:
        name = self._family()
        if self.language == "lv":
            return _womans_form(name) if given_name[-1] in "ae" else name
        kind = self.chance.random()
        if kind < 0.08:
            return f"{self._family()} {name}"
        return f"{self._family()}-{name}" if kind < 0.1 else name

    def _family(self) -> str:
        if self.chance.random() < 0.5:
            return self._draw(self.common, self.common_weights)
        return self._draw(self.rare, self.rare_weights)

    def _draw(self, names: list[str], weights: list[float]) -> str:
        return self.chance.choices(names, cum_weights=weights)[0]


def _zipf(count: int, steepness: float) -> list[float]:
    return list(accumulate(1 / (rank + 4) ** steepness for rank in range(count)))


def _womans_form(name: str) -> str:
    for ending, womans in (("skis", "ska"), ("is", "e"), ("š", "a"), ("s", "a")):
        if name.endswith(ending):
            return name[: -len(ending)] + womans
    return name


def people(count: int, seed: int = SEED) -> Iterator[Person]:
    """Yield `count` people, half of them Norwegian, three in ten Swedish, two in ten Latvian."""
    chance = random.Random(seed)
    stocks = {language: _Stock(language, chance) for language in LANGUAGES}
    for number in range(1, count + 1):
        stock = stocks[chance.choices(LANGUAGES, cum_weights=(5, 8, 10))[0]]
        yield _person(number, stock, chance)


def with_namesakes(invented: Iterable[Person]) -> Iterator[Person]:
    """Give every fiftieth of them a name that others of them have too, so that a counter has to tell people apart."""
    for person in invented:
        turn, rest = divmod(person.number, 50)
        if rest:
            yield person
            continue
        names = NAMESAKES[person.language]
        given_name, family_name = names[turn % len(names)]
        yield replace(person, given_name=given_name, family_name=family_name)


def as_misheard(person: Person) -> Person:
    """Return the person as another till wrote them down: one first name, a surname slightly off, no e-mail, no birthday."""
    family_name = person.family_name
    for right, wrong in _MISHEARD:
        if right in family_name:
            family_name = family_name.replace(right, wrong, 1)
            break
    return replace(person, given_name=re.split("[ -]", person.given_name)[0], family_name=family_name, email="", born=0)


def _person(number: int, stock: _Stock, chance: random.Random) -> Person:
    given_name = stock.given_name()
    town, postcode, postcodes, _ = chance.choices(stock.towns, cum_weights=stock.town_weights)[0]
    # Most come a few times; some every week. A quarter were only entered and never came.
    visits = int(chance.paretovariate(0.9)) - 1 if chance.random() < 0.9 else 0
    days = min(chance.expovariate(1 / 400), 3_000)
    return Person(
        number=number,
        language=stock.language,
        given_name=given_name,
        family_name=stock.family_name(given_name),
        street=f"{chance.choice(stock.streets)} {chance.randint(1, 120)}",
        postcode=_postcode(stock.language, postcode + chance.randrange(postcodes)),
        town=town,
        born=chance.randint(1935, 2008),
        phone=_phone(stock.language, chance),
        email=f"kunde{number}.{chance.randrange(10**5)}@example.com" if chance.random() < 0.7 else "",
        visits=min(visits, 900),
        last_visit_at=NOW - timedelta(days=days) if visits else None,
    )


def _postcode(language: str, number: int) -> str:
    if language == "nb":
        return f"{number:04}"
    return f"{number:05}"[:3] + " " + f"{number:05}"[3:] if language == "sv" else f"LV-{number:04}"


def _phone(language: str, chance: random.Random) -> str:
    """Draw a mobile number from a range that is in use."""
    if language == "nb":
        return f"+47{chance.choice(('40', '41', '46', '47', '90', '91', '92', '93', '95', '98'))}{chance.randrange(10**6):06}"
    if language == "sv":
        return f"+467{chance.choice('036')}{chance.randrange(10**7):07}"
    return f"+3712{chance.choice('689')}{chance.randrange(10**6):06}"
