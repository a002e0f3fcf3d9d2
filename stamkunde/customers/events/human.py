"""What can have happened to what is good to know of a customer, and to whom she belongs."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stamkunde.customers.events.profile import ProfileEvent, named
from stamkunde.customers.models import RelationKind, TraitKind


@dataclass(frozen=True, kw_only=True)
class TraitEvent(ProfileEvent):
    icon = "heart"
    PERSONAL: ClassVar[tuple[str, ...]] = ("text",)
    SUBJECT = "trait_id"

    trait_id: int
    kind: str
    text: str

    @property
    def _said(self) -> dict[str, str]:
        return {"kind": str(dict(TraitKind.choices).get(self.kind, self.kind)), "text": self.text}

    def words(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class TraitNoted(TraitEvent):
    name = "customers.trait_noted"

    def sentence(self) -> str:
        return _("Good to know: %(kind)s – %(text)s") % self._said


@dataclass(frozen=True, kw_only=True)
class TraitChanged(TraitEvent):
    name = "customers.trait_changed"
    PERSONAL: ClassVar[tuple[str, ...]] = ("text", "before")

    before: str = ""

    def sentence(self) -> str:
        return _("Good to know, changed: %(kind)s – %(text)s (before: %(before)s)") % {
            **self._said,
            "before": self.before,
        }


@dataclass(frozen=True, kw_only=True)
class TraitRemoved(TraitEvent):
    name = "customers.trait_removed"

    def sentence(self) -> str:
        return _("No longer noted: %(kind)s – %(text)s") % self._said


def said_relation(kind: str, *, is_reverse: bool) -> str:
    """Return how a relation is said, from either end."""
    if not is_reverse:
        return str(dict(RelationKind.choices).get(kind, kind))
    reverse = {
        RelationKind.HOUSEHOLD.value: pgettext("relation", "Same household as"),
        RelationKind.GIVES_TO.value: pgettext("relation", "Is given to by"),
        RelationKind.BROUGHT_BY.value: pgettext("relation", "Brought here"),
        RelationKind.WORKS_FOR.value: pgettext("relation", "Employs"),
    }
    return reverse.get(kind, kind)


@dataclass(frozen=True, kw_only=True)
class RelationEvent(ProfileEvent):
    """It is told once on each of the two timelines, from that end."""

    icon = "users-group"
    PERSONAL: ClassVar[tuple[str, ...]] = ("other_name",)
    SUBJECT = "other_id"
    OTHER = "other_id"

    other_id: int
    other_name: str
    kind: str
    is_reverse: bool = False

    @property
    def _said(self) -> dict[str, str]:
        return {"relation": said_relation(self.kind, is_reverse=self.is_reverse), "name": named(self.other_name)}

    def words(self) -> str:
        return self.other_name


@dataclass(frozen=True, kw_only=True)
class RelationAdded(RelationEvent):
    name = "customers.relation_added"

    def sentence(self) -> str:
        return _("%(relation)s %(name)s") % self._said


@dataclass(frozen=True, kw_only=True)
class RelationRemoved(RelationEvent):
    name = "customers.relation_removed"

    def sentence(self) -> str:
        return _("No longer: %(relation)s %(name)s") % self._said
