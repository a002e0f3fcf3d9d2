"""How well and how fast duplicates are found: `./run bench duplicates [--people 1000000] [--database URL]`.

Two questions in one run. Among people invented with their truth — some have a second profile: misspelt, moved, with a
married name, another telephone, the names the wrong way round, as a walk-in; others only look alike: households that
share everything, namesakes, twins, a parent and a child of one name, a firm and who owns it — it prints precision and
recall at the definition's threshold and around it, and what was found of each case. Then it scans the customers of a
database and prints how long that takes and how much memory the process needed.
"""

import argparse
import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from stamkunde.exchange.demo.people import SEED, Person, people

KNOWN = 200_000
EACH = 400
SECONDS, MEGABYTES = 30, 1_500
PRECISION, RECALL = 0.97, 0.90
LETTERS = "abdefgiklmnoprstuvyåøäö"


@dataclass(frozen=True)
class Profile:
    """A profile and, by `who`, the person it is of; nobody but the benchmark knows the latter."""

    number: int
    who: int
    given: str
    family: str
    born: str
    phone: str = ""
    email: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    kind: str = "person"
    company: str = ""
    case: str = field(default="alone", compare=False)


def slip(word: str, chance: random.Random) -> str:
    """Return a word as somebody in a hurry writes it: a letter wrong, missing, doubled or in the wrong place."""
    place, kind = chance.randrange(1, max(len(word) - 1, 2)), chance.randrange(4)
    if kind == 0:
        return word[:place] + chance.choice(LETTERS) + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + chance.choice(LETTERS) + word[place:]
    return word[: place - 1] + word[place : place + 1] + word[place - 1 : place] + word[place + 1 :]


def _day(person: Person, chance: random.Random) -> str:
    return f"{person.born}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def base(person: Person, chance: random.Random) -> Profile:
    return Profile(
        number=person.number,
        who=person.number,
        given=person.given_name,
        family=person.family_name,
        # Few shops know the birthdays of most.
        born=_day(person, chance) if chance.random() < 0.6 else "",
        phone=person.phone if chance.random() < 0.85 else "",
        email=person.email if chance.random() < 0.7 else "",
        street=person.street,
        postcode=person.postcode,
        town=person.town,
    )


Case = Callable[[Profile, Profile, random.Random], Profile]
"""Makes another profile of one, given somebody else to borrow from: the same person's or somebody else's."""


SAME: dict[str, Case] = {
    "misspelt family name": lambda one, other, chance: replace(one, family=slip(one.family, chance), email=""),
    "misspelt given name": lambda one, other, chance: replace(one, given=slip(one.given, chance), born=""),
    "moved house": lambda one, other, chance: replace(
        one, street=other.street, postcode=other.postcode, town=other.town
    ),
    "married name": lambda one, other, chance: replace(one, family=other.family),
    "married and moved": lambda one, other, chance: replace(
        one, family=other.family, street=other.street, postcode=other.postcode, town=other.town
    ),
    "another telephone": lambda one, other, chance: replace(one, phone=other.phone, email=""),
    "names the wrong way round": lambda one, other, chance: replace(one, given=one.family, family=one.given),
    "walk-in with a telephone": lambda one, other, chance: replace(
        one, born="", email="", street="", postcode="", town=""
    ),
    "first name and telephone": lambda one, other, chance: replace(
        one, given=one.given.split()[0], family="", born="", email="", street="", postcode="", town=""
    ),
    "day of birth misread": lambda one, other, chance: replace(
        one, born=one.born[:-1] + str((int(one.born[-1]) + 1) % 8) if one.born else "", email=""
    ),
    "web account, e-mail only": lambda one, other, chance: replace(
        one, phone="", born="", street="", postcode="", town=""
    ),
    "all twice": lambda one, other, chance: one,
}
OTHERS: dict[str, Case] = {
    "partner at one address": lambda one, other, chance: replace(
        one, given=other.given, born=other.born, email=other.email
    ),
    "partner, all shared": lambda one, other, chance: replace(one, given=other.given, born=other.born),
    "namesake, other birthday": lambda one, other, chance: replace(other, given=one.given, family=one.family),
    "namesake in the same town": lambda one, other, chance: replace(
        other, given=one.given, family=one.family, town=one.town, born=""
    ),
    "twin": lambda one, other, chance: replace(one, given=other.given),
    "parent of the same name": lambda one, other, chance: replace(
        one, born=f"{int(one.born[:4]) - 31}{one.born[4:-2]}{chance.randint(1, 28):02}" if one.born else other.born
    ),
    "child, own family name": lambda one, other, chance: replace(
        one, given=other.given, family=other.family, born=other.born, email=""
    ),
    "firm of the same telephone": lambda one, other, chance: replace(
        one, kind="company", company=f"{one.family} {one.given} AS", given="", family="", born=""
    ),
    "two firms, one telephone": lambda one, other, chance: replace(
        one, kind="company", company=f"{other.family} Handel AS", given="", family="", born=""
    ),
}


def known_people(count: int, seed: int) -> list[Profile]:
    """Return profiles with their truth: everybody once, and for each case some hundreds of a second profile."""
    chance = random.Random(seed)
    everybody = [base(person, chance) for person in people(count, seed)]
    number = count
    # Whoever lends a name or an address is nobody who is there already.
    strangers = (base(person, chance) for person in people(2 * EACH * (len(SAME) + len(OTHERS)), seed + 1))
    cases = [(name, case, True) for name, case in SAME.items()] + [(name, case, False) for name, case in OTHERS.items()]
    chosen = iter(chance.sample(range(count), min(EACH * len(cases), count // 2)))
    for name, case, is_same in cases:
        for place in islice(chosen, EACH):
            one = everybody[place]
            # Nobody can know a profile that shares nothing: what makes the case must be there.
            one = replace(one, phone=one.phone or f"+4790{place:06}")
            if "e-mail" in name:
                one = replace(one, email=one.email or f"case{place}@example.com")
            if "day of birth" in name or "birthday" in name or name in ("twin", "parent of the same name"):
                one = replace(one, born=one.born or f"1980-0{1 + place % 9}-1{place % 10}")
            everybody[place] = one
            number += 1
            other = next(strangers)
            made = case(one, other, chance)
            who = one.who if is_same else number
            everybody.append(replace(made, number=number, who=who, case=name))
    return everybody


def rows_of(profiles: list[Profile]) -> dict[str, list[list[tuple[Any, ...]]]]:
    """Return the profiles as the database would give them, in one portion each."""
    return {
        "customers": [
            [(one.number, one.kind, one.given, "", one.family, one.company, one.born or None, "") for one in profiles]
        ],
        "former_names": [],
        "contacts": [[(one.number, value) for one in profiles for value in (one.phone, one.email) if value]],
        "addresses": [
            [(one.number, one.street, one.postcode, one.town, True) for one in profiles if one.town or one.street]
        ],
    }


def tell_quality(count: int, seed: int) -> bool:
    from stamkunde.customers.duplicates.definition import THRESHOLD
    from stamkunde.customers.duplicates.people import lay_out_rows
    from stamkunde.customers.duplicates.scan import engine, pairs_among

    profiles = known_people(count, seed)
    by_number = {one.number: one for one in profiles}
    truth = {(one.who, one.number) for one in profiles if one.who != one.number}
    with engine() as opened:
        lay_out_rows(opened, **rows_of(profiles))
        found = list(pairs_among(opened, threshold=0.01))
    print(f"{len(profiles):,} profiles, {len(truth):,} of them second ones, seed {seed}")
    good = True
    for threshold in sorted({0.05, 0.2, 0.5, 0.7, THRESHOLD, 0.9, 0.95, 0.99}):
        over = {pair.key for pair in found if pair.probability >= threshold}
        precision, recall = len(over & truth) / max(len(over), 1), len(over & truth) / len(truth)
        mark = ""
        if threshold == THRESHOLD:
            good = precision >= PRECISION and recall >= RECALL
            mark = f"  <- the definition's, {'ok' if good else 'MISSED'}: {PRECISION:.0%} and {RECALL:.0%}"
        print(f"  from {threshold:4.2f}  precision {precision:6.1%}  recall {recall:6.1%}{mark}")
    over = {pair.key for pair in found if pair.probability >= THRESHOLD}
    of_case = Counter(by_number[number].case for _, number in truth)
    hit = Counter(by_number[number].case for who, number in over & truth)
    for name in SAME:
        print(f"    {name:<28} {hit[name]:4} of {of_case[name]:4} found")
    wrong = Counter(by_number[second].case for _, second in over - truth)
    for name in OTHERS:
        print(f"    {name:<28} {wrong[name]:4} taken for one person")
    print(f"    {'nobody of these':<28} {wrong['alone'] + sum(wrong[name] for name in SAME):4} taken for one person")
    return good


def tell_speed() -> bool:
    from django.db import connection

    from stamkunde.customers.duplicates.scan import likely_pairs

    started = time.monotonic()
    count, pairs = likely_pairs()
    took = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    good = (took < SECONDS and peak < MEGABYTES) or count < 900_000
    print(
        f"{connection.vendor}: {count:,} customers in {took:.1f} s, {len(pairs):,} likely pairs, "
        f"{peak:.0f} MB at most [{'ok' if good else 'MISSED'}: {SECONDS} s, {MEGABYTES:,} MB for a million]"
    )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how duplicates are found.")
    parser.add_argument("--known", type=int, default=KNOWN, help="people of whom the truth is known; 0 for none")
    parser.add_argument("--people", type=int, default=0, help="scan a database made of so many people")
    parser.add_argument("--database", default="", help="scan the customers of this database as it is")
    parser.add_argument("--seed", type=int, default=SEED)
    wanted = parser.parse_args()
    from benchmarks.stock.database import sqlite

    with nullcontext(wanted.database) if wanted.database or not wanted.people else sqlite() as url:
        if url:
            os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
        import django

        django.setup()
        good = True
        if url:
            if wanted.people and not wanted.database:
                from django.core.management import call_command

                from benchmarks.people import load

                call_command("migrate", verbosity=0)
                load(people(wanted.people, wanted.seed), [])
            good = tell_speed()
        if wanted.known:
            good = tell_quality(wanted.known, wanted.seed) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
