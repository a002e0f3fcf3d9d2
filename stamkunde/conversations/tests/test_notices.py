"""What is amiss with mail is told on the first page of the day, to whoever can do something about it."""

from datetime import timedelta

import pytest

from stamkunde.conversations.actions.automatic import MANY, is_flood
from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
from stamkunde.conversations.models import Mailbox, RawMail, RawMailState
from stamkunde.conversations.queries.notices import mail_notices
from stamkunde.conversations.tests.talking import mailbox
from stamkunde.events.models import Happening
from stamkunde.kit.clock import now
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_where_all_is_well_nothing_is_said(world: World) -> None:
    mailbox()
    assert mail_notices(world.liga) == []


def test_a_mail_that_was_set_aside_is_told(world: World) -> None:
    store_raw_mail(b"nothing of a mail", Arrival(mailbox=mailbox()))
    RawMail.objects.update(state=RawMailState.QUARANTINED, reason="broken")

    assert "1 mail could not be read and was set aside." in signed_in(world.liga).get("/").content.decode()
    assert mail_notices(world.liga)[0].url == "/mails/set-aside/"
    assert mail_notices(world.ola) == []


def test_a_breaker_that_tripped_is_told_for_a_day(world: World) -> None:
    for _mail in range(MANY):
        is_flood(mailbox(), "robot@example.org")
    assert "not answered by itself any more" in mail_notices(world.liga)[0].sentence
    assert mail_notices(world.ola) == []

    Happening.objects.filter(name="conversations.automatic_answers_stopped").update(at=now() - timedelta(hours=25))
    assert mail_notices(world.liga) == []


@pytest.mark.parametrize("name", ["failing_since", "sending_failing_since"])
def test_a_mailbox_that_fails_for_longer_is_told_with_the_reason(world: World, name: str) -> None:
    box = mailbox()
    reason = {"failure": "It hangs.", "sending_failure": "It hangs."}
    Mailbox.objects.filter(pk=box.pk).update(**{name: now() - timedelta(minutes=9), **reason})
    assert mail_notices(world.liga) == []

    Mailbox.objects.filter(pk=box.pk).update(**{name: now() - timedelta(minutes=11)})
    (notice,) = mail_notices(world.liga)
    assert "It hangs." in notice.sentence and notice.url == f"/settings/mailboxes/{box.pk}/"

    Mailbox.objects.filter(pk=box.pk).update(is_used=False)
    assert mail_notices(world.liga) == []
