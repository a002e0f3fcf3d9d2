"""What was written down is sealed: whoever changes, takes away or slips in a row behind the actions is found out."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from stamkunde.events.actions import delete_happenings
from stamkunde.events.chains import AMENDMENTS, HAPPENINGS
from stamkunde.events.models import Amendment, Happening, Seal
from stamkunde.events.sealing import amend, broken, seal_some
from stamkunde.events.tests.test_publish import pour
from stamkunde.kit.chains import row_digest

pytestmark = pytest.mark.django_db


def sealed(cups: int = 5) -> list[Happening]:
    poured = [pour(f"guest {number}") for number in range(cups)]
    assert seal_some(HAPPENINGS, poured[-1].pk) == cups
    return poured


def test_what_nobody_touched_is_as_it_was_sealed() -> None:
    sealed()
    sealed()

    assert list(broken(HAPPENINGS)) == []
    assert [seal.number for seal in Seal.objects.order_by("number")] == [1, 2]


def test_each_row_is_sealed_once() -> None:
    poured = sealed()

    assert seal_some(HAPPENINGS, poured[-1].pk) == 0
    assert seal_some(HAPPENINGS, pour().pk) == 1


def test_rows_that_may_still_be_joined_by_others_wait() -> None:
    poured = [pour(), pour(), pour()]

    assert seal_some(HAPPENINGS, poured[1].pk) == 2
    assert Seal.objects.get().last_id == poured[1].pk


def test_few_rows_wait_for_more() -> None:
    last = [pour(), pour()][-1]

    assert seal_some(HAPPENINGS, last.pk, at_least=3) == 0
    assert not Seal.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(details={"cup_id": 2}),
        lambda row: row.update(actor_label="Somebody else"),
        lambda row: row.update(at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda row: row.update(customer_id=None),
        lambda row: row.delete(),
    ],
    ids=["details", "who", "when", "whose", "gone"],
)
def test_a_change_behind_the_actions_is_told_by_the_rows_number(change: Callable[..., object]) -> None:
    poured = sealed()

    change(Happening.objects.filter(pk=poured[2].pk))

    (finding,) = broken(HAPPENINGS)
    assert str(poured[2].pk) in finding


def test_a_row_that_slips_in_later_is_told() -> None:
    poured = sealed()
    gap = poured[2]
    Happening.objects.filter(pk=gap.pk).delete()
    Seal.objects.all().delete()
    assert seal_some(HAPPENINGS, poured[-1].pk) == 4

    gap.save(force_insert=True)

    (finding,) = broken(HAPPENINGS)
    assert str(gap.pk) in finding


def test_what_is_let_go_of_by_the_rules_is_no_finding() -> None:
    poured = sealed()

    delete_happenings([poured[0].pk, poured[3].pk])

    assert list(broken(HAPPENINGS)) == []
    assert Amendment.objects.get().row_ids == [poured[0].pk, poured[3].pk]


def test_only_the_rows_that_were_let_go_of_may_be_gone() -> None:
    poured = sealed()
    delete_happenings([poured[0].pk, poured[3].pk])

    Happening.objects.filter(pk=poured[1].pk).delete()

    (finding,) = broken(HAPPENINGS)
    assert str(poured[1].pk) in finding


def test_an_amendment_is_sealed_itself() -> None:
    poured = sealed()
    delete_happenings([poured[0].pk])
    amendment = Amendment.objects.get()
    assert seal_some(AMENDMENTS, amendment.pk) == 1

    Amendment.objects.update(row_ids=[poured[0].pk, poured[1].pk])

    assert list(broken(AMENDMENTS))


def test_a_seal_that_is_taken_away_or_written_anew_does_not_fit() -> None:
    sealed()
    sealed()
    sealed()
    Seal.objects.filter(number=2).delete()
    assert list(broken(HAPPENINGS))


def test_a_seal_made_to_fit_a_changed_row_does_not_fit_the_next() -> None:
    poured = sealed()
    sealed()
    Happening.objects.filter(pk=poured[0].pk).update(actor_label="Somebody else")
    row = Happening.objects.values_list("pk", *HAPPENINGS.columns).get(pk=poured[0].pk)
    first = Seal.objects.get(number=1)
    first.digests = row_digest(row) + bytes(first.digests)[8:]
    first.save()

    assert list(broken(HAPPENINGS))


def test_of_two_that_seal_at_once_one_does() -> None:
    sealed()
    last = Seal.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(
            chain=last.chain,
            number=last.number,
            first_id=last.last_id + 1,
            last_id=last.last_id + 1,
            numbers=b"",
            digests=b"",
            digest=b"",
            sealed_at=last.sealed_at,
        )


def test_many_amended_rows_are_written_in_portions() -> None:
    amend(HAPPENINGS, range(1, 2_502), Amendment.Reason.UNDONE)

    assert [len(one.row_ids) for one in Amendment.objects.order_by("pk")] == [1_000, 1_000, 501]


def test_nothing_amended_is_not_written() -> None:
    amend(HAPPENINGS, [], Amendment.Reason.OVER)

    assert not Amendment.objects.exists()
