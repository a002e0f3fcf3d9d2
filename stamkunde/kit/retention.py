"""How long things are kept: rules as data, and from them the instant at which a row may or must go.

Each module's `retention.py` states its rules and says in which table they hold. A rule of law is a duty: nothing it
covers goes before. A proposal is the shop's own and can be changed. Nothing here reads a clock or a database: whoever
asks hands over the moment, the zone and the month in which the shop's fiscal year begins.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stamkunde.kit import clock
from stamkunde.kit.privacy import Sensitivity

ANYWHERE = ""
MONTHS = 12


class Calendar(StrEnum):
    """From when a period runs."""

    DAY = "day"
    """From the day on which it happened."""
    FISCAL_YEAR = "fiscal_year"
    """From the end of the fiscal year in which it happened."""
    CALENDAR_YEAR = "calendar_year"
    """From the end of the calendar year in which that fiscal year ended."""


class Ending(StrEnum):
    """What becomes of a row when its time is over."""

    DELETE = "delete"
    AGGREGATE = "aggregate"
    PSEUDONYMISE = "pseudonymise"


class Ground(StrEnum):
    """Why it may be kept (GDPR art. 6)."""

    LAW = "law"
    CONTRACT = "contract"
    CONSENT = "consent"
    INTEREST = "interest"


@dataclass(frozen=True, order=True)
class Period:
    """So long; a rule uses years, months or days, rarely several of them."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        parts = []
        if self.years:
            parts.append(ngettext("%(count)s year", "%(count)s years", self.years) % {"count": self.years})
        if self.months:
            parts.append(ngettext("%(count)s month", "%(count)s months", self.months) % {"count": self.months})
        if self.days or not parts:
            parts.append(ngettext("%(count)s day", "%(count)s days", self.days) % {"count": self.days})
        return " ".join(parts)

    @property
    def rough_days(self) -> int:
        """How long it is at least, in days, to compare two periods by."""
        return self.years * 365 + self.months * 30 + self.days


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How long something is kept in a country, why, and what becomes of it then.

    `name` is the purpose, such as ``sales.documents``: rules of one name differ by country or by the day from which
    they hold. `is_law` makes it a duty that no setting shortens; any other is a proposal.
    """

    name: str
    country: str = ANYWHERE
    sensitivity: Sensitivity
    purpose: Any
    ground: Ground
    trigger: Any
    period: Period
    calendar: Calendar = Calendar.DAY
    ending: Ending = Ending.DELETE
    source: Any
    is_law: bool = False
    # The work that keeps to it, where that is older than these rules and has a fixed time of its own.
    settled_by: Any = ""
    valid_from: date = date.min
    version: int = 1

    @property
    def key(self) -> str:
        """The short name of the rule among those of all countries, such as ``sales.documents:SE``."""
        return f"{self.name}:{self.country}" if self.country else self.name


def last_day(rule: Rule, happened: date, *, fiscal_year_begins: int = 1) -> date:
    """Return the last day on which something that happened on a day is kept.

    Periods run as Regulation (EEC, Euratom) No 1182/71, art. 3, counts them: the day itself is not counted, and the
    period ends with the day of the same date; where the month has no such date, with the month's last day. Years that
    run from the end of a fiscal year end where that year would have ended, a leap day included: never a day too short.
    """
    if rule.calendar is Calendar.DAY:
        return _later(happened, rule.period)
    ended = fiscal_year_end(happened, begins=fiscal_year_begins)
    if rule.calendar is Calendar.CALENDAR_YEAR:
        ended = date(ended.year, 12, 31)
    return _later(ended, rule.period, from_end_of_month=True)


def may_go_at(rule: Rule, happened: date, *, zone: str, fiscal_year_begins: int = 1) -> datetime:
    """Return the first instant at which something that happened on a day may go."""
    return clock.end_of_day(last_day(rule, happened, fiscal_year_begins=fiscal_year_begins), zone)


def newest_day_over(rule: Rule, at: datetime, *, zone: str, fiscal_year_begins: int = 1) -> date:
    """Return the newest day of which whatever happened then has been kept long enough at an instant."""
    today = clock.business_day(at, zone)
    # Days lie in order, so that the boundary is found by halving: a leap year or a broken year needs no care here.
    is_over, is_not = today - timedelta(days=rule.period.rough_days + 800 + 6 * (rule.period.years + 1)), today
    if last_day(rule, is_not, fiscal_year_begins=fiscal_year_begins) < today:
        return is_not
    while (is_not - is_over).days > 1:
        middle = is_over + (is_not - is_over) // 2
        if last_day(rule, middle, fiscal_year_begins=fiscal_year_begins) < today:
            is_over = middle
        else:
            is_not = middle
    return is_over


def fiscal_year_end(day: date, *, begins: int) -> date:
    """Return the last day of the fiscal year that a day lies in; `begins` is the month whose first day opens it."""
    year = day.year if day.month < begins else day.year + 1
    return date(year, begins, 1) - timedelta(days=1)


def _later(day: date, period: Period, *, from_end_of_month: bool = False) -> date:
    months = day.month - 1 + period.months
    year, month = day.year + period.years + months // MONTHS, months % MONTHS + 1
    longest = monthrange(year, month)[1]
    same = longest if from_end_of_month else min(day.day, longest)
    return date(year, month, same) + timedelta(days=period.days)


# What the shop has changed of its proposals, by the key of the rule; who keeps such changes says so once.
Changes = Callable[[], Mapping[str, tuple[Period, int]]]
_RULES: list[Rule] = []
_CHANGES: list[Changes] = []


def add_rules(*rules: Rule) -> None:
    _RULES.extend(rule for rule in rules if rule not in _RULES)


def changed_by(changes: Changes) -> None:
    """Let changes of proposals come from there: for each key the period, and how many times it was changed."""
    _CHANGES[:] = [changes]


def stated_rules() -> tuple[Rule, ...]:
    """Return the rules as the modules state them."""
    return tuple(_RULES)


def rules() -> tuple[Rule, ...]:
    """Return the rules as they hold in this shop, its own changes of proposals included."""
    changes = _CHANGES[0]() if _CHANGES else {}
    return tuple(_as_changed(rule, changes) for rule in _RULES)


def _as_changed(rule: Rule, changes: Mapping[str, tuple[Period, int]]) -> Rule:
    if rule.is_law or rule.key not in changes:
        return rule
    period, times = changes[rule.key]
    return replace(rule, period=period, version=rule.version + times)


def rule_for(name: str, *, country: str, on: date, among: Iterable[Rule] | None = None) -> Rule:
    """Return the rule that holds for a purpose in a country on a day: the most specific, then the newest.

    Raises LookupError where there is none.
    """
    found = [
        rule
        for rule in (rules() if among is None else among)
        if rule.name == name and rule.country in {country, ANYWHERE} and rule.valid_from <= on
    ]
    if not found:
        raise LookupError(f"No rule says how long {name} is kept in {country or 'any country'}.")
    return max(found, key=lambda rule: (bool(rule.country), rule.valid_from, rule.version))


def kept_until(
    names: Sequence[str],
    happened: date,
    *,
    country: str,
    on: date,
    fiscal_year_begins: int = 1,
    among: Sequence[Rule] | None = None,
) -> tuple[date, Rule]:
    """Return the last day on which something is kept, and the rule that says so, where it serves several purposes.

    The longest duty of law beats every shorter purpose; without any duty the longest purpose counts.
    """
    among = rules() if among is None else among
    holding = [rule_for(name, country=country, on=on, among=among) for name in names]
    duties = [rule for rule in holding if rule.is_law]
    ends = [(last_day(rule, happened, fiscal_year_begins=fiscal_year_begins), rule) for rule in holding]
    longest = max(ends, key=lambda end: end[0])
    if not duties:
        return longest
    by_law = max((end for end in ends if end[1].is_law), key=lambda end: end[0])
    return by_law if by_law[0] >= longest[0] else longest


def ending_none(_numbers: Sequence[int]) -> int:
    """End no row: what a line moves past stays where it is."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Where a rule holds: a table, the column from which time is counted, and how its rows go.

    `let_go` is an action of the module: it takes numbers of rows, ends them, and returns how many it ended. Where the
    rows stay and only a line moves past them, `put_away` takes the instant before which all of them lie. Rows whose
    country differs name the column of it; the shop's own country counts for all others.
    """

    rule: str
    model: type[Model]
    title: Any
    since: str
    let_go: Callable[[Sequence[int]], int] = ending_none
    put_away: Callable[[datetime], None] | None = None
    country: str = ""
    only: Q = field(default_factory=Q)
    which: Callable[[date], Q] | None = None
    portion: int = 500

    @property
    def name(self) -> str:
        return f"{self.rule}/{self.model._meta.model_name}"

    @property
    def counts_days(self) -> bool:
        """Say whether the column holds a day rather than an instant."""
        return self.model._meta.get_field(self.since).get_internal_type() == "DateField"

    def over(
        self,
        at: datetime,
        *,
        country: str,
        is_own_country: bool,
        zone: str,
        fiscal_year_begins: int,
        among: Sequence[Rule] | None = None,
    ) -> QuerySet[Model]:
        """Return the rows of a country whose time is over at an instant, the oldest number first.

        A dry run counts these and a run ends them, so that both speak of the same rows.
        """
        rule = rule_for(self.rule, country=country, on=clock.business_day(at, zone), among=among)
        newest = newest_day_over(rule, at, zone=zone, fiscal_year_begins=fiscal_year_begins)
        until = (
            {f"{self.since}__lte": newest}
            if self.counts_days
            else {f"{self.since}__lt": clock.end_of_day(newest, zone)}
        )
        rows = self.model._default_manager.filter(self.only, **until)
        if self.which is not None:
            rows = rows.filter(self.which(newest))
        if self.country:
            rows = rows.filter(**{self.country: country})
        elif not is_own_country:
            rows = rows.none()
        return rows.order_by("pk")


_KEEPINGS: dict[str, Keeping] = {}


def keep(*keepings: Keeping) -> None:
    for one in keepings:
        _KEEPINGS[one.name] = one


def keepings() -> tuple[Keeping, ...]:
    return tuple(_KEEPINGS.values())


GROUNDS = {
    Ground.LAW: gettext_lazy("A duty of law"),
    Ground.CONTRACT: gettext_lazy("The agreement with the customer"),
    Ground.CONSENT: gettext_lazy("The customer's consent"),
    Ground.INTEREST: gettext_lazy("The shop's legitimate interest"),
}
ENDINGS = {
    Ending.DELETE: gettext_lazy("It is deleted."),
    Ending.AGGREGATE: gettext_lazy("Only sums remain of it."),
    Ending.PSEUDONYMISE: gettext_lazy("The person is taken out of it."),
}


def in_words(rule: Rule) -> str:
    """Say in a sentence how long something is kept."""
    sentences = {
        Calendar.DAY: _("%(period)s, counted from: %(trigger)s."),
        Calendar.FISCAL_YEAR: _("%(period)s after the end of the fiscal year of: %(trigger)s."),
        Calendar.CALENDAR_YEAR: _(
            "%(period)s after the end of the calendar year in which the fiscal year of this ended: %(trigger)s."
        ),
    }
    return sentences[rule.calendar] % {"period": rule.period, "trigger": rule.trigger}
