"""How long what is kept in this shop, in words, and what is over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Min, Model, QuerySet, Value

from stamkunde.accountability.models import Deletion, RetentionRun, RuleChange
from stamkunde.accounts.keeping import countries_of, rows_over, value_until
from stamkunde.accounts.models import Country
from stamkunde.accounts.queries import the_shop
from stamkunde.jobs.models import Job
from stamkunde.kit import clock, retention, shown
from stamkunde.kit.retention import ENDINGS, GROUNDS, Keeping, Period, Rule, in_words

JOB = "accountability.retention"


def changed_periods() -> Mapping[str, tuple[Period, int]]:
    """Return for each rule that was changed what it says now, and how many times it was changed."""
    found: dict[str, tuple[Period, int]] = {}
    for rule, years, months, days in RuleChange.objects.order_by("pk").values_list("rule", "years", "months", "days"):
        found[rule] = Period(years=years, months=months, days=days), found.get(rule, (None, 0))[1] + 1
    return found


def holding_rule(key: str) -> Rule | None:
    """Return a rule by its key as it holds now."""
    return next((rule for rule in retention.rules() if rule.key == key), None)


@dataclass(frozen=True)
class Due:
    """A table in a country, and the newest day of which all is over there."""

    keeping: Keeping
    country: str
    rule: Rule
    newest_day: date


def due_at(at: datetime, *, among: Sequence[Rule] | None = None) -> Iterator[Due]:
    """Yield every table and country in the order in which a run goes through them."""
    among = retention.rules() if among is None else among
    shop = the_shop()
    today = clock.business_day(at, shop.zone)
    for keeping in retention.keepings():
        for country in countries_of(keeping):
            rule = retention.rule_for(keeping.rule, country=country, on=today, among=among)
            newest = retention.newest_day_over(rule, at, zone=shop.zone, fiscal_year_begins=shop.fiscal_year_begins)
            yield Due(keeping, country, rule, newest)


@dataclass(frozen=True)
class Rehearsed:
    """What a run would end of one table in one country; the example is the number of a row and names nobody."""

    what: str
    country: str
    rule: str
    ending: str
    number: int
    example: int
    happened: str
    until: str


# So many tables are asked in one question; SQLite takes 500 at most.
TABLES_AT_ONCE = 100


def rehearsal(at: datetime) -> list[Rehearsed]:
    """Return what a run at a moment would end: the same rows, of all tables in few questions."""
    among = retention.rules()
    dues = list(due_at(at, among=among))
    over = [rows_over(due.keeping, at, country=due.country, among=among) for due in dues]
    found = [
        (dues[place], number, example)
        for begin in range(0, len(dues), TABLES_AT_ONCE)
        for place, number, example in _counted(over, range(begin, min(begin + TABLES_AT_ONCE, len(dues))))
    ]
    happened = _happened([(due, example) for due, _number, example in found])
    return [
        Rehearsed(
            what=str(due.keeping.title),
            country=country_name(due.country if due.keeping.country else ""),
            rule=due.rule.key,
            ending=str(ENDINGS[due.rule.ending]),
            number=number,
            example=example,
            happened=shown.day(value) if due.keeping.counts_days else shown.instant(value),
            until=shown.day(value_until(due.keeping, value, country=due.country, among=among)),
        )
        for place, (due, number, example) in enumerate(found)
        # Whatever a run has ended between the two questions is not told of.
        if (value := happened.get(place)) is not None
    ]


def _counted(over: Sequence[QuerySet[Model]], places: range) -> list[tuple[int, int, int]]:
    """Return of each table that has rows its place, how many they are and the oldest number, in order."""
    pieces = [
        over[place].order_by().values(place=Value(place)).annotate(number=Count("pk"), example=Min("pk"))
        for place in places
    ]
    rows = _together(pieces).values_list("place", "number", "example")
    return sorted((place, number, example) for place, number, example in rows if number)


def _happened(examples: Sequence[tuple[Due, int]]) -> dict[int, Any]:
    """Return since when each row is kept, by its place.

    Days and instants are asked apart, for a column of an answer is one or the other.
    """
    values: dict[int, Any] = {}
    for days in (True, False):
        pieces = [
            due.keeping.model._default_manager.filter(pk=example).values(
                place=Value(place), happened=F(due.keeping.since)
            )
            for place, (due, example) in enumerate(examples)
            if due.keeping.counts_days is days
        ]
        if pieces:
            values.update(_together(pieces).values_list("place", "happened"))
    return values


def _together(pieces: Sequence[QuerySet[Model, dict[str, Any]]]) -> QuerySet[Model, dict[str, Any]]:
    return pieces[0].union(*pieces[1:], all=True)


@dataclass(frozen=True)
class ShownRule:
    """A rule in words."""

    key: str
    country: str
    purpose: str
    how_long: str
    period: Period
    ending: str
    ground: str
    source: str
    is_law: bool
    may_be_changed: bool
    settled_by: str
    version: int
    tables: list[str]
    changed: str


def shown_rules() -> list[ShownRule]:
    """Return all rules, those of a country under their purpose, with who changed what."""
    newest = {change.rule: change for change in RuleChange.objects.order_by("pk")}
    tables: dict[str, list[str]] = {}
    for keeping in retention.keepings():
        tables.setdefault(keeping.rule, []).append(str(keeping.title))
    return [_shown(rule, newest.get(rule.key), tables.get(rule.name, [])) for rule in retention.rules()]


def _shown(rule: Rule, change: RuleChange | None, tables: list[str]) -> ShownRule:
    return ShownRule(
        key=rule.key,
        country=country_name(rule.country),
        purpose=str(rule.purpose),
        how_long=in_words(rule),
        period=rule.period,
        ending=str(ENDINGS[rule.ending]),
        ground=str(GROUNDS[rule.ground]),
        source=str(rule.source),
        is_law=rule.is_law,
        may_be_changed=not rule.is_law and not rule.settled_by,
        settled_by=str(rule.settled_by),
        version=rule.version,
        tables=tables,
        changed=f"{shown.instant(change.changed_at)}, {change.changed_by}: {change.reason}" if change else "",
    )


def country_name(code: str) -> str:
    return str(Country(code).label) if code else ""


def open_job() -> Job | None:
    """Return the work that ends things, if it waits or runs."""
    return Job.objects.unfinished().filter(name=JOB).order_by("run_at").first()


@dataclass(frozen=True)
class ShownProof:
    what: str
    country: str
    rule: str
    number: int
    newest_day: str


def latest_runs(most: int = 30) -> list[tuple[RetentionRun, int]]:
    """Return the latest runs, and how many rows each has ended."""
    runs = list(RetentionRun.objects.prefetch_related("deletions").order_by("-at", "-pk")[:most])
    return [(run, sum(proof.number for proof in run.deletions.all())) for run in runs]


def proofs_of(run: RetentionRun) -> list[ShownProof]:
    titles = {keeping.name: str(keeping.title) for keeping in retention.keepings()}
    by_country = {keeping.name for keeping in retention.keepings() if keeping.country}
    return [
        ShownProof(
            what=titles.get(proof.keeping, proof.keeping),
            country=country_name(proof.country if proof.keeping in by_country else ""),
            rule=f"{proof.rule} · {proof.rule_version}",
            number=proof.number,
            newest_day=shown.day(proof.newest_day),
        )
        for proof in Deletion.objects.filter(run=run).order_by("pk")
    ]
