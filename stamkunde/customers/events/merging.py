"""What can have happened to two profiles that are, or are not, one person."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from stamkunde.customers.events.profile import ProfileEvent, named
from stamkunde.kit.merging import follower_named


@dataclass(frozen=True, kw_only=True)
class MergingEvent(ProfileEvent):
    icon = "git-merge"
    PERSONAL: ClassVar[tuple[str, ...]] = ("other_name",)
    SUBJECT = "other_id"
    OTHER = "other_id"

    other_id: int
    other_name: str

    def words(self) -> str:
        return self.other_name


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(MergingEvent):
    """Another profile became part of this one; `moved` counts its rows by the tables that people know."""

    name = "customers.customers_merged"

    merge_id: int
    moved: dict[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        if not self.other_name:
            return _("The profile of %(name)s was merged into this one") % {"name": named("")}
        return _("The profile of %(name)s (#%(number)s) was merged into this one") % {
            "name": self.other_name,
            "number": self.other_id,
        }

    def lines(self) -> list[str]:
        said = []
        for name, number in self.moved.items():
            follower = follower_named(name)
            if follower is not None and follower.later is not None:
                said.append(_("%(things)s: %(number)s") % {"things": follower.later.label, "number": number})
        return said

    @classmethod
    def example(cls) -> dict[str, Any]:
        return {"moved": {"customers.Note.customer": 2}}


@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(MergingEvent):
    """A merge was taken apart; it is told on both timelines."""

    name = "customers.customers_unmerged"
    icon = "arrow-back-up"

    merge_id: int
    is_survivor: bool = True

    def sentence(self) -> str:
        if self.is_survivor:
            return _("The profile of %(name)s was taken out of this one again") % {"name": named(self.other_name)}
        return _("This profile was taken out of that of %(name)s again") % {"name": named(self.other_name)}


@dataclass(frozen=True, kw_only=True)
class CustomersToldApart(MergingEvent):
    """Somebody looked at two who are alike and said that they are two people."""

    name = "customers.customers_told_apart"
    icon = "users"

    def sentence(self) -> str:
        return _("Not the same person as %(name)s") % {"name": named(self.other_name)}
