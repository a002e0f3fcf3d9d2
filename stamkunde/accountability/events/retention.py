"""What can happen to how long things are kept."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.events.event import Event
from stamkunde.events.models import Topic
from stamkunde.kit.retention import Period


@dataclass(frozen=True, kw_only=True)
class RuleChanged(Event):
    """A proposal was changed; years, months and days before and after."""

    name: ClassVar[str] = "accountability.rule_changed"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "clock"

    rule: str
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    reason: str = ""

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"before": [0, 24, 0], "after": [0, 12, 0]}

    def sentence(self) -> str:
        values = {"rule": self.rule, "before": Period(*self.before), "after": Period(*self.after)}
        return _("The rule %(rule)s was changed from %(before)s to %(after)s") % values

    def lines(self) -> list[str]:
        return [self.reason] if self.reason else []


@dataclass(frozen=True, kw_only=True)
class RetentionRunEnded(Event):
    name: ClassVar[str] = "accountability.retention_run_ended"
    topic: ClassVar[Topic] = Topic.OPERATIONS
    icon: ClassVar[str] = "clock"
    SUBJECT: ClassVar[str] = "run_id"

    run_id: int
    number: int

    def sentence(self) -> str:
        return ngettext(
            "%(number)s row that had been kept long enough was ended",
            "%(number)s rows that had been kept long enough were ended",
            self.number,
        ) % {"number": self.number}
