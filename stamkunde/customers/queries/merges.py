"""Who became part of whom, and where an old number leads."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from stamkunde.customers.models import Customer, Merge
from stamkunde.customers.models.customer import page_of
from stamkunde.kit import shown
from stamkunde.kit.merging import Follower, came_later, followers

MOST_LATER = 50


def survivors(customer_ids: Collection[int]) -> dict[int, int]:
    """Return, for those of the customers who became part of another, in whom they live on."""
    found: dict[int, int] = {}
    asked = set(customer_ids)
    while asked:
        rows = dict(Merge.objects.filter(merged__in=asked, undone_at=None).values_list("merged_id", "survivor_id"))
        if not rows:
            break
        found.update(rows)
        asked = set(rows.values()) - set(found)
    return {number: _end(found, number) for number in customer_ids if number in found}


def _end(found: dict[int, int], number: int) -> int:
    while number in found:
        number = found[number]
    return number


def survivor_of(customer_id: int) -> int:
    """Return the number under which a customer lives on: her own unless she was merged."""
    return survivors([customer_id]).get(customer_id, customer_id)


def latest_change() -> tuple[int | None, datetime | None]:
    """Return something that differs whenever anybody was merged or taken apart since."""
    newest = Merge.objects.order_by("-pk").values_list("pk", flat=True).first()
    undone = Merge.objects.exclude(undone_at=None).order_by("-undone_at").values_list("undone_at", flat=True).first()
    return newest, undone


def part_of(customer_id: int) -> list[int]:
    """Return everybody who became part of a customer, directly or by way of others."""
    found: list[int] = []
    asked = [customer_id]
    while asked:
        rows = Merge.objects.filter(survivor__in=asked, undone_at=None).order_by("pk")
        asked = [number for number in rows.values_list("merged_id", flat=True) if number not in found]
        found += asked
    return found


@dataclass(frozen=True)
class ShownMerge:
    """A line of a customer's history of merges."""

    id: int
    name: str
    number: int
    when: str
    by: str
    is_undone: bool
    undone: str
    moved: int


def merges_of(customer: Customer) -> list[ShownMerge]:
    """Return who became part of a customer and who is no longer, the newest first; one query."""
    rows = Merge.objects.filter(survivor=customer).select_related("merged").order_by("-at", "-pk")
    return [_shown(merge) for merge in rows[:100]]


def _shown(merge: Merge) -> ShownMerge:
    return ShownMerge(
        id=merge.pk,
        name=merge.merged.name,
        number=merge.merged_id,
        when=shown.instant(merge.at),
        by=merge.actor_label,
        is_undone=merge.undone_at is not None,
        undone=_("Taken apart by %(name)s, %(when)s")
        % {"name": merge.undone_by, "when": shown.instant(merge.undone_at)}
        if merge.undone_at
        else "",
        moved=merge.moved_count,
    )


@dataclass(frozen=True)
class LaterRow:
    id: int
    said: str
    when: str


@dataclass(frozen=True)
class LaterRows:
    """What came after a merge in one table, to be given to either of the two."""

    name: str
    label: str
    rows: list[LaterRow]
    is_cut: bool


def came_since(merge: Merge) -> Iterator[LaterRows]:
    """Yield what the survivor got since the merge, by kind; one query for each kind that may be chosen from."""
    for follower in followers():
        if follower.later is None:
            continue
        rows = came_later(follower, merge.survivor_id, merge.at).order_by("-pk")[: MOST_LATER + 1]
        found = [
            LaterRow(row.pk, follower.later.said(row), _when(follower, row)) for row in rows if not _came_by(row, merge)
        ]
        if found:
            yield LaterRows(follower.name, str(follower.later.label), found[:MOST_LATER], len(found) > MOST_LATER)


def _when(follower: Follower, row: object) -> str:
    at = getattr(row, follower.later.at) if follower.later else None
    return shown.instant(at) if isinstance(at, datetime) else ""


def _came_by(row: object, merge: Merge) -> bool:
    """Say whether a merge itself wrote the row, as it writes down the stricter of two answers."""
    return getattr(row, "recorded_at", None) == merge.at


def merged_url(customer_id: int) -> str:
    return page_of(survivor_of(customer_id))


def not_merged() -> Q:
    """Return the condition that leaves out who became part of another."""
    return ~Q(pk__in=Merge.objects.filter(undone_at=None).values("merged"))
