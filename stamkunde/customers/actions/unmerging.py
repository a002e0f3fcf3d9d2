"""Taking a merge apart: both customers are again who they were, and what happened since stays with the survivor."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from stamkunde.customers.actions.merging import CUSTOMERS, FORMER_NAMES, TURN
from stamkunde.customers.actions.pairs import note_distinct
from stamkunde.customers.actions.words import renew_words
from stamkunde.customers.events.merging import CustomersUnmerged
from stamkunde.customers.models import Customer, FormerName, Merge, MergeEntry
from stamkunde.customers.written import refused
from stamkunde.events.chains import HAPPENINGS
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action, publish
from stamkunde.events.sealing import amend
from stamkunde.kit import merging
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.moving import Entry, Step, packed, put_back, unpacked
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.turns import take_turn

_OWN: dict[str, tuple[type[Model], str]] = {CUSTOMERS: (Customer, "id"), FORMER_NAMES: (FormerName, "customer")}


@retry_on_conflict
@action
def unmerge_customers(
    merge_id: int, *, later: Mapping[str, Iterable[int]] | None = None, are_two: bool = True, by: Actor
) -> Merge:
    """Make two of one again, each with what she had; `later` names rows that came since and are the other's.

    `are_two` remembers that they are not the same person, so that nobody is asked again. Doing it twice is doing it
    once. Merges into the same customer come apart in any order; one whose survivor was merged herself has to wait.
    """
    take_turn(TURN)
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    if merge.undone_at is not None:
        return merge
    ids = (merge.survivor_id, merge.merged_id)
    held = {row.pk: row for row in Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    _refuse_if_gone(held[merge.survivor_id])
    merge.undone_at, merge.undone_by = now(), by.label[:120]
    merge.save(update_fields=["undone_at", "undone_by"])
    Customer.objects.filter(pk=merge.merged_id).update(trashed_at=None, version=F("version") + 1)
    Customer.objects.filter(pk=merge.survivor_id).update(version=F("version") + 1)
    for entry in merge.entries.order_by("-position"):
        _put_back(merge, entry)
    _keep_for_later_merges(merge)
    for name, numbers in (later or {}).items():
        _give(merge, name, list(numbers))
    for customer in Customer.objects.filter(pk__in=ids):
        renew_words(customer)
    merging.settle(sorted(ids))
    if are_two:
        note_distinct(*ids, by=by)
    _tell(merge, by)
    return merge


def _refuse_if_gone(survivor: Customer) -> None:
    onward = Merge.objects.filter(merged=survivor, undone_at=None).select_related("survivor").first()
    if onward is not None:
        raise refused(
            _("%(name)s has since been merged into %(other)s. Take that apart first.")
            % {"name": survivor.name, "other": onward.survivor.name}
        )
    if survivor.trashed_at is not None:
        raise refused(_("%(name)s is in the trash. Take that profile back first.") % {"name": survivor.name})


def _table_of(follower: str) -> tuple[type[Model], str] | None:
    if follower in _OWN:
        return _OWN[follower]
    found = merging.follower_named(follower)
    return (found.model, found.column) if found else None


def _put_back(merge: Merge, line: MergeEntry) -> None:
    table = _table_of(line.follower)
    if table is None:
        return
    entry = Entry(line.follower, Step(line.step), unpacked(line.numbers), line.rows)
    put_back(entry, *table, survivor_id=merge.survivor_id, merged_id=merge.merged_id)


def _keep_for_later_merges(merge: Merge) -> None:
    """Put right what later merges into the same survivor believed was hers: it was not, and must not come back to her.

    A column that they found changed by this merge is one they must change back to what it was before it; and a row
    they put away because the survivor had such a one from here is now the only one, so she gets it.
    """
    after = {
        (line.follower, one["id"], name): (one["after"][name], one["before"][name])
        for line in merge.entries.filter(step=Step.CHANGED)
        for one in line.rows
        for name in one["after"]
    }
    others = MergeEntry.objects.filter(
        merge__survivor=merge.survivor_id, merge__pk__gt=merge.pk, merge__undone_at=None
    ).exclude(rows=[])
    for line in others.select_related("merge").order_by("merge", "position"):
        if line.step == Step.CHANGED:
            _change_beginnings(line, after)
        elif line.step == Step.REMOVED:
            _take_out_again(line)


def _change_beginnings(line: MergeEntry, after: Mapping[tuple[str, int, str], tuple[Any, Any]]) -> None:
    changed = False
    for one in line.rows:
        for name, before in one["before"].items():
            found = after.get((line.follower, one["id"], name))
            if found is not None and found[0] == before:
                one["before"][name] = found[1]
                changed = True
    if changed:
        line.save(update_fields=["rows"])


def _take_out_again(line: MergeEntry) -> None:
    follower = merging.follower_named(line.follower)
    if follower is None or follower.alike is None:
        return
    columns = [follower.model._meta.get_field(name).attname for name in follower.alike]  # type: ignore[union-attr]
    there = follower.rows_of(line.merge.survivor_id)
    have = {tuple(row) for row in there.values_list(*columns)} if columns else set()
    taken = [one for one in line.rows if (tuple(one[name] for name in columns) not in have if columns else not there)]
    if not taken:
        return
    numbers = sorted(one["id"] for one in taken)
    entry = Entry(line.follower, Step.REMOVED, numbers, taken)
    put_back(entry, follower.model, follower.column, survivor_id=0, merged_id=0)
    rows = follower.model._default_manager.filter(pk__in=numbers)
    rows.update(**{follower.column: line.merge.survivor_id})
    MergeEntry.objects.create(
        merge=line.merge,
        position=line.merge.entry_count + 1,
        follower=line.follower,
        step=Step.MOVED.value,
        row_count=len(numbers),
        numbers=packed(numbers),
    )
    Merge.objects.filter(pk=line.merge_id).update(entry_count=F("entry_count") + 1)
    line.merge.entry_count += 1
    line.rows = [one for one in line.rows if one["id"] not in numbers]
    line.numbers, line.row_count = packed(sorted(one["id"] for one in line.rows)), len(line.rows)
    line.save(update_fields=["rows", "numbers", "row_count"])


def _give(merge: Merge, name: str, numbers: list[int]) -> None:
    """Give rows that came since to the one they are of, with what the timeline tells of them."""
    follower = merging.follower_named(name)
    if follower is None or follower.later is None or not numbers:
        return
    for number in (
        merging.came_later(follower, merge.survivor_id, merge.at).filter(pk__in=numbers).values_list("pk", flat=True)
    ):
        row = follower.model._default_manager.filter(pk=number)
        try:
            with transaction.atomic():
                row.update(**{follower.column: merge.merged_id})
        except IntegrityError:
            # She has such a one already.
            continue
        told = Happening.objects.filter(
            customer_id=merge.survivor_id, name__in=follower.later.happenings, subject_id=number
        )
        amend(HAPPENINGS, list(told.values_list("pk", flat=True)), Amendment.Reason.MOVED)
        told.update(customer_id=merge.merged_id)


def _tell(merge: Merge, by: Actor) -> None:
    names = {row.pk: row.name for row in Customer.objects.filter(pk__in=(merge.survivor_id, merge.merged_id))}
    for own, other in ((merge.survivor_id, merge.merged_id), (merge.merged_id, merge.survivor_id)):
        publish(
            CustomersUnmerged(
                customer_id=own,
                merge_id=merge.pk,
                other_id=other,
                other_name=names[other],
                is_survivor=own == merge.survivor_id,
            ),
            by=by,
        )
