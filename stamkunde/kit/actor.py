"""Who did it: every action names its actor, so that the audit can say whose hand it was."""

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    MACHINE = "machine"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A staff member, a customer, a machine with a token, or the system itself; `label` is the name shown to people.

    `places` are the numbers of the stores outside of which nothing may be done; None is the whole shop.
    """

    kind: ActorKind
    id: int | None
    label: str
    places: frozenset[int] | None = field(default=None, compare=False)

    def may_act_in(self, store_id: int) -> bool:
        return self.places is None or store_id in self.places


SYSTEM = Actor(ActorKind.SYSTEM, None, "Stamkunde")
