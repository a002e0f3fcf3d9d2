"""I-1, I-2: every door, by every method, about own, other, trashed, merged and missing things, answers as in a table.

After every refusal not a row is different, and what is not one's own cannot be told from what is not there. Each time
all are asked who are to be refused, and two of those who are let in: every sixteenth question in `./run test`, all of
them in `./run test --everything`. `./run prove` asks everybody everything.
"""

import logging
import os
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.matrix import written
from tests.matrix.asking import questions
from tests.matrix.seeded import seeded
from tests.matrix.table import differences, read, write
from tests.matrix.trying import tried

PARTS = 16
HOW = "`python -m tests.matrix` adds new doors to the table, with `all` it is written anew. Read the difference."


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    """Let nobody write down that somebody was refused, some thousand times."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.slow
@pytest.mark.page
@pytest.mark.django_db
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.thorough) for part in range(1, PARTS))])
def test_every_door_answers_as_the_table_says_and_writes_nothing_when_it_refuses(part: int) -> None:
    if connection.vendor != "sqlite" and part:
        pytest.skip("The answers are the same on both; a part of them shows that nothing is written here either.")
    findings = tried(seeded(), list(questions())[part::PARTS], known=read())

    assert findings.asked > 75
    assert not findings.wrong, "\n".join(findings.wrong[:30])
    different = differences(read(), findings.answers)
    assert not different, f"{HOW}\n" + "\n".join(different[:30])


@pytest.mark.proof
@pytest.mark.django_db
def test_everybody_is_answered_everything_as_the_table_says() -> None:
    shop, asked, writing = seeded(), list(questions()), os.environ.get("WRITE_ANSWERS", "")
    if writing == "new":
        asked = [question for question in asked if question.key not in read()]
    findings = tried(shop, asked)

    if writing:
        keys = {question.key for question in questions()}
        kept = {key: told for key, told in read().items() if key in keys}
        write(kept | findings.answers, [asker.name for asker in shop.askers])
    assert not findings.wrong, "\n".join(findings.wrong[:60])
    different = differences(read(), findings.answers)
    assert not different, f"{HOW}\n" + "\n".join(different[:60])


def test_the_table_has_no_line_for_a_door_that_is_no_longer_there() -> None:
    assert set(read()) <= {question.key for question in questions()}


@pytest.mark.django_db
def test_a_row_that_is_different_is_noticed() -> None:
    from tests.world import make_store

    before, counter = written.contents(), written.counted()
    make_store("Bergen")

    assert written.counted() > counter
    assert [table for table, rows in written.contents().items() if rows != before[table]] == ["accounts_store"]
