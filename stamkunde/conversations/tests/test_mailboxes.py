"""Mailboxes are set up, tried and looked after; what opens them is never shown again."""

import json

import pytest

from stamkunde.conversations import intake_tokens
from stamkunde.conversations.actions.mailboxes import MailboxValues, add_mailbox, change_mailbox
from stamkunde.conversations.credentials import SECRET, credentials, dkim_key_of
from stamkunde.conversations.mail.signing import Signer
from stamkunde.conversations.mailbox_form import PLAIN
from stamkunde.conversations.mailbox_state import REASONS, fares_of, try_connection
from stamkunde.conversations.models import Mailbox, RawMail, RawMailState, SignIn
from stamkunde.conversations.reading_mail import read_mails
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.conversations.tests.arriving import arrived, shop_mailbox, written
from stamkunde.conversations.tests.sending import set_up
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.sealing import unseal
from tests.machine import Machine
from tests.mail_server import MailServer
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db

VALUES = MailboxValues(
    name="Customer service", address="Post@Shop.example", imap_host="imap.shop.example", user_name="post",
    password="a lantern",
)  # fmt: skip


def changed(**values: object) -> MailboxValues:
    return MailboxValues(**{**vars(VALUES), **values})


def test_a_mailbox_is_set_up_with_its_password_sealed() -> None:
    box = add_mailbox(VALUES, by=SYSTEM)
    box.refresh_from_db()
    assert (box.address, box.imap_host) == ("post@shop.example", "imap.shop.example")
    assert unseal(box.secret, purpose=SECRET) == "a lantern"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"address": "nobody"}, "address"),
        ({"imap_host": "imap shop"}, "imap_host"),
        ({"imap_port": 22}, "imap_port"),
        ({"password": ""}, "password"),
        ({"user_name": ""}, "user_name"),
        ({"megabytes": 0}, "megabytes"),
        ({"sign_in": "magic"}, "sign_in"),
        ({"sign_in": SignIn.OAUTH}, "account_refresh_token"),
        ({"sign_in": SignIn.OAUTH, "account_client": "c"}, "account_refresh_token"),
        ({"sign_in": SignIn.OAUTH, "account_refresh_token": "r"}, "account_address"),
        ({"dkim_selector": "a b"}, "dkim_selector"),
        ({"team_id": 99}, "team"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_set_up(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConversationRefused) as refusal:
        add_mailbox(changed(**values), by=SYSTEM)
    assert refusal.value.field == field
    assert not Mailbox.objects.exists()


def test_one_address_is_one_mailbox() -> None:
    add_mailbox(VALUES, by=SYSTEM)
    with pytest.raises(ConversationRefused, match="already"):
        add_mailbox(changed(name="Again"), by=SYSTEM)
    assert Mailbox.objects.count() == 1


def test_a_password_left_empty_stays_and_another_kind_of_signing_in_forgets_it() -> None:
    box = add_mailbox(VALUES, by=SYSTEM)
    box = change_mailbox(box, changed(password="", name="Service"), version=1, by=SYSTEM)
    assert credentials(box).password == "a lantern"
    box = change_mailbox(box, changed(sign_in=SignIn.NONE, password=""), version=2, by=SYSTEM)
    assert box.secret == ""
    with pytest.raises(ConversationRefused):
        change_mailbox(box, changed(password=""), version=3, by=SYSTEM)


def test_only_what_was_seen_is_changed() -> None:
    box = add_mailbox(VALUES, by=SYSTEM)
    change_mailbox(box, changed(name="One"), version=1, by=SYSTEM)
    with pytest.raises(Stale):
        change_mailbox(box, changed(name="Other"), version=1, by=SYSTEM)
    assert Mailbox.objects.get().name == "One"


def test_another_folder_is_read_from_its_beginning_and_whoever_reads_stops() -> None:
    box = add_mailbox(VALUES, by=SYSTEM)
    Mailbox.objects.update(uid_validity=7, last_uid=9, read_at=now(), leased_by="worker", leased_until=now())
    box = change_mailbox(box, changed(name="Same folder"), version=1, by=SYSTEM)
    assert (box.uid_validity, box.last_uid, box.leased_by) == (7, 9, "")
    box = change_mailbox(box, changed(imap_folder="Kunder"), version=2, by=SYSTEM)
    assert (box.uid_validity, box.last_uid, box.read_at) == (None, 0, None)


def test_how_a_mailbox_fares_is_counted_of_each() -> None:
    box, other = shop_mailbox(), shop_mailbox("andre@shop.example")
    arrived(written())
    arrived(written(From=None))
    arrived(written(), at=other)
    fares = fares_of([box, other])
    assert (fares[box.pk].received, fares[box.pk].read, fares[box.pk].set_aside) == (2, 1, 1)
    assert (fares[other.pk].skipped, fares[other.pk].read) == (1, 0)


def test_every_reason_that_a_mail_is_set_aside_for_can_be_said() -> None:
    from stamkunde.conversations.actions import raw_mails
    from stamkunde.conversations.mail.reading import Reason

    of_mail = {str(one) for one in Reason} | {raw_mails.BROKEN, raw_mails.GAVE_UP, raw_mails.BYTES_GONE}
    # Text messages are set aside for some of these, and for two of their own.
    assert of_mail | {"no number", "locked"} == set(REASONS)


# Pages.

FORM = {
    "name": "Customer service", "address": "post@shop.example", "is_used": "on", "assigning": "nobody", "language": "",
    "megabytes": "30", "imap_host": "imap.shop.example", "imap_port": "993", "imap_security": "tls",
    "imap_folder": "INBOX", "smtp_host": "", "smtp_port": "587", "smtp_security": "starttls", "sign_in": "password",
    "user_name": "post", "password": "a lantern", "receiver": "", "dkim_selector": "", "version": "1",
}  # fmt: skip


def test_a_mailbox_is_set_up_and_changed_on_its_page_and_never_shows_its_password(world: World) -> None:
    client = signed_in(world.liga)
    made = client.post("/settings/mailboxes/new/", FORM)
    box = Mailbox.objects.get()
    assert made.status_code == 302 and made["Location"] == f"/settings/mailboxes/{box.pk}/"
    assert b"Customer service" in client.get("/settings/mailboxes/").content
    page = client.get(f"/settings/mailboxes/{box.pk}/").content
    assert b"lantern" not in page and box.secret.encode() not in page

    client.post(f"/settings/mailboxes/{box.pk}/", FORM | {"password": "", "name": "Service"})
    box.refresh_from_db()
    assert box.name == "Service" and credentials(box).password == "a lantern"


def test_what_was_typed_is_not_lost_where_a_mailbox_is_refused(world: World) -> None:
    shown = signed_in(world.liga).post("/settings/mailboxes/new/", FORM | {"user_name": "", "signature": "Hilsen oss"})
    assert shown.status_code == 422
    assert b"Hilsen oss" in shown.content and b"user name" in shown.content and not Mailbox.objects.exists()


def test_trying_the_connection_says_what_failed(world: World) -> None:
    client = signed_in(world.liga)
    client.post("/settings/mailboxes/new/", FORM | {"imap_host": "127.0.0.1"})
    box = Mailbox.objects.get()
    shown = client.post(f"/settings/mailboxes/{box.pk}/try/", follow=True)
    assert b"inner network" in shown.content


def test_trying_tells_of_the_server_to_send_by_as_well(world: World, server: MailServer) -> None:
    box = set_up(server)
    tried = try_connection(box)
    assert tried.is_well and "Nothing was sent." in tried.said and not server.arrived

    box.smtp_port = 1
    failed = try_connection(box)
    assert not failed.is_well and failed.said.startswith("Sending: ")


def test_a_token_for_handing_mail_in_is_shown_once(world: World) -> None:
    client, box = signed_in(world.liga), shop_mailbox()
    shown = client.post(f"/settings/mailboxes/{box.pk}/token/").content.decode()
    token = shown[shown.index(intake_tokens.PREFIX) :].split("<")[0]
    assert intake_tokens.mailbox_of(token) == box
    assert token not in client.get(f"/settings/mailboxes/{box.pk}/").content.decode()
    client.post(f"/settings/mailboxes/{box.pk}/token/end/")
    assert intake_tokens.mailbox_of(token) is None


def test_a_key_that_signs_mail_is_made_and_its_line_for_dns_shown(world: World) -> None:
    client, box = signed_in(world.liga), shop_mailbox()
    client.post(f"/settings/mailboxes/{box.pk}/key/")
    box.refresh_from_db()
    assert box.dkim_key == ""
    Mailbox.objects.update(dkim_selector="shop2026")
    client.post(f"/settings/mailboxes/{box.pk}/key/")
    box.refresh_from_db()
    assert "PRIVATE" not in box.dkim_key
    assert Signer.of("butikk.example", "shop2026", dkim_key_of(box)).selector == "shop2026"
    page = client.get(f"/settings/mailboxes/{box.pk}/").content.decode()
    assert "shop2026._domainkey.butikk.example. IN TXT" in page and "PRIVATE KEY" not in page


def test_mails_set_aside_are_shown_with_the_reason_and_read_again(world: World, monkeypatch) -> None:
    client = signed_in(world.liga)
    assert b"Nothing was set aside" in client.get("/mails/set-aside/").content
    mail = arrived(written("<b>hi</b>", From=None))
    page = client.get("/mails/set-aside/")
    assert b"does not say whom it is from" in page.content and b"<b>hi" not in page.content
    original = client.get(f"/mails/set-aside/{mail.pk}/original/")
    assert original["Content-Disposition"].startswith("attachment") and original["X-Content-Type-Options"] == "nosniff"
    assert original.getvalue() == written("<b>hi</b>", From=None)

    client.post(f"/mails/set-aside/{mail.pk}/again/")
    mail.refresh_from_db()
    assert mail.state == RawMailState.STORED
    read_mails()
    client.post("/mails/set-aside/again/")
    assert RawMail.objects.get().state == RawMailState.STORED


def test_a_mail_that_was_read_is_nobodys_to_fetch_there(world: World) -> None:
    mail = arrived(written())
    assert signed_in(world.liga).get(f"/mails/set-aside/{mail.pk}/original/").status_code == 404


def test_every_setting_of_a_mailbox_stands_in_its_form() -> None:
    own = {field.name for field in Mailbox._meta.concrete_fields if field.editable and not field.primary_key}
    assert own == {*PLAIN, "team"}


# The door for machines.


def test_machines_set_mailboxes_up_and_look_after_them_alike(world: World) -> None:
    machine = Machine(world.liga)
    sent = {"name": "Service", "address": "post@shop.example", "imap_host": "imap.shop.example", "user_name": "p",
            "password": "a lantern"}  # fmt: skip
    made = machine.post("/mailboxes", sent)
    assert made.status_code == 201 and "lantern" not in made.content.decode()
    number = made.json()["id"]
    assert made.json()["has_secret"] and made.json()["version"] == 1
    put = machine.put(f"/mailboxes/{number}", sent | {"name": "Care", "password": ""})
    assert put.json()["name"] == "Care" and put.json()["has_secret"]
    assert machine.put(f"/mailboxes/{number}", sent | {"imap_port": 22}).status_code == 422
    token = machine.post(f"/mailboxes/{number}/intake-tokens").json()["token"]
    assert intake_tokens.mailbox_of(token) == Mailbox.objects.get()
    assert machine.delete(f"/mailboxes/{number}/intake-tokens").status_code == 204
    assert machine.post(f"/mailboxes/{number}/tries").json()["is_well"] is False
    assert machine.get("/mailboxes").json()["items"][0]["name"] == "Care"

    mail = arrived(written(From=None), at=Mailbox.objects.get())
    (aside,) = machine.get("/mails-set-aside").json()["items"]
    assert aside["reason"] == "no sender" and aside["id"] == mail.pk
    assert machine.post(f"/mails-set-aside/{mail.pk}/readings").json() == {"number": 1}
    assert machine.get(f"/mails-set-aside/{mail.pk}/content").status_code == 404
    assert json.dumps(aside)
