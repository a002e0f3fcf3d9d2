"""Several things in one cell, each on a line of its own: what is good to know, further contact points and addresses.

An export writes them so and an import reads them, so that a shop can move without leaving anything behind; a person can
read and write them too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from stamkunde.customers.models import Address, ContactKind, ContactPoint, Trait, TraitKind
from stamkunde.customers.values import AddressValues, TraitValues


def traits_written(traits: Iterable[Trait]) -> str:
    return "\n".join(f"{trait.kind}: {' '.join(trait.text.split())}" for trait in traits)


def traits_of(given: Mapping[str, Any]) -> tuple[TraitValues, ...]:
    """Read “allergy: nuts”; a line without one of the known kinds before the colon is simply good to know."""
    if not given["traits"]:
        return ()
    return tuple(
        TraitValues(kind=TraitKind(kind or TraitKind.OTHER), text=text)
        for kind, text in _lines(given["traits"], TraitKind.values)
    )


def contacts_written(points: Iterable[ContactPoint]) -> str:
    return "\n".join(f"{point.kind}: {point.value}" for point in points)


def contacts_of(given: Mapping[str, Any]) -> list[tuple[ContactKind, str]]:
    """Read “email: kari@example.no”; without a kind, what has an @ in it is an address and the rest is dialled."""
    if not given["other_contacts"]:
        return []
    return [
        (ContactKind(kind or ("email" if "@" in text else "phone")), text)
        for kind, text in _lines(given["other_contacts"], ContactKind.values)
    ]


def addresses_written(addresses: Iterable[Address]) -> str:
    rows = io.StringIO()
    writer = csv.writer(rows, delimiter=";", lineterminator="\n")
    for one in addresses:
        writer.writerow([one.street, one.postcode, one.town, one.country, one.care_of, one.label])
    return rows.getvalue().strip("\n")


def addresses_of(given: Mapping[str, Any], country: str) -> list[AddressValues]:
    """Read “Storgata 1; 0155; Oslo; NO”, and after that in whose care it is and what it is called."""
    if not given["other_addresses"]:
        return []
    found = []
    for row in csv.reader(given["other_addresses"].splitlines(), delimiter=";"):
        street, postcode, town, land, care_of, label = [*(cell.strip() for cell in row), *[""] * 6][:6]
        if street or postcode or town:
            found.append(
                AddressValues(
                    street=street,
                    postcode=postcode,
                    town=town,
                    country=land or country,
                    care_of=care_of,
                    label=label,
                    kept_as_written=True,
                )
            )
    return found


def _lines(text: str | None, kinds: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for line in (text or "").splitlines():
        kind, colon, rest = line.partition(":")
        if colon and kind.strip() in set(kinds):
            found.append((kind.strip(), rest.strip()))
        elif line.strip():
            found.append(("", line.strip()))
    return [(kind, rest) for kind, rest in found if rest]
