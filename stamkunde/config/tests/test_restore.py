"""What a restore must see to besides the rows: doors that stay shut, an older backup, a shop that went on meanwhile."""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from stamkunde.accounts.models import SignIn
from stamkunde.accounts.roles import Role
from stamkunde.config.operations.backup import make_backup, verify
from stamkunde.config.operations.restore import restore
from stamkunde.customers.invariants import files_of_customers
from stamkunde.customers.models import Customer, StoredFile
from stamkunde.exchange.models.token import Token
from stamkunde.exchange.models.webhook import Webhook, WebhookMessage
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.privacy.actions.asking import ask_for_erasure
from stamkunde.privacy.actions.requests import RequestValues, receive_request
from stamkunde.privacy.invariants import INVARIANTS
from tests.world import World, make_staff, make_store, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def empty_the_place() -> None:
    call_command("flush", interactive=False, verbosity=0)
    for path in settings.FILES_ROOT.rglob("*"):
        if path.is_file():
            path.unlink()


def test_whoever_was_let_in_when_it_was_saved_is_not_let_in_again_and_nothing_is_told_twice(tmp_path):
    """N-12: somebody may have been shut out since, and what waited to be told may have been told since."""
    world = World()
    token = Token.objects.create(
        name="till", owner=world.liga, scopes=["customers:read"], prefix="stk_1", digest="d" * 64, made_by="Liga",
        made_at=now(),
    )  # fmt: skip
    webhook = Webhook.objects.create(
        name="books", url="https://books.example", events=["sales.order_placed"], sealed_secret="s", cursor=0,
        made_by="Liga", made_at=now(),
    )  # fmt: skip
    WebhookMessage.objects.create(webhook=webhook, event_id=1, lane=1, due_at=now())
    signed_in(world.liga)
    file = make_backup(tmp_path)
    empty_the_place()

    restore(file)

    assert Token.objects.get(pk=token.pk).ended_at is not None
    assert not Webhook.objects.get(pk=webhook.pk).is_active
    # It waits, and goes out when somebody starts the webhook again.
    assert WebhookMessage.objects.get().state == WebhookMessage.State.DUE
    assert not SignIn.objects.filter(ended_at=None).exists()


def test_whoever_was_erased_since_the_backup_is_erased_again(tmp_path):
    """N-7: the log of erasures lies outside the database and its backups, so a restore does not bring anybody back."""
    world = World()
    kari, sven = world.kari, world.sven
    file = make_backup(tmp_path)
    asked = RequestValues(kind="erasure", asked_by="By letter", identity="document")
    ask_for_erasure(receive_request(kari, asked, by=SYSTEM).pk, by=SYSTEM)
    run_due()
    assert list(Customer.objects.all()) == [sven]

    restore(file, force=True)

    assert list(Customer.objects.all()) == [sven]
    assert [problem for invariant in INVARIANTS for problem in invariant.check()] == []


def test_a_backup_of_an_older_version_is_brought_up_to_this_one(tmp_path):
    """N-5: the other way round it is refused, see test_backup."""
    Customer.objects.create(given_name="Åse", created_at=datetime.now(UTC))
    # One on which no other is built: each that is undone and done again is seconds of reckoning.
    call_command("migrate", "events", "0002", verbosity=0)
    file = make_backup(tmp_path)
    assert "events.0003_keys_that_begin_another_index" not in verify(file)["migrations"]
    call_command("migrate", verbosity=0)
    Customer.objects.all().delete()

    restore(file)

    assert Customer.objects.get().given_name == "Åse"
    applied = MigrationRecorder(connection).applied_migrations()
    assert ("events", "0003_keys_that_begin_another_index") in applied


def test_a_backup_made_while_letters_come_in_holds_every_file_it_names(tmp_path):
    """N-1: the database is copied first and the files after it, so no row points at a file that is not there."""
    letters: list[int] = []
    user, stop = make_staff("Ola", Role.CARE, make_store()), threading.Event()
    customer = Customer.objects.create(given_name="Kari", created_at=datetime.now(UTC))

    def letters_come_in() -> None:
        client = signed_in(user)
        try:
            while not stop.is_set() and len(letters) < 400:
                letter = SimpleUploadedFile(f"letter-{len(letters)}.txt", f"Dear shop {len(letters)}".encode())
                response = client.post(f"/customers/{customer.pk}/files/", {"file": letter})
                letters.append(response.status_code)
        finally:
            connection.close()

    post = threading.Thread(target=letters_come_in)
    post.start()
    while len(letters) < 5 and post.is_alive():
        stop.wait(0.01)
    file = make_backup(tmp_path)
    stop.set()
    post.join(30)
    assert set(letters) == {302}

    restore(file, force=True)

    assert 5 <= StoredFile.objects.count() <= len(letters)
    assert [finding for finding in files_of_customers() if "belongs to nothing" not in finding] == []


opened: list[str] = []
watching = threading.Event()


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and watching.is_set():
        opened.append(str(arguments[0]))


# A hook of this kind cannot be taken off again, so it listens only while it is asked to.
sys.addaudithook(watch)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL is dumped by its own program")
def test_the_living_database_is_never_copied_as_a_file(tmp_path):
    """N-14: a copy of the file taken while somebody writes may be torn; only SQLite itself may read it."""
    Customer.objects.create(given_name="Kari", created_at=datetime.now(UTC))
    living = Path(connection.settings_dict["NAME"])
    watching.set()
    try:
        make_backup(tmp_path)
    finally:
        watching.clear()

    assert any("backup" in path for path in opened)
    assert [path for path in opened if path.startswith(str(living))] == []
