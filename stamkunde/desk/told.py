"""What the audit tells whom: those who may not see customers read what was done, but not to whom or in which words."""

from stamkunde.events.event import Event
from stamkunde.events.queries import Moment, about_somebody

MOST_LINES = 3


def names_of(topic: str) -> list[str]:
    """Return the names of all events about a topic."""
    return sorted(name for name, kind in Event.kinds.items() if kind.topic == topic)


def sentence_for(moment: Moment, *, may_see: bool) -> str:
    if may_see or not moment.customer_id:
        return moment.sentence
    return about_somebody(moment.topic)


def lines_for(moment: Moment, *, may_see: bool) -> list[str]:
    return moment.lines[:MOST_LINES] if may_see or not moment.customer_id else []
