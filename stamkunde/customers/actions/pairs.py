"""What people say of likely pairs: that they are two, or that somebody will look later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stamkunde.customers.events.merging import CustomersToldApart
from stamkunde.customers.models import Customer, LikelyPair, PairState
from stamkunde.customers.queries.merges import survivors
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now

A_WEEK = timedelta(days=7)
_AT_ONCE = 500


@dataclass(frozen=True)
class FoundPair:
    """Two customers that look alike, how surely, and by which reasons."""

    one: int
    other: int
    probability: float
    reasons: tuple[str, ...]

    @property
    def likelihood(self) -> int:
        return round(self.probability * 1_000_000)

    @property
    def key(self) -> tuple[int, int]:
        return min(self.one, self.other), max(self.one, self.other)


@action
def note_pairs(found: Iterable[FoundPair]) -> int:
    """Write down likely pairs; return how many are new.

    One that somebody told apart is asked again only when there is a reason now that there was not then.
    """
    by_key = {pair.key: pair for pair in found if pair.one != pair.other}
    keys = sorted(by_key)
    new = 0
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        people = {number for key in some for number in key}
        present = set(Customer.objects.present().filter(pk__in=people).values_list("pk", flat=True))
        known = {
            (row.first_id, row.second_id): row for row in LikelyPair.objects.filter(first__in=[key[0] for key in some])
        }
        fresh = [key for key in some if key not in known and present.issuperset(key)]
        LikelyPair.objects.bulk_create(
            [
                LikelyPair(
                    first_id=first,
                    second_id=second,
                    likelihood=by_key[first, second].likelihood,
                    reasons=list(by_key[first, second].reasons),
                    found_at=now(),
                )
                for first, second in fresh
            ],
            ignore_conflicts=True,
        )
        new += len(fresh)
        for key in some:
            if key in known:
                _note_again(known[key], by_key[key])
    return new


def _note_again(row: LikelyPair, found: FoundPair) -> None:
    reasons = list(found.reasons)
    if row.state == PairState.DISTINCT and not set(reasons) - set(row.reasons):
        return
    if row.state != PairState.DISTINCT and row.reasons == reasons and row.likelihood == found.likelihood:
        return
    state = PairState.OPEN if row.state == PairState.DISTINCT else PairState(row.state)
    LikelyPair.objects.filter(pk=row.pk, state=row.state).update(
        state=state, likelihood=found.likelihood, reasons=reasons
    )


@action
def tell_apart(pair: LikelyPair, *, by: Actor) -> None:
    """Remember that two people are two; saying so twice is saying it once."""
    seen = LikelyPair.objects.filter(pk=pair.pk).exclude(state=PairState.DISTINCT)
    if seen.update(state=PairState.DISTINCT, until=None, decided_by=by.label[:120], decided_at=now()):
        _tell(pair.first_id, pair.second_id, by)


@action
def ask_again(pair: LikelyPair, *, by: Actor) -> None:
    """Take back that two people were told apart, or that the pair was put off."""
    decided = LikelyPair.objects.filter(pk=pair.pk).exclude(state=PairState.OPEN)
    decided.update(state=PairState.OPEN, until=None, decided_by=by.label[:120], decided_at=now())


@action
def put_pair_off(pair: LikelyPair, *, today: date, by: Actor) -> date:
    """Leave a pair out of the list for a week."""
    until = today + A_WEEK
    LikelyPair.objects.filter(pk=pair.pk).exclude(state=PairState.DISTINCT).update(
        state=PairState.LATER, until=until, decided_by=by.label[:120], decided_at=now()
    )
    return until


@action
def note_distinct(one: int, other: int, *, by: Actor) -> None:
    """Remember of any two that they are two people, also if nobody ever took them for one."""
    first, second = sorted((one, other))
    decided = {"state": PairState.DISTINCT, "until": None, "decided_by": by.label[:120], "decided_at": now()}
    row, is_new = LikelyPair.objects.get_or_create(
        first_id=first, second_id=second, defaults={**decided, "likelihood": 0, "found_at": now(), "reasons": []}
    )
    if not is_new:
        LikelyPair.objects.filter(pk=row.pk).update(**decided)


@action
def drop_settled_pairs() -> int:
    """Let go of open pairs of whom one is no longer there."""
    gone = LikelyPair.objects.exclude(state=PairState.DISTINCT)
    return sum(gone.filter(**{f"{end}__trashed_at__isnull": False}).delete()[0] for end in ("first", "second"))


def _tell(first_id: int, second_id: int, by: Actor) -> None:
    ends = survivors([first_id, second_id])
    names = {row.pk: row.name for row in Customer.objects.filter(pk__in=(first_id, second_id))}
    for own, other in ((first_id, second_id), (second_id, first_id)):
        publish(CustomersToldApart(customer_id=ends.get(own, own), other_id=other, other_name=names[other]), by=by)
