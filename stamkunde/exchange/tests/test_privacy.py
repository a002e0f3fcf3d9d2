"""What imports know of a customer is given out and forgotten with her."""

import pytest

from stamkunde.customers.models import Customer
from stamkunde.exchange.invariants import INVARIANTS
from stamkunde.exchange.models import ImportChange, ImportRun
from stamkunde.exchange.privacy import changes_of, forget_keys, keys_of
from stamkunde.exchange.stored_files import path_of
from stamkunde.exchange.tests.files import imported, received
from stamkunde.kit.privacy import holding_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(world):
    assert world.store
    imported(received("key,name,title\nK7,Kari,Ms\nK8,Ola,Mr\n", kind="customers"))
    imported(received("key,name,title\nK7,Kari,Dr\n", kind="customers"))
    return Customer.objects.get(given_name="Kari")


def test_her_keys_and_former_values_are_given_out(kari):
    assert list(keys_of(kari.pk)) == [{"source": "old till", "key": "K7"}]
    assert list(changes_of(kari.pk)) == [{"former_values": {"title": "Ms"}}]


def test_they_are_forgotten_and_the_files_she_came_in_are_let_go_of(kari, django_capture_on_commit_callbacks):
    kept = [path_of(run.stored_as) for run in ImportRun.objects.all()]
    assert len(kept) == 2

    with django_capture_on_commit_callbacks(execute=True):
        forget_keys(kari.pk)
        holding_of(ImportChange).forget(kari.pk)

    assert not any(path.exists() for path in kept)
    assert set(ImportRun.objects.values_list("stored_as", flat=True)) == {""}
    assert list(keys_of(kari.pk)) == []
    assert list(changes_of(kari.pk)) == []
    assert list(keys_of(Customer.objects.get(given_name="Ola").pk)) == [{"source": "old till", "key": "K8"}]


def test_the_doctor_notices_a_kept_file_that_is_gone(world):
    assert world.store
    run = received("key,name\n1,Kari\n", kind="customers")
    assert [problem for invariant in INVARIANTS for problem in invariant.check() if run.stored_as in problem] == []

    path_of(run.stored_as).unlink()

    assert [problem for invariant in INVARIANTS for problem in invariant.check() if run.stored_as in problem]
