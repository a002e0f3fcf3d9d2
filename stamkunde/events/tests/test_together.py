"""Actions that are one: all are kept or none, and what is read before the first of them keeps nobody waiting."""

import pytest
from django.db import connection

from stamkunde.events.models import Happening
from stamkunde.events.publishing import action, together
from stamkunde.events.tests.test_publish import pour


class Spilt(Exception):
    """Something went wrong after the cup was poured."""


@action
def pour_and_spill(guest: str) -> None:
    pour(guest)
    raise Spilt


@action(is_step=True)
def serve(guest: str) -> None:
    pour(guest)


def guests() -> list[str]:
    return list(Happening.objects.order_by("pk").values_list("words", flat=True))


@pytest.mark.django_db(transaction=True)
def test_the_transaction_begins_with_the_first_action_and_ends_with_the_block() -> None:
    with together():
        guests()
        assert not connection.in_atomic_block
        pour("Kari")
        assert connection.in_atomic_block
        pour("Ola")
    assert not connection.in_atomic_block
    assert guests() == ["kari", "ola"]


@pytest.mark.django_db(transaction=True)
def test_when_the_block_fails_nothing_of_its_actions_is_kept() -> None:
    with pytest.raises(Spilt), together():
        pour("Kari")
        serve("Ola")
        raise Spilt
    assert guests() == []
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_first_action_that_fails_and_is_caught_leaves_no_trace_and_the_block_goes_on() -> None:
    with together():
        with pytest.raises(Spilt):
            pour_and_spill("Kari")
        assert not connection.in_atomic_block
        pour("Ola")
    assert guests() == ["ola"]


@pytest.mark.django_db(transaction=True)
def test_a_later_action_that_fails_and_is_caught_takes_only_its_own_back() -> None:
    with together():
        pour("Kari")
        with pytest.raises(Spilt):
            pour_and_spill("Ola")
        pour("Sven")
    assert guests() == ["kari", "sven"]


@pytest.mark.django_db(transaction=True)
def test_a_block_without_an_action_begins_nothing_and_the_next_one_is_a_new_one() -> None:
    with together():
        guests()
    with pytest.raises(Spilt), together():
        pour("Kari")
        raise Spilt
    pour("Ola")
    assert guests() == ["ola"]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_that_somebody_holds_the_block_is_a_part_of_it() -> None:
    @action
    def whole() -> None:
        pour("Kari")
        with pytest.raises(Spilt), together():
            pour("Ola")
            raise Spilt

    whole()
    assert guests() == ["kari"]


@pytest.mark.django_db(transaction=True)
def test_a_step_alone_is_a_transaction_of_its_own() -> None:
    serve("Kari")
    assert guests() == ["kari"]
    assert not connection.in_atomic_block
