"""What providers hand in: kept before anybody reads it, leased for reading, set aside, and read again."""

import hashlib
import traceback
from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from stamkunde.conversations.events.texts import TextHookRefused, TextReadAgain, TextSetAside
from stamkunde.conversations.models import RawMailState, RawText, TextLine
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
# Attempts go on to be counted after it was put back, so that nobody who began earlier may end it.
ROUND = 10
LONGEST_TRACE = 20_000
BROKEN, GAVE_UP = "failed", "gave up"
MOST_FORGOTTEN = 500


@retry_on_conflict
@action
def store_raw_text(line: TextLine, body: bytes, query: str = "") -> tuple[RawText, bool]:
    """Keep what a provider handed in, and return it and whether it is new: the same bytes for one line are one row.

    When this returns it is committed: the provider may be told that we have it.
    """
    query = query[:300]
    digest = hashlib.sha256(query.encode("utf-8", "replace") + b"\0" + body).hexdigest()
    known = RawText.objects.filter(text_line=line, digest=digest)
    if (earlier := known.first()) is not None:
        return earlier, False
    at = now()
    row = RawText(
        text_line=line, digest=digest, size=len(body), query=query.replace("\0", ""), body=body, received_at=at
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return known.get(), False
    TextLine.objects.filter(pk=line.pk).update(heard_at=at)
    return row, True


@action
def refuse_text_hook(line: TextLine) -> None:
    """Note that somebody handed in what the provider did not sign; nothing of it is kept."""
    publish(TextHookRefused(text_line_id=line.pk, line_name=line.name), by=SYSTEM)


def raw_texts_due(most: int) -> list[RawText]:
    """Take some that wait to be read, the oldest first; nobody else gets them while the lease lasts."""
    numbers = list(_due().order_by("received_at", "pk").values_list("pk", flat=True)[:most])
    return _leased(numbers) if numbers else []


@retry_on_conflict
@action
def _leased(numbers: Sequence[int]) -> list[RawText]:
    rows = _due().filter(pk__in=numbers).select_for_update(skip_locked=True, of=("self",)).select_related("text_line")
    found = list(rows.order_by("received_at", "pk"))
    tired = [one for one in found if one.attempts % ROUND >= MOST_ATTEMPTS]
    for one in tired:
        _set_aside(one, GAVE_UP, "")
    found = [one for one in found if one not in tired]
    until = now() + LEASE
    RawText.objects.filter(pk__in=[one.pk for one in found]).update(leased_until=until, attempts=F("attempts") + 1)
    for one in found:
        one.attempts, one.leased_until = one.attempts + 1, until
    return found


def _due() -> QuerySet[RawText]:
    free = Q(leased_until=None) | Q(leased_until__lt=now())
    return RawText.objects.filter(free, state=RawMailState.STORED)


def held(raw: RawText) -> QuerySet[RawText]:
    """Return the row as long as whoever took it last is still the one who may end it."""
    return RawText.objects.filter(pk=raw.pk, state=RawMailState.STORED, attempts=raw.attempts)


@retry_on_conflict
@action
def put_off_reading(raw: RawText, seconds: int) -> None:
    """Let it be read again in a while, since a file of it could not be fetched yet."""
    held(raw).update(leased_until=now() + timedelta(seconds=seconds))


@retry_on_conflict
@action
def set_text_aside(raw: RawText, reason: str, error: BaseException | None = None) -> None:
    """Let it wait for somebody to look at it: it cannot be read, and the next ones can."""
    _set_aside(raw, reason, _where(error))


def _where(error: BaseException | None) -> str:
    """Return what kind of error it was and where; what it says may be somebody's words, which are not kept twice."""
    if error is None:
        return ""
    return f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}"


def _set_aside(raw: RawText, reason: str, trace: str) -> None:
    if held(raw).update(
        state=RawMailState.QUARANTINED,
        reason=reason[:40],
        trace=trace[-LONGEST_TRACE:],
        leased_until=None,
        read_at=now(),
    ):
        publish(TextSetAside(raw_text_id=raw.pk, text_line_id=raw.text_line_id, reason=reason[:40]), by=SYSTEM)


@action
def read_texts_again(numbers: Sequence[int], *, by: Actor) -> int:
    """Let what was set aside be read once more; return how many there were."""
    rows = list(RawText.objects.select_for_update().filter(pk__in=numbers, state=RawMailState.QUARANTINED))
    for one in rows:
        RawText.objects.filter(pk=one.pk).update(
            state=RawMailState.STORED,
            reason="",
            trace="",
            read_at=None,
            leased_until=None,
            attempts=(one.attempts // ROUND + 1) * ROUND,
        )
    if rows:
        publish(TextReadAgain(number=len(rows)), by=by)
    return len(rows)


@action
def forget_raw_texts(numbers: Sequence[int]) -> int:
    """Let go of what was handed in; the messages that were read from it stay."""
    return RawText.objects.filter(pk__in=numbers).delete()[0]


def forget_texts_with(texts: Sequence[str]) -> int:
    """Let go of what was handed in and could not be read, in which one of the texts stands."""
    sought = [form for text in texts for form in {text.casefold(), text.lstrip("+").casefold()} if form]
    rows = RawText.objects.exclude(size=0).exclude(state=RawMailState.READ).order_by("pk")
    holding = [
        one.pk
        for one in rows.iterator(chunk_size=50)
        if any(form in bytes(one.body).decode("utf-8", "replace").casefold() for form in sought)
    ]
    gone = 0
    for begin in range(0, len(holding), MOST_FORGOTTEN):
        gone += forget_raw_texts(holding[begin : begin + MOST_FORGOTTEN])
    return gone
