"""Regular work about conversations."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.conversations.actions import sweep_files, wake_conversations
from stamkunde.conversations.actions.automatic import clear_automatic_answers
from stamkunde.conversations.actions.printing import cancel_run, drop_old_runs, settle_run
from stamkunde.conversations.channels import CHANNELS
from stamkunde.conversations.fetching import fetch_mails
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Mailbox, PrintRun, PrintState, TextLine
from stamkunde.conversations.paper.drawing import AddressUnfit
from stamkunde.conversations.print_runs import content_of_run
from stamkunde.conversations.reading_mail import read_mails
from stamkunde.conversations.reading_texts import read_texts
from stamkunde.conversations.sending import MailTurn
from stamkunde.conversations.sending_texts import TextTurn
from stamkunde.jobs.context import GiveUp, JobContext, Stopped
from stamkunde.jobs.declaring import job
from stamkunde.jobs.regular import beside, regular
from stamkunde.jobs.schedules import daily, every
from stamkunde.kit.actor import SYSTEM

LONGEST_TURN_SECONDS = 60.0
PORTION_OF_LETTERS = 20


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
    turn = MailTurn(
        mailbox,
        owner=f"{context.job_id}:{context.attempt}",
        fence=lambda: context.report(turn.sent, 0),
        should_stop=lambda: context.should_stop,
    )
    turn.run(LONGEST_TURN_SECONDS)


@job(name="conversations.send_texts", title=gettext_lazy("Sending text messages"), priority=5)
def send_texts(context: JobContext, *, text_line_id: int) -> None:
    """Send what waits at one line."""
    line = TextLine.objects.filter(pk=text_line_id).first()
    if line is None:
        return
    turn = TextTurn(
        line,
        owner=f"{context.job_id}:{context.attempt}",
        fence=lambda: context.report(turn.sent, 0),
        should_stop=lambda: context.should_stop,
    )
    turn.run(LONGEST_TURN_SECONDS)


def _send_mail_of(mailbox_id: int) -> None:
    send_mail.enqueue_once(f"mailbox:{mailbox_id}", mailbox_id=mailbox_id)


def _send_texts_of(text_line_id: int) -> None:
    send_texts.enqueue_once(f"text line:{text_line_id}", text_line_id=text_line_id)


# What begins the transport that a channel names, for one of the numbers that it says have something to send.
TRANSPORTS: dict[str, Callable[[int], None]] = {
    send_mail.kind.name: _send_mail_of,
    send_texts.kind.name: _send_texts_of,
}


# Somebody stands at the printer.
@job(name="conversations.make_print_run", title=gettext_lazy("Making letters ready to be printed"), priority=5)
def make_print_run(context: JobContext, *, run_id: int) -> None:
    """Draw the letters of a print run into one PDF; cancelled, they wait again."""
    run = PrintRun.objects.filter(pk=run_id, state=PrintState.MAKING).first()
    if run is None:
        return

    def told(done: int) -> None:
        if done % PORTION_OF_LETTERS == 0:
            context.report(done, run.number)
            context.check()

    context.report(0, run.number)
    try:
        content = content_of_run(run, told)
    except Stopped:
        if context.stop_reason == "cancel":
            cancel_run(run, by=SYSTEM)
        raise
    except AddressUnfit:
        cancel_run(run, by=SYSTEM, has_failed=True)
        raise GiveUp(_("An address does not fit into the window of the envelope any more.")) from None
    digest, size = STORE.keep_bytes(content)
    settle_run(run, digest, size)
    context.report(run.number, run.number)


@daily(at="03:35")
@job(name="conversations.drop_print_runs", title=gettext_lazy("Letting go of letters that were printed long ago"))
def drop_print_runs(context: JobContext) -> None:
    dropped = 0
    while some := drop_old_runs():
        dropped += some
        context.report(dropped, 0)


@beside
def fetch_mail() -> int:
    """Fetch mail from the servers of the mailboxes; one that does not answer keeps nothing else waiting."""
    return fetch_mails()


@beside
def read_mail() -> int:
    """Read mails that have come; one that takes long keeps nothing else waiting."""
    return read_mails()


@beside
def read_texts_handed_in() -> int:
    """Read what providers of text messages handed in; files of messages are fetched from them."""
    return read_texts()


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
