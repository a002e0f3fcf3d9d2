"""The kinds of events: typed, in the past tense, with plain values, able to say themselves and to lose the person."""

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, ClassVar, Self

from stamkunde.events.models import Topic
from stamkunde.kit.live.news import News


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has; a kind is a subclass with a name, a topic, an icon and its own plain values.

    `PERSONAL` names the fields that hold personal data: they are blanked when the customer is forgotten.
    `SUBJECT` names the field that holds the number of the thing it happened to, `OTHER` one with the number of another
    customer who is named on this one's timeline. `OUTSIDE` names what besides numbers of
    things may be told to other programs; nothing of a person is ever among it.
    """

    name: ClassVar[str]
    topic: ClassVar[Topic] = Topic.CHANGES
    icon: ClassVar[str] = "history"
    PERSONAL: ClassVar[tuple[str, ...]] = ()
    SUBJECT: ClassVar[str] = ""
    OTHER: ClassVar[str] = ""
    OUTSIDE: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[dict[str, type["Event"]]] = {}

    customer_id: int | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" in cls.__dict__:
            known = Event.kinds.setdefault(cls.name, cls)
            if known is not cls and known.__qualname__ != cls.__qualname__:
                raise TypeError(f"Two events are called {cls.name}.")
            Event.kinds[cls.name] = cls

    def sentence(self) -> str:
        """Say what happened in one sentence in the reader's language."""
        raise NotImplementedError

    def lines(self) -> list[str]:
        """Return further lines for the timeline, such as what was bought; plain text."""
        return []

    def url(self) -> str:
        """Return the address of the page about the thing, if it has one."""
        return ""

    def words(self) -> str:
        """Return the plain text that searching inside a timeline looks through."""
        return ""

    def news(self) -> News | None:
        """Return what open pages are told of it as it happens (`stamkunde/kit/live`), if they are told anything."""
        return None

    @property
    def subject_id(self) -> int | None:
        return getattr(self, self.SUBJECT) if self.SUBJECT else None

    @property
    def other_customer_id(self) -> int | None:
        return getattr(self, self.OTHER) if self.OTHER else None

    def details(self) -> dict[str, Any]:
        """Return the plain values as they are stored; the customer stands in a column of its own."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "customer_id"}

    @classmethod
    def told_outside(cls) -> tuple[str, ...]:
        """Return the fields that other programs are told: numbers of things, and what `OUTSIDE` names."""
        return tuple(
            field.name
            for field in fields(cls)
            if field.name != "customer_id" and (field.name.endswith("_id") or field.name in cls.OUTSIDE)
        )

    @classmethod
    def from_details(cls, details: dict[str, Any], customer_id: int | None) -> Self:
        """Make the event again from its stored row; fields that an older version did not have keep their defaults."""
        known = _names_of_fields(cls)  # type: ignore[arg-type]  # mypy takes a class to be as unhashable as its rows
        values = {key: value for key, value in details.items() if key in known}
        return cls(**values, customer_id=customer_id)

    @classmethod
    def example(cls) -> dict[str, Any]:
        """Return values for the fields whose type does not say what they may hold; tests make examples by it."""
        return {}

    def without_person(self) -> Self:
        """Return the event with its personal values blanked."""
        blanks: dict[str, Any] = {}
        for name in self.PERSONAL:
            value = getattr(self, name)
            blanks[name] = [] if isinstance(value, list) else {} if isinstance(value, dict) else ""
        return replace(self, **blanks)


@cache
def _names_of_fields(kind: type[Event]) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind))
