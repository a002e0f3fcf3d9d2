"""Reading the mails that wait: each by one worker, and none that cannot be read keeps the next one waiting."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.actions.mail_in import TakenOver, write_down
from stamkunde.conversations.actions.raw_mails import BROKEN, BYTES_GONE, raw_mails_due, set_aside
from stamkunde.conversations.files import STORE
from stamkunde.conversations.intake.preparing import Circumstances, Prepared, prepared
from stamkunde.conversations.mail.reading import Unreadable
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import Mailbox, RawMail

logger = logging.getLogger("stamkunde.mail")

AT_ONCE = 20
WESTERN = ("cp1252", "cp1257")
BALTIC = ("cp1257", "cp1252")


def read_mails(most: int = AT_ONCE) -> int:
    """Read some of the mails that wait, each in a transaction of its own; return how many."""
    mails = raw_mails_due(most)
    for mail in mails:
        read_raw_mail(mail)
    return len(mails)


def read_raw_mail(mail: RawMail) -> None:
    """Read one mail that was leased: it becomes a message, or is set aside with the reason.

    Only a database that does not answer is raised: then nothing was written, and the mail is read when the lease ends.
    """
    try:
        write_down(mail, _prepared(mail))
    except TakenOver:
        logger.info("Mail %s is read by another worker.", mail.pk)
    except Unreadable as refusal:
        set_aside(mail, refusal.reason, refusal.__cause__)
    except FileNotFoundError as error:
        set_aside(mail, BYTES_GONE, error)
    except (OperationalError, InterfaceError):
        raise
    except (Exception, RecursionError) as error:
        if isinstance(error, DatabaseError):
            logger.warning("Mail %s holds something that the database does not take.", mail.pk)
        set_aside(mail, BROKEN, error)


def _prepared(mail: RawMail) -> Prepared:
    with STORE.opened(mail.digest) as file:
        raw = file.read()
    return prepared(raw, circumstances_of(mail))


def circumstances_of(mail: RawMail) -> Circumstances:
    mailbox = mail.mailbox
    language = mailbox.language or the_shop().language
    return Circumstances(
        received_at=mail.received_at,
        own_addresses=list(Mailbox.objects.values_list("address", flat=True)),
        keys=answer_keys(),
        fallback_charsets=BALTIC if language == Language.LATVIAN else WESTERN,
        envelope_to=mail.envelope_to,
        receiver=mailbox.receiver,
        folder=mailbox.imap_folder if mail.uid is not None else "",
        is_whole=mail.is_whole,
    )
