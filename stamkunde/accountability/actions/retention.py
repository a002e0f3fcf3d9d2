"""Changing proposals, and ending what has been kept long enough, table by table and portion by portion."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accountability.events import RetentionRunEnded, RuleChanged
from stamkunde.accountability.models import Deletion, RetentionRun, RuleChange
from stamkunde.accountability.queries.retention import Due, due_at, holding_rule
from stamkunde.accountability.refusals import Refused
from stamkunde.accounts.keeping import rows_over
from stamkunde.accounts.queries import the_shop
from stamkunde.events.publishing import action, publish
from stamkunde.kit import clock
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retention import Period

LONGEST_DAYS = 50 * 366

Progress = Callable[[int], None]
Check = Callable[[], None]


@action
def change_rule(key: str, period: Period, *, reason: str, seen_version: int, by: Actor) -> RuleChange:
    """Keep something longer or shorter where no law says how long; raises Refused for a duty of law."""
    rule = holding_rule(key)
    if rule is None:
        raise Refused(_("There is no such rule."))
    if rule.is_law:
        raise Refused(_("This is a duty of law. It cannot be changed here, only the law can."), "period")
    if rule.settled_by:
        raise Refused(_("This time is fixed: “%(work)s” keeps to it.") % {"work": rule.settled_by}, "period")
    if rule.version != seen_version:
        raise Refused(
            _("Somebody has changed this rule meanwhile. It now says %(period)s. Look at it and save again.")
            % {"period": rule.period}
        )
    if not 1 <= period.rough_days <= LONGEST_DAYS:
        raise Refused(_("Write a time between one day and fifty years."), "period")
    if not reason.strip():
        raise Refused(_("Write why, for whoever asks later."), "reason")
    change = RuleChange.objects.create(
        rule=key,
        years=period.years,
        months=period.months,
        days=period.days,
        reason=" ".join(reason.split())[:300],
        changed_by=by.label[:120],
        changed_at=now(),
    )
    publish(
        RuleChanged(
            rule=key,
            before=[rule.period.years, rule.period.months, rule.period.days],
            after=[period.years, period.months, period.days],
            reason=change.reason,
        ),
        by=by,
    )
    return change


@action
def begin_run(*, job_id: int, by: Actor) -> RetentionRun:
    """Begin a run, or go on with the one this job had begun: the moment that decides stays the same."""
    run, _is_new = RetentionRun.objects.get_or_create(job_id=job_id, defaults={"at": now(), "started_by": by.label})
    if run.state == RetentionRun.State.STOPPED:
        run.state = RetentionRun.State.RUNNING
        run.save(update_fields=["state"])
    return run


def carry_out(run: RetentionRun, progress: Progress, check: Check) -> int:
    """End everything whose time is over at the run's moment; return how many rows that were."""
    done = sum(Deletion.objects.filter(run=run).values_list("number", flat=True))
    for due in due_at(run.at):
        if due.keeping.put_away is not None:
            done += _put_away(run, due, due.keeping.put_away, lambda moved: progress(done + moved))  # noqa: B023
            check()
            continue
        after = 0
        while True:
            after, ended = _end_some(run, due, after, lambda ended: progress(done + ended))  # noqa: B023
            if not after:
                break
            done += ended
            check()
    return done


@action
def _end_some(run: RetentionRun, due: Due, after: int, progress: Progress) -> tuple[int, int]:
    """End some rows that follow a number, count them in the proof, and be found to hold the job still: all or nothing.

    Returns the last one's number, nought when none is left, and how many were ended. What cannot go after all is passed
    over.
    """
    rows = rows_over(due.keeping, run.at, country=due.country).filter(pk__gt=after)
    numbers = list(rows.values_list("pk", flat=True)[: due.keeping.portion])
    if not numbers:
        return 0, 0
    ended = due.keeping.let_go(numbers)
    if not ended:
        return numbers[-1], 0
    _prove(run, due, ended)
    progress(ended)
    return numbers[-1], ended


@action
def _put_away(run: RetentionRun, due: Due, put_away: Callable[[datetime], None], progress: Progress) -> int:
    """Move the line past everything that is over, and count in the proof what it passed."""
    number = rows_over(due.keeping, run.at, country=due.country).count()
    put_away(clock.end_of_day(due.newest_day, the_shop().zone))
    if number:
        _prove(run, due, number)
    progress(number)
    return number


def _prove(run: RetentionRun, due: Due, ended: int) -> None:
    proof, _is_new = Deletion.objects.get_or_create(
        run=run,
        keeping=due.keeping.name,
        country=due.country,
        defaults={
            "rule": due.rule.key,
            "rule_version": due.rule.version,
            "ending": due.rule.ending.value,
            "newest_day": due.newest_day,
        },
    )
    Deletion.objects.filter(pk=proof.pk).update(number=F("number") + ended)


@action
def end_run(run: RetentionRun, *, by: Actor) -> None:
    at = now()
    ended = RetentionRun.objects.filter(pk=run.pk).exclude(state=RetentionRun.State.DONE)
    if not ended.update(state=RetentionRun.State.DONE, finished_at=at):
        return
    number = sum(Deletion.objects.filter(run=run).values_list("number", flat=True))
    if number:
        publish(RetentionRunEnded(run_id=run.pk, number=number), by=by)


@action
def stop_run(run: RetentionRun) -> None:
    RetentionRun.objects.filter(pk=run.pk, state=RetentionRun.State.RUNNING).update(state=RetentionRun.State.STOPPED)
