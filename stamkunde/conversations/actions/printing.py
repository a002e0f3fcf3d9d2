"""Letters leave the queue: into a print run, to the post, or back when the printer ate them.

How far a letter is stands in its dispatch alone and changes by conditional update, so that of two who print at once
each letter is on one's paper only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.conversations.actions.reports import note_came_back
from stamkunde.conversations.events.letters import LetterPosted, LetterPutBack, LettersPrinted, PrintRunCancelled
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Dispatch, DispatchState, Letter, PrintRun, PrintState
from stamkunde.conversations.postage import costs
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.customers.actions.contact import confirm_address
from stamkunde.customers.models import Address, ContactStatus
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor, ActorKind
from stamkunde.kit.clock import business_day, now, start_of_day
from stamkunde.kit.retry import retry_on_conflict

MOST_AT_ONCE = 1_000
LONGEST_BACK = timedelta(days=60)
KEPT = timedelta(days=30)
QUEUED, PRINTED = DispatchState.QUEUED, DispatchState.PRINTED
SENT, BOUNCED = DispatchState.SENT, DispatchState.BOUNCED


@dataclass(frozen=True)
class Taken:
    """A print run, and how many of the letters asked for were taken by somebody else before."""

    run: PrintRun
    left_out: int


@retry_on_conflict
@action
def print_letters(numbers: Sequence[int], *, by: Actor) -> Taken:
    """Take letters out of the queue as one print run; those that are printed already are left out."""
    wanted = sorted(set(numbers))
    if not wanted:
        raise ConversationRefused(_("Choose the letters that are to be printed."))
    if len(wanted) > MOST_AT_ONCE:
        raise ConversationRefused(_("More than a thousand letters are printed in several runs. Choose fewer."))
    letters = list(Letter.objects.filter(pk__in=wanted).select_related("store", "message").order_by("pk"))
    waiting = Dispatch.objects.filter(message__letter__in=letters, state=QUEUED)
    # Held before they are looked at, so that nobody takes one back or prints it between the two.
    held = set(waiting.order_by("pk").select_for_update().values_list("message_id", flat=True))
    mine = [one for one in letters if one.message_id in held]
    if not mine:
        raise ConversationRefused(
            _("These letters do not wait any more: somebody has printed them or taken them back. Look at the lists.")
        )
    stores = {one.store_id for one in mine}
    run = PrintRun.objects.create(
        store=mine[0].store if len(stores) == 1 else None,
        made_by_id=by.id if by.kind == ActorKind.STAFF else None,
        made_by=by.label[:120],
        made_at=now(),
        number=len(mine),
        sheets=sum(one.pages for one in mine),
    )
    changed = Dispatch.objects.filter(message__in=[one.message_id for one in mine], state=QUEUED).update(
        state=PRINTED, attempts=F("attempts") + 1
    )
    if changed != len(mine):
        raise ConversationRefused(_("Somebody printed some of these letters just now. Look at the lists."))
    Letter.objects.filter(pk__in=[one.pk for one in mine]).update(
        run=run, printed_at=run.made_at, printings=F("printings") + 1
    )
    publish(LettersPrinted(run_id=run.pk, number=len(mine)), by=by)
    return Taken(run, len(wanted) - len(mine))


@action
def note_job(run: PrintRun, job_id: int) -> None:
    PrintRun.objects.filter(pk=run.pk).update(job_id=job_id)
    run.job_id = job_id


@retry_on_conflict
@action
def settle_run(run: PrintRun, digest: str, size: int) -> bool:
    """Say that the PDF of a run is made; return whether anybody still wants it."""
    rows = PrintRun.objects.filter(pk=run.pk, state=PrintState.MAKING)
    return bool(rows.update(state=PrintState.READY, digest=digest, size=size))


@retry_on_conflict
@action
def cancel_run(run: PrintRun, *, by: Actor, has_failed: bool = False) -> None:
    """Put all letters of a run that were not posted back into the queue; its PDF is thrown away."""
    rows = PrintRun.objects.filter(pk=run.pk, state__in=[PrintState.MAKING, PrintState.READY])
    state = PrintState.FAILED if has_failed else PrintState.CANCELLED
    digest = PrintRun.objects.values_list("digest", flat=True).get(pk=run.pk)
    if not rows.update(state=state, digest="", size=0):
        raise ConversationRefused(_("This print run has ended already."))
    letters = Letter.objects.filter(run=run, message__dispatch__state=PRINTED)
    number = _back(list(letters.values_list("pk", "message_id")))
    _let_go({digest})
    publish(PrintRunCancelled(run_id=run.pk, number=number), by=by)


@retry_on_conflict
@action
def put_back(letters: Sequence[Letter], *, by: Actor) -> int:
    """Let letters be printed once more: the printer ate them, or they were spoilt. Return how many."""
    rows = Letter.objects.filter(pk__in=[one.pk for one in letters], message__dispatch__state=PRINTED)
    found = list(rows.select_related("message__conversation").order_by("pk"))
    if not found:
        raise ConversationRefused(_("Only letters that are printed and not posted can be put back."))
    for letter in found:
        publish(
            LetterPutBack(
                customer_id=letter.message.conversation.customer_id,
                conversation_id=letter.message.conversation_id,
                message_id=letter.message_id,
            ),
            by=by,
        )
    return _back([(one.pk, one.message_id) for one in found])


def _back(some: Sequence[tuple[int, int]]) -> int:
    changed = 0
    for letter_id, message_id in some:
        if Dispatch.objects.filter(message=message_id, state=PRINTED).update(state=QUEUED, attempts=0):
            Letter.objects.filter(pk=letter_id).update(run=None, printed_at=None)
            changed += 1
    return changed


@retry_on_conflict
@action
def post_letters(letters: Sequence[Letter], posted_on: date | None = None, *, by: Actor) -> int:
    """Say on which day printed letters were posted; what each cost is written down as postage is now.

    Return how many; those that were posted already, or are not printed, are left as they are.
    """
    rows = Letter.objects.filter(pk__in=[one.pk for one in letters], message__dispatch__state=PRINTED)
    found = list(rows.select_related("message__conversation", "store").order_by("pk"))
    if not found:
        raise ConversationRefused(_("Only letters that are printed and not posted yet can be posted."))
    prices = costs(found)
    posted = 0
    for letter in found:
        today = business_day(now(), letter.store.zone)
        day = posted_on or today
        if not today - LONGEST_BACK <= day <= today:
            raise ConversationRefused(
                _("Letters are posted today or on one of the last sixty days. Look at the day once more."), "posted_on"
            )
        at = now() if day == today else start_of_day(day, letter.store.zone)
        if not Dispatch.objects.filter(message=letter.message_id, state=PRINTED).update(state=SENT, sent_at=at):
            continue
        price, currency = prices.get(letter.pk, (None, ""))
        Letter.objects.filter(pk=letter.pk).update(posted_on=day, cost=price, currency=currency)
        publish(
            LetterPosted(
                customer_id=letter.message.conversation.customer_id,
                conversation_id=letter.message.conversation_id,
                message_id=letter.message_id,
                posted_on=day.isoformat(),
                sheets=letter.pages + letter.enclosed_sheets,
                cost=price,
                currency=currency,
            ),
            by=by,
        )
        posted += 1
    _let_go_of_posted({one.run_id for one in found if one.run_id is not None})
    return posted


@retry_on_conflict
@action
def note_returned(letter: Letter, reason: str = "", *, by: Actor) -> None:
    """Note that a letter came back: its address is known to be bad, and whoever waits for an answer waits again."""
    said = " ".join(reason.replace("\0", "").split())[:200]
    rows = Dispatch.objects.filter(message=letter.message_id, state__in=[PRINTED, SENT])
    if not rows.update(state=BOUNCED, answer=said):
        raise ConversationRefused(_("Only a letter that was printed or posted can come back."))
    Letter.objects.filter(pk=letter.pk).update(returned_at=now(), return_reason=said)
    row = Address.objects.filter(pk=letter.address_id).first() if letter.address_id else None
    if row is not None and row.status != ContactStatus.FAILING:
        evidence = _("a letter of %(day)s came back") % {"day": letter.posted_on or business_day(now(), "UTC")}
        confirm_address(row, ContactStatus.FAILING, evidence=f"{evidence}: {said}" if said else evidence, by=by)
    note_came_back(letter.message, by=by)
    if letter.run_id is not None:
        _let_go_of_posted({letter.run_id})


@action
def drop_old_runs() -> int:
    """Let go of the PDFs of runs that nobody ended; their letters stay where they are, and can be put back."""
    old = PrintRun.objects.filter(made_at__lt=now() - KEPT).exclude(digest="")
    return _drop(list(old.values_list("pk", "digest")[:500]))


def drop_runs_of(message_ids: Sequence[int]) -> None:
    """Let go of the PDFs in which letters stand that are to be forgotten."""
    runs = PrintRun.objects.filter(letters__message__in=message_ids).exclude(digest="").distinct()
    _drop(list(runs.values_list("pk", "digest")))


def _let_go_of_posted(run_ids: set[int]) -> None:
    still = Letter.objects.filter(run__in=run_ids, message__dispatch__state=PRINTED).values("run")
    done = PrintRun.objects.filter(pk__in=run_ids).exclude(pk__in=still).exclude(digest="")
    _drop(list(done.values_list("pk", "digest")))


def _drop(runs: Sequence[tuple[int, str]]) -> int:
    PrintRun.objects.filter(pk__in=[pk for pk, _digest in runs]).update(digest="", size=0)
    _let_go({digest for _pk, digest in runs})
    return len(runs)


def _let_go(digests: set[str]) -> None:
    transaction.on_commit(partial(_unlink, {one for one in digests if one}))


def _unlink(digests: set[str]) -> None:
    for digest in digests - set(PrintRun.objects.filter(digest__in=digests).values_list("digest", flat=True)):
        STORE.place_of(digest).unlink(missing_ok=True)


def fail_run(run: PrintRun) -> None:
    """Give a run up whose PDF cannot be made: its letters wait again."""
    cancel_run(run, by=SYSTEM, has_failed=True)
