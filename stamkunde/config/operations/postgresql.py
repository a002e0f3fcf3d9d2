"""PostgreSQL's own programs, which save and bring back a database better than anything written on top."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.core.management import CommandError
from django.db import connection


def dump(target: Path) -> None:
    """Write the database as it is at one instant."""
    call("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--file={target}")


def load(source: Path) -> None:
    """Replace what is in the database by the dump, all or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    call("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source))


def call(program: str, *arguments: str, database: str = "") -> None:
    """Run one of PostgreSQL's programs on the shop's database, or on another one of the same server."""
    settings = connection.settings_dict
    environment = os.environ | {
        name: str(settings[key])
        for name, key in {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}.items()
        if settings[key]
    }
    name = ["--dbname", database or str(settings["NAME"])]
    result = subprocess.run([found(program), *name, *arguments], env=environment, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        raise CommandError(f"{program} says: {result.stderr.strip()}")


def url_of(settings: Mapping[str, Any], name: str) -> str:
    """Return the address of another database of the same server, as `DATABASE_URL` is written."""
    who = ":".join(quote(str(settings[key]), safe="") for key in ("USER", "PASSWORD") if settings[key])
    query = {"host": settings["HOST"]} if settings["HOST"] else {}
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{who}@{port}/{quote(name)}?{urlencode(query)}"


def found(program: str) -> str:
    """Return where the newest of PostgreSQL's programs lies, on the path or where Debian keeps them."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    path = str(kept[-1]) if kept else shutil.which(program)
    if path is None:
        raise CommandError(f"{program} is missing on this machine. Install it with: apt-get install postgresql-client")
    return path
