"""What an erasure takes away and what it leaves, told before anything is done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from stamkunde.customers.models import Customer
from stamkunde.kit.privacy import holdings


@dataclass(frozen=True)
class Going:
    """A table, and how many rows about the person it holds."""

    title: str
    rows: int


@dataclass(frozen=True)
class Staying:
    """What stays, why, and until when; without a day it stays as long as the sentence says."""

    sentence: str
    until: date | None
    ground: str


@dataclass(frozen=True)
class Plan:
    going: list[Going]
    staying: list[Staying]

    def as_json(self) -> dict[str, Any]:
        return {
            "going": [{"title": one.title, "rows": one.rows} for one in self.going],
            "staying": [
                {"sentence": one.sentence, "until": one.until and one.until.isoformat()} for one in self.staying
            ],
        }


def plan_of(customer_id: int) -> Plan:
    """Return what goes and what stays of a person, in the reader's language; of what stays, the name goes too."""
    going: list[Going] = []
    staying: list[Staying] = []
    for holding in sorted(holdings(), key=lambda one: one.model is not Customer):
        stays = holding.stays(customer_id)
        told = (Staying(stay.sentence, stay.until, stay.ground) for stay in stays)
        # A purchase, its lines and its payments stay for one reason, which is told once.
        staying += [one for one in told if one not in staying]
        rows = sum(1 for _row in holding.export(customer_id))
        if rows and not stays:
            going.append(Going(str(holding.title), rows))
    return Plan(going, staying)
