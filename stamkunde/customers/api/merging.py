"""Profiles that may be one person, merging them, and taking a merge apart."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.customers.access import MERGE, customer_for, found_customer, likely_pair_for, merge_for
from stamkunde.customers.actions.lookup import record_list
from stamkunde.customers.actions.merging import MERGED, StaleMerge, merge_customers
from stamkunde.customers.actions.pairs import ask_again, put_pair_off, tell_apart
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.api.shapes import CustomerRow, row_of
from stamkunde.customers.models import Customer, LikelyPair, Merge, PairState
from stamkunde.customers.preparing import CHANGEABLE
from stamkunde.customers.queries.merges import came_since
from stamkunde.customers.queries.pairs import people_in, waiting_pairs
from stamkunde.customers.queries.sides import choices_between, comes_along
from stamkunde.kit.api.fields import Flag, Given, Id, Limit, Mark, PathId, Sent, Version, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.paging import Order, page

_LIKELIEST, _NEWEST = Order("likelihood"), Order("pk")
_OWN_FIELD = re.compile(r"own-[0-9]{1,18}")

routes = Routes("Merging", "Profiles that may be one person: told apart, made one, and taken apart again.")


class PairGiven(Given):
    """Two customers who may be one person. Who has come more often stands first: the profile to keep, most likely."""

    id: int
    first: CustomerRow
    second: CustomerRow
    likelihood: float = Field(description="From 0 to 1.", examples=[0.97])
    reasons: list[str] = Field(description="Lasting words for what speaks for it.", examples=[["phone", "given_near"]])
    state: PairState
    until: date | None = Field(description="The day on which it comes back, if it was put off.")


class Verdict(StrEnum):
    DISTINCT = "distinct"
    LATER = "later"


class VerdictSent(Sent):
    """What somebody says of a pair: that they are two people, or to ask again in a week."""

    verdict: Verdict


class Survivor(StrEnum):
    SURVIVOR = "survivor"
    MERGED = MERGED


class ChoiceGiven(Given):
    """A field of which both have something else."""

    name: str = Field(description="By this name it is chosen.", examples=["family_name"])
    survivor: str = Field(description="As people read it.", examples=["Nordmann"])
    merged: str = Field(description="As people read it.", examples=["Nordman"])


class AlongGiven(Given):
    """Something that goes along with the merged customer."""

    what: str = Field(description="As people call it, in the language asked for.", examples=["Purchases"])
    number: int


class MergePreview(Given):
    """What there is to choose before two become one, and what goes along."""

    survivor_version: int
    merged_version: int
    choices: list[ChoiceGiven]
    along: list[AlongGiven]


class OtherSent(Sent):
    other_id: Id = Field(description="The customer who becomes part of this one.")


class MergeSent(OtherSent):
    """Who becomes part of the customer, and what survives where both have something else."""

    choices: dict[Word, Survivor] = Field(
        default={},
        description="Whose value survives, by the field's name; the survivor's where nothing is said.",
        examples=[{"family_name": "merged"}],
        max_length=250,
    )
    survivor_version: Version | None = Field(
        None, description="The version of the survivor you chose from; another one is refused with 412."
    )
    merged_version: Version | None = Field(
        None, description="The version of the other you chose from; another one is refused with 412."
    )


class MergeGiven(Given):
    """That a customer became part of another one. While it holds, the merged number leads to the survivor."""

    id: int
    survivor_id: int
    merged_id: int
    at: datetime
    by: str
    moved: int = Field(description="How many rows found a new customer.")
    undone_at: datetime | None
    undone_by: str


class LaterGiven(Given):
    id: int
    said: str = Field(description="What it is, in a few words.")


class LaterKind(Given):
    """What the survivor got since, of one kind."""

    kind: str = Field(description="By this name it is given to the other.", examples=["sales.Order.customer"])
    what: str = Field(description="As people call it, in the language asked for.", examples=["Purchases"])
    rows: list[LaterGiven] = Field(description="The newest, fifty at most.")


class MergeWithLater(MergeGiven):
    """A merge, with what came since and may be either's when it is taken apart."""

    later: list[LaterKind]


class UndoingSent(Sent):
    """How a merge is taken apart."""

    are_two: Flag = Field(True, description="Remember that they are two people, so that nobody is asked again.")
    later: dict[Word, list[Id]] = Field(
        default={},
        description="What came since and is the other's: numbers of rows, by their kind. The rest stays.",
        examples=[{"sales.Order.customer": [4711]}],
        max_length=50,
    )


@said_as(StaleMerge)
def _stale(error: StaleMerge) -> Problem:
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        "stale",
        "Somebody changed one of the two meanwhile. Look at what differs once more, and choose anew.",
    )


@routes.get("/customers/duplicates", MERGE, Listed[PairGiven])
def list_likely_pairs(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[PairGiven]:
    """List pairs of customers who may be one person, the likeliest first; those put off come back on their day."""
    pairs = waiting_pairs(timezone.localdate()).select_related("first", "second")
    rows = page(pairs, _LIKELIEST, mark=mark, size=limit, parse=int)
    record_list(people_in(rows.rows), by=bearer(request))
    return Listed[PairGiven](items=[_pair(pair) for pair in rows.rows], **marks_of(rows))


@routes.post("/customers/duplicates/{pair_id}/verdicts", MERGE, PairGiven, 200)
def judge_likely_pair(request: HttpRequest, pair_id: PathId, sent: VerdictSent) -> PairGiven:
    """Say that a pair is two people, which is remembered, or put it off for a week."""
    user = bearer(request)
    pair = likely_pair_for(user, pair_id)
    if sent.verdict == Verdict.LATER:
        put_pair_off(pair, today=timezone.localdate(), by=user.actor)
    else:
        tell_apart(pair, by=user.actor)
    return _pair(likely_pair_for(user, pair_id))


@routes.post("/customers/duplicates/{pair_id}/questions", MERGE, PairGiven, 200)
def ask_likely_pair_again(request: HttpRequest, pair_id: PathId) -> PairGiven:
    """Take back what was said of a pair, so that it is in the list again."""
    user = bearer(request)
    ask_again(likely_pair_for(user, pair_id), by=user.actor)
    return _pair(likely_pair_for(user, pair_id))


@routes.post("/customers/{customer_id}/merges/previews", MERGE, MergePreview, 200, writes=False)
def preview_merge(request: HttpRequest, customer_id: PathId, sent: OtherSent) -> MergePreview:
    """Ask what differs between two customers, and what would go along, before they become one."""
    user = bearer(request)
    survivor = customer_for(user, customer_id)
    merged = _other(request, survivor, sent.other_id)
    return MergePreview(
        survivor_version=survivor.version,
        merged_version=merged.version,
        choices=[
            ChoiceGiven(name=one.name, survivor=one.survivor, merged=one.merged)
            for one in choices_between(survivor, merged, {})
        ],
        along=[AlongGiven(what=what, number=number) for what, number in comes_along(merged.pk)],
    )


@routes.get("/customers/{customer_id}/merges", MERGE, Listed[MergeGiven])
def list_merges(
    request: HttpRequest, customer_id: PathId, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[MergeGiven]:
    """List who became part of a customer, and who no longer is, the newest first."""
    customer = customer_for(bearer(request), customer_id)
    rows = page(Merge.objects.filter(survivor=customer), _NEWEST, mark=mark, size=limit)
    return Listed[MergeGiven](items=[MergeGiven(**_merge(one)) for one in rows.rows], **marks_of(rows))


@routes.post("/customers/{customer_id}/merges", MERGE, MergeGiven, also=(412,))
def merge_customers_(request: HttpRequest, customer_id: PathId, sent: MergeSent) -> MergeGiven:
    """Make another customer part of this one.

    All that hangs on the other becomes this one's: purchases, notes, consents (a no of either counts), cards. From
    then on every address with the other's number answers 307 with the same address of the survivor, and a number sent
    in a body means the survivor. It can be taken apart again. Two who are one already stay so.
    """
    user = bearer(request)
    survivor = customer_for(user, customer_id)
    merged = _other(request, survivor, sent.other_id)
    _refuse_unknown(sent.choices)
    versions = {survivor.pk: sent.survivor_version, merged.pk: sent.merged_version}
    made = merge_customers(
        survivor.pk,
        # As it was sent: of two who are one already, the number says which merge made them so.
        sent.other_id,
        choices={name: choice.value for name, choice in sent.choices.items()},
        seen={number: version for number, version in versions.items() if version is not None},
        by=user.actor,
    )
    return MergeGiven(**_merge(made))


@routes.get("/customers/{customer_id}/merges/{merge_id}", MERGE, MergeWithLater)
def get_merge(request: HttpRequest, customer_id: PathId, merge_id: PathId) -> MergeWithLater:
    """Read a merge, with what came since: when it is taken apart, somebody says whose that is."""
    made = merge_for(bearer(request), customer_id, merge_id)
    return MergeWithLater(**_merge(made), later=_later(made))


@routes.post("/customers/{customer_id}/merges/{merge_id}/undoings", MERGE, MergeGiven, 200)
def unmerge_customers_(request: HttpRequest, customer_id: PathId, merge_id: PathId, sent: UndoingSent) -> MergeGiven:
    """Take a merge apart: both are again who they were, and what came since stays unless it is given to the other."""
    user = bearer(request)
    made = merge_for(user, customer_id, merge_id)
    undone = unmerge_customers(made.pk, later=sent.later, are_two=sent.are_two, by=user.actor)
    return MergeGiven(**_merge(undone))


def _other(request: HttpRequest, survivor: Customer, pk: int) -> Customer:
    found = found_customer(bearer(request), pk)
    if found is None:
        raise invalid("There is no such customer.", "other_id")
    if pk == survivor.pk:
        raise invalid("This is the same customer twice.", "other_id")
    return found


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        if name not in CHANGEABLE and not _OWN_FIELD.fullmatch(name):
            raise invalid("There is no such field to choose.", f"choices.{name}")


def _pair(pair: LikelyPair) -> PairGiven:
    first, second = sorted((pair.first, pair.second), key=lambda one: (-one.visits, one.created_at, one.pk))
    return PairGiven(
        id=pair.pk,
        first=row_of(first),
        second=row_of(second),
        likelihood=pair.likelihood / 1_000_000,
        reasons=pair.reasons,
        state=PairState(pair.state),
        until=pair.until,
    )


def _merge(made: Merge) -> dict[str, Any]:
    return {
        "id": made.pk,
        "survivor_id": made.survivor_id,
        "merged_id": made.merged_id,
        "at": made.at,
        "by": made.actor_label,
        "moved": made.moved_count,
        "undone_at": made.undone_at,
        "undone_by": made.undone_by,
    }


def _later(made: Merge) -> list[LaterKind]:
    return [
        LaterKind(kind=kind.name, what=kind.label, rows=[LaterGiven(id=row.id, said=row.said) for row in kind.rows])
        for kind in came_since(made)
    ]
