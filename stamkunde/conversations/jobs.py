"""Regular work about conversations."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy

from stamkunde.conversations.actions import sweep_files, wake_conversations
from stamkunde.conversations.actions.automatic import clear_automatic_answers
from stamkunde.conversations.channels import CHANNELS
from stamkunde.conversations.fetching import fetch_mails
from stamkunde.conversations.models import Mailbox
from stamkunde.conversations.reading_mail import read_mails
from stamkunde.conversations.sending import Turn
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.regular import beside, regular
from stamkunde.jobs.schedules import daily, every

LONGEST_TURN_SECONDS = 60.0


@regular
def wake() -> int:
    """Let conversations be due again that were put off until now."""
    return wake_conversations()


@regular
def send_due() -> int:
    """Let each channel send from whatever has something to send: one mailbox that hangs keeps no other one waiting."""
    for way in CHANNELS:
        for number in way.with_work():
            TRANSPORTS[way.transport](number)
    return 0


# Somebody waits for an answer: it goes before work that takes long.
@job(name="conversations.send_mail", title=gettext_lazy("Sending mail"), priority=5)
def send_mail(context: JobContext, *, mailbox_id: int) -> None:
    """Send what waits in one mailbox."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        return
    turn = Turn(
        mailbox,
        owner=f"{context.job_id}:{context.attempt}",
        fence=lambda: context.report(turn.sent, 0),
        should_stop=lambda: context.should_stop,
    )
    turn.run(LONGEST_TURN_SECONDS)


def _send_mail_of(mailbox_id: int) -> None:
    send_mail.enqueue_once(f"mailbox:{mailbox_id}", mailbox_id=mailbox_id)


# What begins the transport that a channel names, for one of the numbers that it says have something to send.
TRANSPORTS: dict[str, Callable[[int], None]] = {send_mail.kind.name: _send_mail_of}


@beside
def fetch_mail() -> int:
    """Fetch mail from the servers of the mailboxes; one that does not answer keeps nothing else waiting."""
    return fetch_mails()


@beside
def read_mail() -> int:
    """Read mails that have come; one that takes long keeps nothing else waiting."""
    return read_mails()


@daily(at="03:25")
@job(name="conversations.clear_answers", title=gettext_lazy("Forgetting who was answered automatically"))
def forget_automatic_answers(context: JobContext) -> None:
    cleared = 0
    while some := clear_automatic_answers():
        cleared += some
        context.report(cleared, 0)


@every(minutes=30)
@job(name="conversations.sweep_files", title=gettext_lazy("Sweeping away left-over files of conversations"))
def sweep_left_over_files(context: JobContext) -> None:
    context.report(sweep_files(), 0)
