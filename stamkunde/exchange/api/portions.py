"""Carrying out many things of one request, a portion at a time, so that nobody else waits long for the database."""

import hashlib
from collections.abc import Callable, Sequence
from http import HTTPStatus

from django.db import DatabaseError, transaction
from django.http import HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.exchange.actions.replays import AnsweredMeanwhile, keep_answer
from stamkunde.exchange.models import Replay
from stamkunde.kit.api.many import K, Outcome, Outcomes
from stamkunde.kit.api.problems import Problem
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.turns import take_turn

PORTION = 50
_TRIES = 5

Refuse = Callable[[Exception], Problem]


class Portions:
    """Many things of one request; `refuse` says each refusal as the one alone would be told."""

    def __init__(self, request: HttpRequest, refuse: Refuse) -> None:
        self._request = request
        self._refuse = refuse

    def __call__(self, items: Sequence[K], do: Callable[[K], int]) -> Outcomes:
        found: list[Outcome] = []
        for start in range(0, len(items), PORTION):
            found += self._once_more(list(enumerate(items))[start : start + PORTION], do)
        done = sum(outcome.problem is None for outcome in found)
        return Outcomes(done=done, refused=len(found) - done, items=found)

    def _once_more(self, numbered: list[tuple[int, K]], do: Callable[[K], int]) -> list[Outcome]:
        """Carry out a portion; where another request was quicker with a key of it, its answer is known by then."""
        for _attempt in range(_TRIES):
            try:
                return self._portion(numbered, do)
            except AnsweredMeanwhile:
                continue
        return self._portion(numbered, do)

    @retry_on_conflict
    def _portion(self, numbered: list[tuple[int, K]], do: Callable[[K], int]) -> list[Outcome]:
        with transaction.atomic():
            owner = bearer(self._request)
            # The same things may come at once in another order: in turns, nobody waits for whom they hold up.
            take_turn(f"exchange.many.{owner.pk}")
            known = {
                kept.key: kept
                for kept in Replay.objects.filter(owner_id=owner.pk, key__in=[one.key for _index, one in numbered])
            }
            return [self._one(index, one, known, do) for index, one in numbered]

    def _one(self, index: int, one: K, known: dict[str, Replay], do: Callable[[K], int]) -> Outcome:
        digest = hashlib.sha256(f"{self._request.path}\n{one.model_dump_json()}".encode()).hexdigest()
        try:
            kept = known.get(one.key)
            if kept is not None:
                return self._again(index, one.key, kept, digest)
            with transaction.atomic():
                made = do(one)
                known[one.key] = Replay(key=one.key, request_digest=digest, status=201, body=str(made).encode())
                keep_answer(
                    owner=bearer(self._request),
                    key=one.key,
                    request_digest=digest,
                    status=HTTPStatus.CREATED,
                    headers={"X-Number": str(made)},
                    body=str(made).encode(),
                )
            return Outcome(index=index, key=one.key, status=201, is_replayed=False, id=made, problem=None)
        except (DatabaseError, AnsweredMeanwhile):
            # The portion as a whole begins anew, or the request fails: neither is the one thing's own fault.
            known.pop(one.key, None)
            raise
        except Exception as error:
            known.pop(one.key, None)
            problem = self._refuse(error)
            # What counted a wrong guess was undone with the thing itself.
            if (count_again := getattr(error, "count_again", None)) is not None:
                count_again()
            return Outcome(
                index=index, key=one.key, status=problem.status, is_replayed=False, id=None, problem=problem.as_dict()
            )

    def _again(self, index: int, key: str, kept: Replay, digest: str) -> Outcome:
        if kept.request_digest != digest or "X-Number" not in (kept.headers or {"X-Number": ""}):
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This key came before with something else. Draw a new key for everything new.",
            )
        return Outcome(
            index=index, key=key, status=kept.status, is_replayed=True, id=int(bytes(kept.body)), problem=None
        )
