"""The tests' own ground: what one test commits, the next does not see, and what migrations made stays."""

import pytest
from django.contrib.contenttypes.models import ContentType

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import VatRate


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_rows_of_migrations_outlive_a_test_that_commits(turn):
    assert VatRate.objects.exists()
    assert not Store.objects.exists()
    Store.objects.create(name="Majorstuen")


@pytest.mark.django_db
def test_they_are_there_for_other_tests_too():
    assert VatRate.objects.exists()
    assert ContentType.objects.exists()
    assert not Store.objects.exists()
