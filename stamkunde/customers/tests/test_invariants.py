import hashlib
import os
import time
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from stamkunde.customers.invariants import (
    INVARIANTS,
    customers_under_other_words,
    files_of_customers,
    words_nobody_would_find,
)
from stamkunde.customers.models import Customer, StoredFile
from stamkunde.customers.models.name_word import NameWord
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(world: World) -> StoredFile:
    """A file that Kari has given us, as it is stored."""
    content = b"Dear shop"
    file = StoredFile.objects.create(
        customer=world.kari,
        name="letter.txt",
        content_type="text/plain",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        added_by="Anna",
        added_at=datetime.now(UTC),
    )
    path = settings.FILES_ROOT / file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return file


def test_the_cast_is_well(world, letter):
    assert world.janis.pk and world.sven.pk
    assert [finding for invariant in INVARIANTS for finding in invariant.check()] == []


def test_a_customer_whose_words_are_not_hers_is_found_and_mended(world):
    Customer.objects.filter(pk=world.kari.pk).update(words="somebody else")
    (finding,) = customers_under_other_words()
    assert f"Customer {world.kari.pk} " in finding
    call_command("renew_search", verbosity=0)
    assert list(customers_under_other_words()) == []


def test_a_word_the_search_has_forgotten_is_found_and_mended(world):
    assert NameWord.objects.filter(word__in=world.kari.words.split()).delete()[0]
    (finding,) = words_nobody_would_find()
    assert f"customer {world.kari.pk} " in finding
    call_command("renew_search", verbosity=0)
    assert list(words_nobody_would_find()) == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps this index by itself")
def test_an_index_that_lost_a_customer_is_found_and_mended(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_search (customers_search, rowid, words) VALUES ('delete', %s, %s)",
            [world.kari.pk, world.kari.words],
        )
    (finding,) = words_nobody_would_find()
    assert "does not agree with the customers" in finding
    call_command("renew_search", verbosity=0)
    assert list(words_nobody_would_find()) == []


def test_a_file_that_is_gone_is_found(letter):
    (settings.FILES_ROOT / letter.path).unlink()
    assert list(files_of_customers()) == [f"The file {letter.path} is missing."]


def test_a_file_that_was_changed_is_found(letter):
    (settings.FILES_ROOT / letter.path).write_bytes(b"Dear shoq")
    (finding,) = files_of_customers()
    assert f"The file {letter.path} is not as it was stored" in finding


def test_a_file_that_belongs_to_nothing_is_found_once_no_upload_can_be_writing_it(letter):
    stray = settings.FILES_ROOT / "customers" / "aa" / "left"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"?")
    assert list(files_of_customers()) == []
    yesterday = time.time() - 86_400
    os.utime(stray, (yesterday, yesterday))
    assert list(files_of_customers()) == ["The file customers/aa/left belongs to nothing."]
