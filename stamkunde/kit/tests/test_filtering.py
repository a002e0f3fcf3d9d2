"""The language of filters: what it takes, what it refuses and how it says itself."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation

from stamkunde.kit.filtering import (
    LONGEST_VALUE,
    MOST_CONDITIONS,
    OPERATORS,
    Condition,
    FilterError,
    FilterField,
    FilterLanguage,
    Filters,
    Kind,
    Operator,
)

LANGUAGE = FilterLanguage(
    [
        FilterField(name="town", label="Town", kind=Kind.TEXT, column="town"),
        FilterField(name="visits", label="Visits", kind=Kind.NUMBER, column="visits"),
        FilterField(name="spent", label="Spent", kind=Kind.MONEY, column="spent"),
        FilterField(name="seen", label="Seen", kind=Kind.DATE, column="seen"),
        FilterField(
            name="colour", label="Colour", kind=Kind.CHOICE, column="colour", choices=lambda: [("red", "Red one")]
        ),
        FilterField(name="month", label="Month", kind=Kind.MONTH, column="month", choices=lambda: [("2", "February")]),
        FilterField(name="open", label="Open", kind=Kind.YES_NO, column="is_open"),
    ]
)


def one(written: str) -> Condition:
    return LANGUAGE.read([("f", written)]).conditions[0]


@pytest.mark.parametrize(
    "written",
    [
        "password:is:x",
        "town__startswith:is:x",
        "customer__password:is:x",
        "_connector:is:OR",
        "_negated:is:1",
        "town.name:is:x",
        "town:regex:x",
        "town:is__startswith:x",
        "town:at_least:3",
        "visits:starts:3",
        "town",
        "town:is:",
        "visits:at_least:many",
        "visits:at_least:NaN",
        "visits:at_least:Infinity",
        "visits:at_least:1e99",
        "spent:at_least:12",
        "spent:at_least:12 XYZ",
        "spent:at_least:1.005 NOK",
        "spent:at_least:99999999999999999999 NOK",
        "seen:on:2026-02-30",
        "seen:on:0001-01-01",
        "seen:before:9999-12-31",
        "seen:within_last:0",
        "seen:within_last:2.5",
        "seen:within_last:99999999",
        "colour:is:blue",
        "colour:is:red' OR '1'='1",
        "month:is:13",
        "open:is:1",
        "town:is:a\0b",
        "town:is:" + "x" * (LONGEST_VALUE + 1),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(FilterError) as refusal:
        LANGUAGE.read([("f", written)])

    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("parameter", ["f6", "filter", "f__or", "page"])
def test_a_parameter_that_is_no_group_is_refused(parameter: str) -> None:
    with pytest.raises(FilterError):
        LANGUAGE.read([(parameter, "visits:at_least:1")])


def test_more_filters_than_a_list_takes_are_refused() -> None:
    as_many = [("f", "visits:at_least:1")] * MOST_CONDITIONS
    filters = LANGUAGE.read(as_many)

    with pytest.raises(FilterError):
        LANGUAGE.read([*as_many, ("f", "visits:at_least:1")])
    with pytest.raises(FilterError):
        filters.with_(one("town:is:Oslo"))


def test_conditions_are_joined_by_and_and_those_of_a_group_by_or() -> None:
    filters = LANGUAGE.read([("f", "visits:at_least:3"), ("f1", "open:yes:"), ("f1", "visits:at_most:9")])

    assert filters.condition() == Q(visits__gte=3) & (Q(is_open=True) | Q(visits__lte=9))


def test_a_colon_in_a_value_belongs_to_the_value() -> None:
    assert one("town:is:a:b").value == "a:b"


def test_a_percent_sign_is_a_letter_like_any_other() -> None:
    assert one("town:is:100%").condition() == Q(town__in=["100%"])


def test_an_address_without_filters_says_nothing_and_an_empty_one_says_none() -> None:
    assert LANGUAGE.from_query(QueryDict("sort=name")) is None
    assert LANGUAGE.from_query(QueryDict("f=")) == Filters()


def test_filters_can_be_written_and_read_again() -> None:
    filters = LANGUAGE.read([("f", "spent:at_least:12,50 nok"), ("f2", "seen:on:2026-03-01"), ("f2", "open:no:")])

    assert LANGUAGE.read(filters.pairs()) == filters


def test_one_filter_takes_the_place_of_another_and_leaves() -> None:
    filters = LANGUAGE.read([("f", "visits:at_least:3"), ("f", "open:yes:")])

    assert [one.written for one in filters.with_(one("visits:at_least:9"), 0).conditions] == [
        "visits:at_least:9",
        "open:yes:",
    ]
    assert [one.written for one in filters.without(0).conditions] == ["open:yes:"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("town:is:Oslo", "Town: Oslo"),
        ("town:starts:Os", "Town: begins with Os"),
        ("visits:at_least:1200", "Visits: at least 1,200"),
        ("colour:is_not:red", "Colour: not Red one"),
        ("month:is:2", "Month: February"),
        ("seen:not_for:1", "Seen: more than a day ago"),
        ("seen:not_for:90", "Seen: more than 90 days ago"),
        ("open:no:", "Open: no"),
        ("seen:empty:", "Seen: not filled in"),
    ],
)
def test_a_filter_says_itself(written: str, said: str) -> None:
    with translation.override("en"):
        assert one(written).sentence() == said


@pytest.mark.parametrize("kind", list(Kind))
def test_every_operator_of_every_kind_can_be_asked_and_said(kind: Kind) -> None:
    field = next(field for field in LANGUAGE.fields.values() if field.kind == kind)
    values: dict[Kind, Any] = {
        Kind.TEXT: "Oslo",
        Kind.NUMBER: "3",
        Kind.MONEY: "3 NOK",
        Kind.DATE: "2026-03-01",
        Kind.CHOICE: "red",
        Kind.MONTH: "2",
        Kind.YES_NO: "",
    }
    for operator in OPERATORS[kind]:
        text = "7" if operator in {Operator.WITHIN_LAST, Operator.NOT_FOR, Operator.WITHIN_NEXT} else values[kind]
        condition = LANGUAGE.condition(field.name, operator.value, text)

        assert condition.condition()
        assert condition.sentence()


def test_days_are_counted_from_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stamkunde.kit.filtering.timezone.localdate", lambda: date(2026, 3, 10))

    assert one("seen:within_last:7").condition() == Q(seen__gte=date(2026, 3, 3))
    assert one("seen:not_for:7").condition() == Q(seen__lte=date(2026, 3, 2))
    assert one("seen:before:2026-03-10").condition() == Q(seen__lte=date(2026, 3, 9))
    assert one("seen:after:2026-03-10").condition() == Q(seen__gte=date(2026, 3, 11))
