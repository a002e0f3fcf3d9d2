"""The log tells what happened and where, and not whom it happened to."""

import json
import logging
import sys

import pytest
from django.db import DatabaseError, connection, transaction

from stamkunde.kit.log import JsonFormatter, LineFormatter, without_people


def record(message: str, *values: object, fault=None) -> logging.LogRecord:
    return logging.LogRecord("stamkunde.test", logging.INFO, __file__, 1, message, values, fault)


def caught(raises) -> tuple:
    try:
        raises()
    except Exception:
        return sys.exc_info()
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "text",
    [
        "Mail to kari.nordmann+shop@example.no failed",
        "Mail to jānis.bērziņš@pasts.lv failed",
        "Called +47 912 34 567 in vain",
        "Called 91234567",
        "Authorization: Bearer 8f3c9d0a1b2c",
        "password=hunter2",
        "Not Found: /search/?q=Kari+Nordmann",
    ],
)
def test_what_looks_like_a_person_or_a_secret_is_struck_out(text):
    said = without_people(text)
    for piece in ("kari.nordmann", "bērziņš", "912", "8f3c9d0a1b2c", "hunter2", "Nordmann"):
        assert piece not in said


@pytest.mark.parametrize(
    "text", ["Job 4711 was taken over.", "GET /customers/123/ 404", "Due on 2026-11-26 at 15:04", "1,234,567 rows"]
)
def test_the_rest_stays_as_it_is(text):
    assert without_people(text) == text


@pytest.mark.parametrize("sign", ["a", "1-", "?", "ab@", "1 ", "token="])
def test_an_address_as_long_as_a_stranger_likes_is_one_short_line(sign):
    line = LineFormatter().format(record("Not Found: /%s kari@example.no", sign * 500_000))

    assert len(line) < 5_000
    assert "kari@" not in line
    assert "[e-mail]" in without_people(f"/{sign * 500_000} kari@example.no")


def test_an_exception_is_told_by_its_kind_and_place_and_never_by_its_text():
    def open_file():
        raise ValueError("Kari Nordmann, Storgata 1")

    line = LineFormatter().format(record("It failed", fault=caught(open_file)))
    assert "ValueError" in line
    assert "open_file" in line
    assert "Storgata 1\n" not in line.split("ValueError", 1)[1]


def test_the_causes_of_an_exception_are_told_in_order():
    def fails():
        try:
            raise KeyError("Kari")
        except KeyError as error:
            raise RuntimeError("Nordmann") from error

    line = LineFormatter().format(record("It failed", fault=caught(fails)))
    assert line.index("KeyError") < line.index("RuntimeError")


@pytest.mark.django_db
def test_a_database_that_quotes_the_row_it_refuses_is_not_quoted():
    """PostgreSQL writes `Key (email)=(kari@example.no) already exists` into its complaint."""

    def twice():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE canary (word text UNIQUE)")
            for _ in range(2):
                cursor.execute("INSERT INTO canary VALUES (%s)", ["Kanarifugl"])

    fault = caught(twice)
    assert isinstance(fault[1], DatabaseError)
    line = LineFormatter().format(record("It failed", fault=fault))
    assert "Kanarifugl" not in line.replace('["Kanarifugl"]', "")
    assert "canary" in line


def test_a_stranger_cannot_write_a_line_of_the_log():
    line = LineFormatter().format(record("Not found: %s", "/x\n2026-01-01 00:00:00 INFO root: all is well"))
    assert len(line.splitlines()) == 1


def test_machines_get_one_object_a_line():
    content = json.loads(JsonFormatter().format(record("Job %s is done", 7)))
    assert content["message"] == "Job 7 is done"
    assert content["level"] == "INFO"
    assert content["logger"] == "stamkunde.test"
