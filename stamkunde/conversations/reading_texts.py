"""Reading what providers handed in: each by one worker, and nothing that cannot be read keeps the next one waiting."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError

from stamkunde.conversations.actions.raw_texts import (
    BROKEN,
    MOST_ATTEMPTS,
    ROUND,
    put_off_reading,
    raw_texts_due,
    set_text_aside,
)
from stamkunde.conversations.actions.texts_in import TakenOver, key_of, write_down_texts
from stamkunde.conversations.channels.text.lines import account_of
from stamkunde.conversations.channels.text.providers import provider_of
from stamkunde.conversations.channels.text.providers.contract import FileNotFetched, Handed, LineTrouble, NotUnderstood
from stamkunde.conversations.models import Message, RawText
from stamkunde.conversations.values import FileValues
from stamkunde.kit.net import MOST_BYTES

logger = logging.getLogger("stamkunde.texts")

AT_ONCE = 20
MEGABYTE = 1_000_000
# A file that is not there yet is asked for again a little later, and then the message stands without it.
AGAIN_SECONDS = 20


def read_texts(most: int = AT_ONCE) -> int:
    """Read some of what was handed in, each in a transaction of its own; return how many."""
    rows = raw_texts_due(most)
    for raw in rows:
        read_raw_text(raw)
    return len(rows)


def read_raw_text(raw: RawText) -> None:
    """Read one that was leased: it becomes messages and reports, or is set aside with the reason.

    Only a database that does not answer is raised: then nothing was written, and it is read when the lease ends.
    """
    try:
        handed = provider_of(raw.text_line.provider).read(account_of(raw.text_line), raw.query, bytes(raw.body))
        files, missing = _files(raw, handed)
        if missing and raw.attempts % ROUND < MOST_ATTEMPTS:
            put_off_reading(raw, AGAIN_SECONDS)
            return
        write_down_texts(raw, handed, files, missing)
    except TakenOver:
        logger.info("Text %s is read by another worker.", raw.pk)
    except NotUnderstood as refusal:
        set_text_aside(raw, str(refusal))
    except LineTrouble as trouble:
        set_text_aside(raw, "locked", trouble)
    except (OperationalError, InterfaceError):
        raise
    except (Exception, RecursionError) as error:
        if isinstance(error, DatabaseError):
            logger.warning("Text %s holds something that the database does not take.", raw.pk)
        set_text_aside(raw, BROKEN, error)


def _files(raw: RawText, handed: Handed) -> tuple[dict[str, list[FileValues]], list[str]]:
    """Fetch the files of messages that are new here; return them by the message, and which lack one."""
    line = raw.text_line
    with_files = {key_of(line, text.number): text for text in handed.texts if text.files}
    known = set(Message.objects.filter(idempotency_key__in=with_files).values_list("idempotency_key", flat=True))
    provider, account = provider_of(line.provider), account_of(line)
    most = max(line.megabytes * MEGABYTE, MOST_BYTES // 2)
    files: dict[str, list[FileValues]] = {}
    missing: list[str] = []
    for key, text in with_files.items():
        if key in known:
            continue
        for there in text.files:
            try:
                files.setdefault(text.number, []).append(provider.fetch(account, there, most))
            except FileNotFetched:
                missing.append(text.number)
    return files, missing
