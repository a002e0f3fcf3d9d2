"""Running one claimed job: its handler is called, and what came of it is settled through the lease."""

import logging
import traceback
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import translation
from django.utils.translation import gettext_noop

from stamkunde.jobs import lease
from stamkunde.jobs.context import GiveUp, JobContext, Stopped
from stamkunde.jobs.kinds import KINDS
from stamkunde.jobs.lease import Claim, LeaseLost
from stamkunde.jobs.models import JobState
from stamkunde.jobs.pausing import Pauses

logger = logging.getLogger("stamkunde.jobs")

UNKNOWN_KIND = gettext_noop("This version does not know this kind of work.")

Wait = Callable[[float], bool]


def run_due(queues: Sequence[str] = (), *, limit: int | None = None) -> int:
    """Run what is due here and now, one after the other; return how many were run."""
    count = 0
    while limit is None or count < limit:
        claim = lease.claim("here and now", queues)
        if claim is None:
            break
        run_claim(claim, JobContext(claim))
        count += 1
    return count


def run_claim(claim: Claim, context: JobContext, *, wait: Wait | None = None) -> None:
    """Call the handler and settle the outcome; with a wait, a database that is gone is waited for."""
    settle = _outcome(claim, context)
    if settle is None:
        logger.warning("Job %s (%s) was taken over by another worker.", claim.job_id, claim.name)
        return
    pauses = Pauses()
    while True:
        try:
            if not settle():
                logger.warning("Job %s (%s) was settled too late and refused.", claim.job_id, claim.name)
            return
        except (DatabaseError, InterfaceError) as error:
            if wait is None:
                raise
            logger.warning("The outcome of job %s cannot be written yet: %s", claim.job_id, describe(error))
            connection.close()
            if wait(pauses.next()):
                return


def _outcome(claim: Claim, context: JobContext) -> Callable[[], bool] | None:
    """Call the handler; return the write that settles what came of it, or None when the lease was lost."""
    kind = KINDS.get(claim.name)
    if kind is None:
        return lambda: lease.fail(claim, UNKNOWN_KIND)
    try:
        with translation.override(claim.language or settings.LANGUAGE_CODE):
            kind.handler(context, **claim.arguments)
    except Stopped:
        return _stopped(claim, context)
    except LeaseLost:
        return None
    except GiveUp as given_up:
        sentence = str(given_up)
        return lambda: lease.fail(claim, sentence, for_good=True)
    # A handler that calls sys.exit must not end the worker.
    except (Exception, SystemExit) as error:
        logger.warning("Job %s (%s) failed: %s", claim.job_id, claim.name, describe(error))
        text = describe(error)
        return lambda: lease.fail(claim, text)
    if context.has_stopped:
        return _stopped(claim, context)
    return lambda: lease.finish(claim)


def _stopped(claim: Claim, context: JobContext) -> Callable[[], bool] | None:
    match context.stop_reason:
        case "cancel":
            return lambda: lease.stop(claim, JobState.CANCELLED)
        case "pause":
            return lambda: lease.stop(claim, JobState.PAUSED)
        case "shutdown":
            return lambda: lease.hand_back(claim)
    return None


def describe(error: BaseException) -> str:
    """Return the kind of error and where it was raised.

    Its own text is left out: a database quotes the row it refuses, and a customer's address does not belong in a
    log or in a list of work.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "stamkunde" in frame.filename] or list(frames)
    place = f" in {own[-1].name}, {own[-1].filename.rpartition('stamkunde/')[2]} line {own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"
