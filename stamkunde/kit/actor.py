"""Who did it: every action names its actor, so that the audit can say whose hand it was."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    MACHINE = "machine"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A staff member, a customer, a machine with a token, or the system itself; `label` is the name shown to people."""

    kind: ActorKind
    id: int | None
    label: str


SYSTEM = Actor(ActorKind.SYSTEM, None, "Stamkunde")
