"""Regular work about conversations."""

from django.utils.translation import gettext_lazy

from stamkunde.conversations.actions import sweep_files, wake_conversations
from stamkunde.conversations.models import Mailbox
from stamkunde.conversations.sending import Turn, mailboxes_with_work
from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.regular import regular
from stamkunde.jobs.schedules import every

LONGEST_TURN_SECONDS = 60.0


@regular
def wake() -> int:
    """Let conversations be due again that were put off until now."""
    return wake_conversations()


@regular
def send_due_mail() -> int:
    """Let each mailbox be sent from that has something to send: one that hangs keeps no other one waiting."""
    for mailbox_id in mailboxes_with_work():
        send_mail.enqueue_once(f"mailbox:{mailbox_id}", mailbox_id=mailbox_id)
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


@every(minutes=30)
@job(name="conversations.sweep_files", title=gettext_lazy("Sweeping away left-over files of conversations"))
def sweep_left_over_files(context: JobContext) -> None:
    context.report(sweep_files(), 0)
