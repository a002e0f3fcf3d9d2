"""Bring a backup back into an empty place, or in place of what is there when that is said aloud.

Everything is read, compared and unpacked before anything is touched; the database is put in place last.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from stamkunde.accounts.models import SignIn
from stamkunde.config.operations.backup import DATABASE, make_backup, stored_files, verify
from stamkunde.config.operations.postgresql import load
from stamkunde.config.operations.prepare import unknown_migrations, waits
from stamkunde.conversations.actions.holding import hold_what_waits
from stamkunde.exchange.actions.tokens import end_token
from stamkunde.exchange.actions.webhooks import set_webhook_active
from stamkunde.exchange.models.token import Token
from stamkunde.exchange.models.webhook import Webhook
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.privacy.actions.erasing import erase_again

OPEN_ELSEWHERE = (
    "The shop is open: something else has the database in use. Close Stamkunde first. Nothing has been changed."
)


def restore(file: Path, *, force: bool = False) -> Path | None:
    """Bring the backup back; return the backup made of what was there before, when there was something."""
    saved = None
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as workshop:
        unpacked = Path(workshop)
        manifest = verify(file, into=unpacked)
        refuse_foreign(manifest["engine"], manifest["migrations"])
        if not is_empty():
            if not force:
                raise CommandError(
                    "There is a shop here already. Restore into an empty place, or add --force to replace it: "
                    "what is here is then saved as a backup first. Nothing has been changed."
                )
            refuse_while_open()
            saved = make_backup(home / "backups")
        replace_files(unpacked / "files")
        replace_database(unpacked / DATABASE)
    if waits(MigrationExecutor(connection)):
        call_command("migrate", interactive=False, verbosity=0)
    shut_all_doors()
    erase_again()
    return saved


def shut_all_doors() -> None:
    """End what was open when the backup was made: whoever was shut out since stays out, and nothing is told twice."""
    Session.objects.all().delete()
    SignIn.objects.filter(ended_at=None).update(ended_at=now())
    for token in Token.objects.select_related("owner").filter(ended_at=None):
        end_token(token, by=SYSTEM)
    for webhook in Webhook.objects.filter(is_active=True):
        set_webhook_active(webhook, is_active=False, by=SYSTEM)
    # What waited then may have gone out since.
    hold_what_waits(by=SYSTEM)


def refuse_foreign(engine: str, migrations: Iterable[str]) -> None:
    if engine != connection.vendor:
        raise CommandError(
            f"This backup is of a {engine} database and this shop uses {connection.vendor}: set DATABASE_URL to a "
            "database of the same kind. Nothing has been changed."
        )
    applied = {(app, name) for app, name in (migration.split(".", 1) for migration in migrations)}
    if unknown := unknown_migrations(applied):
        raise CommandError(
            f"This backup was made by a newer version of Stamkunde (it has {unknown[0]}). "
            "Install that version and restore there. Nothing has been changed."
        )


def is_empty() -> bool:
    """Return whether nothing would be lost here: no files, and no row in any table of ours that people fill."""
    if any(stored_files()):
        return False
    try:
        tables = set(connection.introspection.table_names())
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {str(error).strip()}") from error
    telling = ("accounts.user", "customers.customer", "catalogue.product", "sales.order")
    models = [model for model in apps.get_models() if model._meta.label_lower in telling]
    return not any(model._meta.db_table in tables and model._default_manager.exists() for model in models)


def refuse_while_open() -> None:
    """Refuse while another process has the SQLite file open: it would go on writing into the file that was replaced."""
    if connection.vendor != "sqlite":
        return
    file = str(connection.settings_dict["NAME"])
    connection.close()
    try:
        with closing(sqlite3.connect(file, timeout=0)) as alone:
            # Leaving the write-ahead log needs the file for oneself; it comes back with the next connection.
            alone.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise CommandError(OPEN_ELSEWHERE) from error


def replace_files(unpacked: Path) -> None:
    root = Path(settings.FILES_ROOT)
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    if unpacked.is_dir():
        shutil.move(unpacked, root)


def replace_database(unpacked: Path) -> None:
    if connection.vendor == "postgresql":
        load(unpacked)
        return
    connection.close()
    file = Path(connection.settings_dict["NAME"])
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    shutil.move(unpacked, file)
