"""Making one customer of two, so that it can be undone.

Every table that points at a customer has registered how its rows follow (`kit/merging.py`); here they are moved, in one
transaction with the journal of what moved. Receipts keep what stands on them: only whose they are changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.customers.actions.words import renew_words
from stamkunde.customers.events.merging import CustomersMerged
from stamkunde.customers.models import Customer, FormerName, Merge, MergeEntry
from stamkunde.customers.preparing import CHANGEABLE, NAMES, birth_day, must_have_name
from stamkunde.customers.queries.merges import survivors
from stamkunde.customers.written import refused
from stamkunde.events.publishing import action, publish
from stamkunde.kit import merging
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.folding import folded_words
from stamkunde.kit.moving import Entry, Moving, packed
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.turns import take_turn

TURN = "customers.merging"
MERGED = "merged"
CUSTOMERS, FORMER_NAMES = "customers.Customer.id", "customers.FormerName.customer"


@dataclass(frozen=True)
class Pair:
    """The two as they are while their rows are held."""

    survivor: Customer
    merged: Customer


class StaleMerge(Exception):
    """One of the two was changed after somebody chose what survives; nothing was written."""


@retry_on_conflict
@action
def merge_customers(
    survivor_id: int,
    merged_id: int,
    *,
    choices: Mapping[str, str] | None = None,
    seen: Mapping[int, int] | None = None,
    by: Actor,
) -> Merge:
    """Make the second customer part of the first; `choices` says "merged" where hers survives of what differs.

    What is not chosen stays the survivor's, and what she lacks is taken from the other. `seen` holds the versions from
    which somebody chose: a later one raises StaleMerge. Two who are one already stay so, and the merge that made them
    so is returned.
    """
    if survivor_id == merged_id:
        raise refused(_("This is the same customer twice. Please choose somebody else."))
    # Merges wait for each other and for batches of an import, so that nobody moves rows that somebody else moves.
    take_turn(TURN)
    ends = survivors([survivor_id, merged_id])
    survivor_id, asked = ends.get(survivor_id, survivor_id), merged_id
    merged_id = ends.get(merged_id, merged_id)
    if survivor_id == merged_id:
        return Merge.objects.filter(undone_at=None).filter(merged__in=[asked, *ends]).order_by("-pk")[0]
    pair = _held(survivor_id, merged_id, seen or {})
    return _merged(pair, choices or {}, by)


def _held(survivor_id: int, merged_id: int, seen: Mapping[int, int]) -> Pair:
    rows = Customer.objects.select_related("home_store").select_for_update(of=("self",))
    found = {row.pk: row for row in rows.filter(pk__in=(survivor_id, merged_id)).order_by("pk")}
    for number in (survivor_id, merged_id):
        row = found.get(number)
        if row is None or row.trashed_at is not None:
            raise refused(_("One of the two was removed meanwhile. Look in the trash if that was a mistake."))
        if sentence := merging.obstacle(number):
            raise refused(sentence)
        if seen.get(number, row.version) != row.version:
            raise StaleMerge
    return Pair(found[survivor_id], found[merged_id])


def _merged(pair: Pair, choices: Mapping[str, str], by: Actor) -> Merge:
    survivor, merged = pair.survivor, pair.merged
    columns = surviving_columns(survivor, merged, choices)
    must_have_name(columns)
    at = now()
    Customer.objects.filter(pk=merged.pk, trashed_at=None).update(trashed_at=at, version=F("version") + 1)
    merge = Merge(
        survivor=survivor,
        merged=merged,
        at=at,
        actor_kind=by.kind.value,
        actor_id=by.id,
        actor_label=by.label[:120],
    )
    merge.save(force_insert=True)
    entries: list[Entry] = []
    for follower in merging.followers():
        entries += follow(follower, merged.pk, survivor.pk, choices, by)
    entries += _keep_profile(pair, columns)
    write_journal(merge, entries)
    renew_words(Customer.objects.get(pk=survivor.pk))
    renew_words(merged)
    merging.settle(sorted((survivor.pk, merged.pk)))
    publish(
        CustomersMerged(
            customer_id=survivor.pk,
            merge_id=merge.pk,
            other_id=merged.pk,
            other_name=merged.name,
            moved=counts(entries),
        ),
        by=by,
    )
    return merge


def surviving_columns(survivor: Customer, merged: Customer, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return what becomes of the profile's own columns."""
    columns: dict[str, Any] = {}
    for name in CHANGEABLE:
        own, other = getattr(survivor, name), getattr(merged, name)
        columns[name] = other if choices.get(name) == MERGED or own in (None, "") else own
    columns["birth_day"] = birth_day(columns["birth_date"])
    # She has been a customer for as long as either of them.
    columns["created_at"] = min(survivor.created_at, merged.created_at)
    return columns


def follow(
    follower: merging.Follower, merged_id: int, survivor_id: int, choices: Mapping[str, str], by: Actor
) -> list[Entry]:
    """Let the rows of one table follow their customer; return the journal of it."""
    moving = Moving(
        follower=follower.name,
        model=follower.model,
        column=follower.column,
        only=follower.only,
        merged_id=merged_id,
        survivor_id=survivor_id,
        choices=choices,
        by=by.label[:120],
    )
    if follower.move is not None:
        follower.move(moving)
    elif follower.alike is not None:
        moving.move_or_put_away(follower.alike)
    else:
        moving.move_all()
    return moving.entries


def _keep_profile(pair: Pair, columns: Mapping[str, Any]) -> list[Entry]:
    """Write what survives of the profile; a name that is given up is kept among the former ones."""
    survivor, merged = pair.survivor, pair.merged
    profile = _moving(CUSTOMERS, Customer, "id", pair)
    profile.change([survivor], **columns)
    after = Customer(**{name: columns[name] for name in ("kind", *NAMES)})
    former = _moving(FORMER_NAMES, FormerName, "customer", pair)
    known = set(FormerName.objects.filter(customer=survivor).values_list("name", flat=True))
    for before in dict.fromkeys((survivor.name, merged.name)):
        name = before[:200]
        if name not in known and name != after.name and set(folded_words(before)) - set(folded_words(after.name)):
            former.make(FormerName(customer=survivor, name=name))
    Customer.objects.filter(pk=survivor.pk).update(version=F("version") + 1)
    return [*profile.entries, *former.entries]


def _moving(follower: str, model: type[Any], column: str, pair: Pair) -> Moving:
    return Moving(
        follower=follower,
        model=model,
        column=column,
        only={},
        merged_id=pair.merged.pk,
        survivor_id=pair.survivor.pk,
        choices={},
        by="",
    )


def write_journal(merge: Merge, entries: list[Entry]) -> None:
    """Add to a merge's journal; it says itself how long it is, so that the doctor sees when a line is missing."""
    MergeEntry.objects.bulk_create(
        [
            MergeEntry(
                merge=merge,
                position=merge.entry_count + place,
                follower=entry.follower,
                step=entry.step.value,
                row_count=len(entry.numbers),
                numbers=packed(entry.numbers),
                rows=entry.rows,
            )
            for place, entry in enumerate(entries, start=1)
        ]
    )
    merge.entry_count += len(entries)
    merge.moved_count += sum(len(entry.numbers) for entry in entries)
    merge.save(update_fields=["entry_count", "moved_count"])


def counts(entries: list[Entry]) -> dict[str, int]:
    """Return how many rows of each table found a new customer, for those that people know by a name."""
    found: dict[str, int] = {}
    for entry in entries:
        follower = merging.follower_named(entry.follower)
        if entry.step == "moved" and follower is not None and follower.later is not None:
            found[entry.follower] = found.get(entry.follower, 0) + len(entry.numbers)
    return found


@action
def gather_stragglers(merge: Merge, *, by: Actor) -> int:
    """Move what was written down for a merged customer by somebody who did not know yet; return how many rows."""
    take_turn(TURN)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return 0
    late = [follower for follower in merging.followers() if follower.rows_of(merge.merged_id).exists()]
    entries: list[Entry] = []
    for follower in late:
        entries += follow(follower, merge.merged_id, merge.survivor_id, {}, by)
    if entries:
        write_journal(merge, entries)
        merging.settle(sorted((merge.survivor_id, merge.merged_id)))
    return sum(len(entry.numbers) for entry in entries)
