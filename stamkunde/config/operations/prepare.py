"""Make ready what a start needs, doing only what has changed since the last one: translations, static files, tables."""

import hashlib
import logging
import os
from pathlib import Path

import polib
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from stamkunde.config.operations.backup import make_backup

log = logging.getLogger("stamkunde.prepare")


def prepare() -> None:
    compile_translations()
    collect_static_files()
    migrate()


def compile_translations() -> None:
    """Compile each catalogue of translations that has changed; gettext's own compiler need not be there."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
                continue
            # Two processes may start at once: each writes its own file, and either result is right.
            draft = source.with_suffix(f".{os.getpid()}.mo")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(compiled)


def collect_static_files() -> None:
    """Collect and hash the modules' static files unless none has changed."""
    stamp = settings.STATIC_ROOT / ".collected"
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            with storage.open(name) as file:
                state.update(name.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    if stamp.is_file() and stamp.read_text() == state.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state.hexdigest())


def migrate() -> None:
    """Bring the tables up to this version; refuse a database that a newer version has written."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {str(error).strip()}") from error
    if unknown := unknown_migrations(set(executor.loader.applied_migrations)):
        raise CommandError(
            f"This database was written by a newer version of Stamkunde (it has {unknown[0]}). Start that version, "
            "or restore a backup made by this one. Nothing has been changed."
        )
    if waits(executor):
        save_first(set(executor.loader.applied_migrations))
        call_command("migrate", interactive=False, verbosity=0)


def waits(executor: MigrationExecutor) -> bool:
    """Return whether a migration waits; the command takes seconds of reckoning to find out that none does."""
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def save_first(applied: set[tuple[str, str]]) -> None:
    """Save a shop that is in use before its tables are changed, so that there is a way back."""
    if not settings.BACKUP_BEFORE_UPGRADE or not is_in_use(applied):
        return
    log.warning("A new version: the shop is saved before its tables are brought up to date.")
    try:
        file = make_backup(settings.HOME / "backups")
    except CommandError as error:
        raise CommandError(
            f"The shop could not be saved before the upgrade, which was not begun. {error} If you have saved it "
            "yourself, start once with STAMKUNDE_BACKUP_BEFORE_UPGRADE=no."
        ) from error
    log.warning("Saved as %s. To return, restore it with the former version.", file.name)


def is_in_use(applied: set[tuple[str, str]]) -> bool:
    """Return whether anybody can sign in at this shop, whatever shape its tables have."""
    if not any(app == "accounts" for app, _name in applied):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_user LIMIT 1")
        return cursor.fetchone() is not None


def unknown_migrations(applied: set[tuple[str, str]]) -> list[str]:
    """Return which migrations of our own modules this version does not have."""
    known = MigrationLoader(None).disk_migrations
    ours = {app for app, _ in known}
    return sorted(f"{app} {name}" for app, name in applied if app in ours and (app, name) not in known)
