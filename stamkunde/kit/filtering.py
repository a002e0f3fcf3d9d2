"""The one language in which lists are filtered, and the only way from an address to the database's conditions.

A list declares its fields; each field has a kind, which decides the operators. A condition is written
``field:operator:value`` in the address: ``?f=town:is:Oslo&f=visits:at_least:5``. Conditions are joined by "and"; those
in one numbered group (``f1=…&f1=…``) by "or". What is not declared here is refused with a sentence: no part of an
address ever becomes a name in a query.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from stamkunde.kit.clock import end_of_day, start_of_day
from stamkunde.kit.money import Money, MoneyError

MOST_CONDITIONS = 12
LONGEST_VALUE = 200
MOST_GROUPS = 5
LARGEST_NUMBER = Decimal(10) ** 12
MOST_DAYS = 36_500
EARLIEST, LATEST = date(1800, 1, 1), date(2500, 1, 1)
PARAMETERS = ("f", *(f"f{number}" for number in range(1, MOST_GROUPS + 1)))

Value = Any


class FilterError(ValueError):
    """A condition that cannot be understood; the text is a sentence for the person who sees it."""


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    MONTH = "month"


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    STARTS = "starts"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_LAST = "within_last"
    NOT_FOR = "not_for"
    WITHIN_NEXT = "within_next"
    OVERDUE = "overdue"
    EMPTY = "empty"
    FILLED = "filled"
    YES = "yes"
    NO = "no"


OPERATOR_LABELS: dict[Operator, Any] = {
    Operator.IS: gettext_lazy("is"),
    Operator.IS_NOT: gettext_lazy("is not"),
    Operator.STARTS: gettext_lazy("begins with"),
    Operator.AT_LEAST: gettext_lazy("is at least"),
    Operator.AT_MOST: gettext_lazy("is at most"),
    Operator.ON: gettext_lazy("is on"),
    Operator.BEFORE: gettext_lazy("is before"),
    Operator.AFTER: gettext_lazy("is after"),
    Operator.WITHIN_LAST: gettext_lazy("is within the last … days"),
    Operator.NOT_FOR: gettext_lazy("is more than … days ago"),
    Operator.WITHIN_NEXT: gettext_lazy("is within the next … days"),
    Operator.OVERDUE: gettext_lazy("is overdue"),
    Operator.EMPTY: gettext_lazy("is not filled in"),
    Operator.FILLED: gettext_lazy("is filled in"),
    Operator.YES: gettext_lazy("yes"),
    Operator.NO: gettext_lazy("no"),
}

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (Operator.IS, Operator.IS_NOT, Operator.STARTS, Operator.FILLED, Operator.EMPTY),
    Kind.NUMBER: (Operator.AT_LEAST, Operator.AT_MOST, Operator.IS),
    Kind.MONEY: (Operator.AT_LEAST, Operator.AT_MOST),
    Kind.DATE: (
        Operator.WITHIN_LAST, Operator.NOT_FOR, Operator.AFTER, Operator.BEFORE, Operator.ON, Operator.FILLED,
        Operator.EMPTY,
    ),
    Kind.CHOICE: (Operator.IS, Operator.IS_NOT),
    Kind.YES_NO: (Operator.YES, Operator.NO),
    Kind.MONTH: (Operator.IS,),
}  # fmt: skip
BARE = frozenset({Operator.OVERDUE, Operator.EMPTY, Operator.FILLED, Operator.YES, Operator.NO})
IN_DAYS = frozenset({Operator.WITHIN_LAST, Operator.NOT_FOR, Operator.WITHIN_NEXT})
# These are "not (the other one)"; over another table that means: has no such row.
OPPOSITE = {Operator.IS_NOT: Operator.IS, Operator.EMPTY: Operator.FILLED, Operator.NO: Operator.YES}


@dataclass(frozen=True, kw_only=True)
class FilterField:
    """One thing a list can be filtered by.

    `column` is a column of the listed table, or of the table that `rows` gives, whose rows name what is listed by
    `owner`. `build` makes the condition itself where a column and the kind are not enough. `is_narrow` says that an
    index begins with the column, so that few rows are found without looking at all.
    """

    name: str
    label: Any
    kind: Kind
    column: str = ""
    rows: Callable[[], QuerySet[Any]] | None = None
    owner: str = ""
    build: Callable[[Operator, Value], Q] | None = None
    choices: Callable[[], Sequence[tuple[str, Any]]] = field(default=lambda: ())
    operators: tuple[Operator, ...] = ()
    is_instant: bool = False
    is_narrow: bool = False

    @property
    def allowed(self) -> tuple[Operator, ...]:
        return self.operators or OPERATORS[self.kind]

    def condition(self, operator: Operator, value: Value) -> Q:
        """Return the condition on the listed table."""
        if self.rows is None:
            positive = OPPOSITE.get(operator)
            if positive and self.kind != Kind.TEXT:
                return ~self._on_column(positive, value)
            return self._on_column(operator, value)
        positive = OPPOSITE.get(operator, operator)
        found = self.any_of([(positive, value)])
        return found if positive == operator else ~found

    def any_of(self, alternatives: Iterable[tuple[Operator, Value]]) -> Q:
        """Return the condition that another table has a row that fits one of several, asked once for all of them."""
        return Q(Exists(self.owned(alternatives).filter(**{self.owner: OuterRef("pk")})))

    def owned(self, alternatives: Iterable[tuple[Operator, Value]]) -> QuerySet[Any]:
        """Return the other table's rows that fit one of several."""
        assert self.rows is not None  # noqa: S101
        fitting = Q()
        for operator, value in alternatives:
            fitting |= self._on_column(operator, value)
        return self.rows().filter(fitting)

    def _on_column(self, operator: Operator, value: Value) -> Q:
        if self.build:
            return self.build(operator, value)
        match operator:
            case Operator.FILLED:
                return ~Q(**{self.column: ""}) if self.kind == Kind.TEXT else Q(**{f"{self.column}__isnull": False})
            case Operator.EMPTY:
                return Q(**{self.column: ""}) if self.kind == Kind.TEXT else Q(**{f"{self.column}__isnull": True})
            case Operator.YES:
                return Q(**{self.column: True})
        if self.kind == Kind.TEXT:
            return _text_condition(self.column, operator, value)
        if self.kind == Kind.DATE:
            return _date_condition(self.column, operator, value, is_instant=self.is_instant)
        lookup = {Operator.AT_LEAST: f"{self.column}__gte", Operator.AT_MOST: f"{self.column}__lte"}
        return Q(**{lookup.get(operator, self.column): value})


@dataclass(frozen=True)
class Condition:
    """One field, one operator and its value as typed, checked; group 0 is "and", the others hold alternatives."""

    field: FilterField
    operator: Operator
    text: str
    value: Value
    group: int = 0

    @property
    def parameter(self) -> str:
        return PARAMETERS[self.group]

    @property
    def written(self) -> str:
        return f"{self.field.name}:{self.operator.value}:{self.text}"

    def condition(self) -> Q:
        return self.field.condition(self.operator, self.value)

    def sentence(self) -> str:
        """Say the condition as its chip does: "Town: Oslo", "Last visit: more than 90 days ago"."""
        return _("%(field)s: %(condition)s") % {"field": self.field.label, "condition": self._said()}

    def _said(self) -> str:
        value = self._value_said()
        match self.operator:
            case Operator.IS | Operator.ON:
                return value
            case Operator.IS_NOT:
                return _("not %(value)s") % {"value": value}
            case Operator.STARTS:
                return _("begins with %(value)s") % {"value": value}
            case Operator.AT_LEAST:
                return _("at least %(value)s") % {"value": value}
            case Operator.AT_MOST:
                return _("at most %(value)s") % {"value": value}
            case Operator.BEFORE:
                return _("before %(value)s") % {"value": value}
            case Operator.AFTER:
                return _("after %(value)s") % {"value": value}
            case Operator.WITHIN_LAST:
                return ngettext("the last day", "the last %(days)s days", self.value) % {"days": value}
            case Operator.NOT_FOR:
                return ngettext("more than a day ago", "more than %(days)s days ago", self.value) % {"days": value}
            case Operator.WITHIN_NEXT:
                return ngettext("today or tomorrow", "within the next %(days)s days", self.value) % {"days": value}
            case Operator.OVERDUE:
                return _("overdue")
            case Operator.EMPTY:
                return _("not filled in")
            case Operator.FILLED:
                return _("filled in")
            case Operator.YES:
                return _("yes")
            case Operator.NO:
                return _("no")

    def _value_said(self) -> str:
        value = self.value
        if isinstance(value, Money):
            return value.shown(get_language() or "en")
        if self.field.kind in {Kind.CHOICE, Kind.MONTH}:
            return str(dict(self.field.choices()).get(self.text, self.text))
        if isinstance(value, date):
            return date_format(value, "DATE_FORMAT")
        if isinstance(value, int | Decimal):
            return number_format(value, use_l10n=True, force_grouping=True)
        return self.text


@dataclass(frozen=True)
class Filters:
    """All conditions of a list."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def condition(self) -> Q:
        whole = Q()
        for condition in self.conditions:
            if not condition.group:
                whole &= condition.condition()
        for group in sorted({condition.group for condition in self.conditions} - {0}):
            whole &= _one_of([condition for condition in self.conditions if condition.group == group])
        return whole

    def pairs(self) -> list[tuple[str, str]]:
        """Return the conditions as parameters of an address; a plain `f` when there is none, which says "none"."""
        return [(condition.parameter, condition.written) for condition in self.conditions] or [("f", "")]

    def without(self, place: int) -> "Filters":
        return Filters(tuple(kept for number, kept in enumerate(self.conditions) if number != place))

    def with_(self, condition: Condition, place: int | None = None) -> "Filters":
        """Return the conditions with one more, or with one in the place of another."""
        if place is None or place >= len(self.conditions):
            if len(self.conditions) >= MOST_CONDITIONS:
                raise FilterError(_("A list takes at most %(number)s filters.") % {"number": MOST_CONDITIONS})
            return Filters((*self.conditions, condition))
        return Filters(tuple(condition if number == place else kept for number, kept in enumerate(self.conditions)))


def _one_of(conditions: Sequence[Condition]) -> Q:
    """Return "or" over the conditions; those on one column of another table ask that table together.

    "Oslo or Bergen" as two questions costs PostgreSQL the numbers of everybody in both towns.
    """
    alternatives = Q()
    together: dict[str, list[Condition]] = {}
    for condition in conditions:
        if condition.field.rows is None or condition.operator in OPPOSITE:
            alternatives |= condition.condition()
        else:
            together.setdefault(condition.field.name, []).append(condition)
    for same in together.values():
        alternatives |= same[0].field.any_of([(each.operator, each.value) for each in same])
    return alternatives


class FilterLanguage:
    """The fields of one list, by name."""

    def __init__(self, fields: Iterable[FilterField]) -> None:
        self.fields = {field.name: field for field in fields}

    def field(self, name: str) -> FilterField:
        if name not in self.fields:
            raise FilterError(_("This list cannot be filtered by “%(name)s”.") % {"name": name[:60]})
        return self.fields[name]

    def operator(self, field: FilterField, name: str) -> Operator:
        try:
            operator = Operator(name)
        except ValueError:
            operator = None
        if operator not in field.allowed:
            raise FilterError(
                _("“%(field)s” cannot be compared by “%(name)s”.") % {"field": field.label, "name": name[:60]}
            )
        return operator

    def condition(self, field_name: str, operator_name: str, text: str, group: int = 0) -> Condition:
        field = self.field(field_name)
        operator = self.operator(field, operator_name)
        text = text.strip()
        if len(text) > LONGEST_VALUE:
            raise FilterError(_("“%(field)s”: the value is too long.") % {"field": field.label})
        if any(ord(letter) < 32 for letter in text):
            raise FilterError(
                _("“%(field)s”: the value holds a character that cannot be read.") % {"field": field.label}
            )
        return Condition(field, operator, "" if operator in BARE else text, _read(field, operator, text), group)

    def read(self, pairs: Iterable[tuple[str, str]]) -> Filters:
        """Make the filters of parameters and conditions as written; anything unknown is refused."""
        conditions: list[Condition] = []
        for parameter, written in pairs:
            if parameter not in PARAMETERS:
                raise FilterError(_("This list cannot be filtered by “%(name)s”.") % {"name": parameter[:60]})
            if not written:
                continue
            parts = written.split(":", 2)
            if len(parts) < 2:
                raise FilterError(_("A filter is written field:operator:value."))
            name, operator, text = (*parts, "")[:3]
            conditions.append(self.condition(name, operator, text, PARAMETERS.index(parameter)))
            if len(conditions) > MOST_CONDITIONS:
                raise FilterError(_("A list takes at most %(number)s filters.") % {"number": MOST_CONDITIONS})
        return Filters(tuple(conditions))

    def from_query(self, query: QueryDict) -> Filters | None:
        """Read the filters of an address; None when it says nothing about filters at all."""
        if not any(parameter in query for parameter in PARAMETERS):
            return None
        return self.read((parameter, written) for parameter in PARAMETERS for written in query.getlist(parameter))


def _read(field: FilterField, operator: Operator, text: str) -> Value:
    if operator in BARE:
        return None
    if not text:
        raise FilterError(_("“%(field)s”: please fill in what to compare with.") % {"field": field.label})
    if operator in IN_DAYS:
        return _whole(field, text, 1, MOST_DAYS)
    match field.kind:
        case Kind.NUMBER:
            return _number(field, text)
        case Kind.MONEY:
            return _money(field, text)
        case Kind.DATE:
            return _day(field, text)
        case Kind.CHOICE | Kind.MONTH:
            if text not in {value for value, _label in field.choices()}:
                raise FilterError(_("“%(field)s”: there is no choice “%(text)s”.") % _names(field, text))
            return int(text) if field.kind == Kind.MONTH else text
        case _:
            return text


def _names(field: FilterField, text: str) -> dict[str, Any]:
    return {"field": field.label, "text": text[:60]}


def _number(field: FilterField, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise FilterError(_("“%(field)s”: %(text)s is not a number that fits.") % _names(field, text))
    return number


def _whole(field: FilterField, text: str, least: int, most: int) -> int:
    number = _number(field, text)
    if number != number.to_integral_value() or not least <= number <= most:
        raise FilterError(
            _("“%(field)s”: please write a whole number from %(least)s to %(most)s.")
            % {"field": field.label, "least": least, "most": most}
        )
    return int(number)


def _money(field: FilterField, text: str) -> Money:
    amount, _space, currency = text.rpartition(" ")
    try:
        return Money.of(amount.replace(" ", "").replace("\u00a0", "").replace(",", "."), currency.upper())
    except MoneyError as error:
        raise FilterError(
            _("“%(field)s”: please write an amount and a currency, such as 1500 NOK.") % {"field": field.label}
        ) from error


def _day(field: FilterField, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not EARLIEST <= day <= LATEST:
        raise FilterError(_("“%(field)s”: %(text)s is not a day of the calendar.") % _names(field, text))
    return day


def _text_condition(column: str, operator: Operator, text: str) -> Q:
    # The usual ways of writing a capital letter, compared exactly: only so can an index be used on both databases.
    forms = list(dict.fromkeys((text, text.lower(), text.upper(), text.title(), text[:1].upper() + text[1:])))
    if operator == Operator.STARTS:
        begins = Q()
        for form in forms:
            if connection.vendor == "sqlite":
                # A range, because SQLite uses no index for LIKE with an escape, and compares by code point anyway.
                begins |= Q(**{f"{column}__gte": form, f"{column}__lt": form + "\U0010ffff"})
            else:
                begins |= Q(**{f"{column}__startswith": form})
        return begins
    same = Q(**{f"{column}__in": forms})
    return ~same if operator == Operator.IS_NOT else same


def _date_condition(column: str, operator: Operator, value: Value, *, is_instant: bool) -> Q:
    today = timezone.localdate()
    match operator:
        case Operator.ON:
            first, last = value, value
        case Operator.BEFORE:
            first, last = None, value - timedelta(days=1)
        case Operator.AFTER:
            first, last = value + timedelta(days=1), None
        case Operator.WITHIN_LAST:
            first, last = today - timedelta(days=value), None
        case Operator.NOT_FOR:
            first, last = None, today - timedelta(days=value + 1)
        case Operator.WITHIN_NEXT:
            first, last = today, today + timedelta(days=value)
        case _:
            first, last = None, today - timedelta(days=1)
    condition = Q()
    if first is not None:
        condition &= Q(**{f"{column}__gte": _start(first) if is_instant else first})
    if last is not None:
        condition &= Q(**{f"{column}__lt": _end(last)}) if is_instant else Q(**{f"{column}__lte": last})
    return condition


def _start(day: date) -> datetime:
    return start_of_day(day, timezone.get_current_timezone_name())


def _end(day: date) -> datetime:
    return end_of_day(day, timezone.get_current_timezone_name())
