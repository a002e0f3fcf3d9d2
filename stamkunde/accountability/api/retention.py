"""How long what is kept, and the proof of what was ended, as machines read and keep it."""

from datetime import date, datetime

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accountability.access import MANAGE, SEE, run_for
from stamkunde.accountability.actions.asking import run_now
from stamkunde.accountability.actions.retention import change_rule
from stamkunde.accountability.models import RetentionRun
from stamkunde.accountability.queries import retention as found
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Country
from stamkunde.kit import retention
from stamkunde.kit.api.fields import Count, Given, Limit, Line, Mark, PathId, QueryMoment, Sent, Version, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.clock import now
from stamkunde.kit.paging import Order, instant, page
from stamkunde.kit.retention import Calendar, Ending, Ground, Period, Rule

routes = Routes("Retention", "How long what is kept and why, what is over, and the proof of what was ended.")


class RuleGiven(Given):
    """How long something is kept in a country, on what ground, and what becomes of it then."""

    key: str = Field(examples=["sales.documents:NO"])
    name: str = Field(description="The purpose; rules of one name differ by country.", examples=["sales.documents"])
    country: Country | None = Field(description="Null where it holds everywhere.")
    purpose: str
    ground: Ground
    trigger: str = Field(description="What the time is counted from.")
    years: int
    months: int
    days: int
    calendar: Calendar
    ending: Ending
    source: str
    is_law: bool = Field(description="A duty of law, which nobody can shorten here.")
    settled_by: str = Field(description="The work that keeps to a fixed time; empty where the time may be changed.")
    version: int


class Rules(Given):
    items: list[RuleGiven]


class RuleSent(Sent):
    """A new time for a proposal, in one unit or several."""

    years: Count = Field(0, le=50)
    months: Count = Field(0, le=600)
    days: Count = Field(0, le=20_000)
    reason: Line = Field(min_length=1, max_length=300)
    version: Version


class OverGiven(Given):
    """What a run would end of one table in one country."""

    what: str
    country: str
    rule: str
    ending: str
    number: int
    example: int = Field(description="The number of one of the rows; it names nobody.")
    until: str


class Rehearsal(Given):
    at: datetime
    items: list[OverGiven]


class RunGiven(Given):
    """One run over all rules."""

    id: int
    state: RetentionRun.State
    at: datetime = Field(description="The moment that decides what is over.")
    finished_at: datetime | None


class DeletionGiven(Given):
    """How many rows of a table a run ended: the proof, which names nobody."""

    keeping: str
    rule: str
    rule_version: int
    country: str
    ending: Ending
    newest_day: date
    number: int


class RunWithProof(RunGiven):
    deletions: list[DeletionGiven]


class Asked(Given):
    job_id: int = Field(description="The background work that does it.")


@routes.get("/retention/rules", SEE, Rules)
def list_retention_rules(request: HttpRequest) -> Rules:
    """List how long what is kept in this shop."""
    return Rules(items=[_given(rule) for rule in retention.rules()])


@routes.put("/retention/rules/{key}", MANAGE, RuleGiven)
def change_retention_rule(request: HttpRequest, key: str, sent: RuleSent) -> RuleGiven:
    """Change a proposal.

    A duty of law, and a time that other work keeps to, are refused.
    """
    if found.holding_rule(key) is None:
        raise Http404
    period = Period(years=sent.years, months=sent.months, days=sent.days)
    change_rule(key, period, reason=sent.reason, seen_version=sent.version, by=bearer(request).actor)
    changed = found.holding_rule(key)
    if changed is None:
        raise Http404
    return _given(changed)


@routes.get("/retention/rehearsal", SEE, Rehearsal)
def rehearse_retention(
    request: HttpRequest,
    at: QueryMoment | None = query(None, description="Another moment than now, such as a year ahead."),
) -> Rehearsal:
    """List what a run would end, now or at another moment; nothing is ended by asking."""
    moment = at or now()
    return Rehearsal(at=moment, items=[OverGiven.model_validate(row) for row in found.rehearsal(moment)])


@routes.get("/retention/runs", SEE, Listed[RunGiven])
def list_retention_runs(request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)) -> Listed[RunGiven]:
    """List the runs, the latest first."""
    rows = page(RetentionRun.objects.all(), Order("at"), mark=mark, size=limit, parse=instant)
    return Listed[RunGiven](items=[RunGiven.model_validate(run) for run in rows.rows], **marks_of(rows))


@routes.get("/retention/runs/{run_id}", SEE, RunWithProof)
def get_retention_run(request: HttpRequest, run_id: PathId) -> RunWithProof:
    """Read what a run has ended."""
    run = run_for(bearer(request), run_id)
    return RunWithProof(
        id=run.pk,
        state=RetentionRun.State(run.state),
        at=run.at,
        finished_at=run.finished_at,
        deletions=[DeletionGiven.model_validate(proof) for proof in run.deletions.order_by("pk")],
    )


@routes.post("/retention/runs", MANAGE, Asked, 202)
def begin_retention_run(request: HttpRequest) -> Asked:
    """Let what is over be ended now instead of in the night."""
    return Asked(job_id=run_now(by=bearer(request).actor).pk)


def _given(rule: Rule) -> RuleGiven:
    return RuleGiven(
        key=rule.key,
        name=rule.name,
        country=Country(rule.country) if rule.country else None,
        purpose=str(rule.purpose),
        ground=rule.ground,
        trigger=str(rule.trigger),
        years=rule.period.years,
        months=rule.period.months,
        days=rule.period.days,
        calendar=rule.calendar,
        ending=rule.ending,
        source=str(rule.source),
        is_law=rule.is_law,
        settled_by=str(rule.settled_by),
        version=rule.version,
    )
