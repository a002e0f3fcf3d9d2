"""Mailboxes set up by somebody: where mail is read and sent, how we sign in, and how mail is handed in and signed."""

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language, Team
from stamkunde.conversations import intake_tokens
from stamkunde.conversations.credentials import DKIM_KEY, SECRET, Account
from stamkunde.conversations.events.mail import MailboxAdded, MailboxChanged
from stamkunde.conversations.mail.addresses import comparable
from stamkunde.conversations.models import Assigning, Mailbox, MailSecurity, SignIn
from stamkunde.conversations.refusals import ConversationRefused, Stale
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.sealing import seal

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]+")
SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
KEY_BITS = 2_048
# What belongs to the folder that is read: another one has numbers of its own.
OF_THE_FOLDER = ("imap_host", "imap_folder", "user_name")


@dataclass(frozen=True, kw_only=True)
class MailboxValues:
    """What is set of a mailbox. A secret left empty stays as it is; the four of an account belong together."""

    name: str
    address: str
    is_used: bool = True
    team_id: int | None = None
    assigning: str = Assigning.NOBODY
    language: str = ""
    signature: str = ""
    acknowledges: bool = False
    megabytes: int = 30
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = MailSecurity.TLS
    imap_folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = MailSecurity.STARTTLS
    sign_in: str = SignIn.PASSWORD
    user_name: str = ""
    password: str = ""
    account_address: str = ""
    account_client: str = ""
    account_secret: str = ""
    account_refresh_token: str = ""
    account_scope: str = ""
    receiver: str = ""
    dkim_selector: str = ""


@action
def add_mailbox(values: MailboxValues, *, by: Actor) -> Mailbox:
    mailbox = Mailbox()
    _fill(mailbox, values)
    try:
        with transaction.atomic():
            mailbox.save(force_insert=True)
    except IntegrityError as error:
        raise _already_there(mailbox.address) from error
    publish(MailboxAdded(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=by)
    return mailbox


@action
def change_mailbox(mailbox: Mailbox, values: MailboxValues, *, version: int, by: Actor) -> Mailbox:
    """Change a mailbox as it was seen. Whoever reads it just now stops, and it is looked into anew at once."""
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if row.version != version:
        raise Stale
    folder = [getattr(row, name) for name in OF_THE_FOLDER]
    _fill(row, values)
    if folder != [getattr(row, name) for name in OF_THE_FOLDER]:
        row.uid_validity, row.last_uid = None, 0
        # Of another folder all is new; of the same one at another server only what came since.
        if folder[1] != row.imap_folder:
            row.read_at = None
    row.look_at, row.leased_by, row.leased_until = None, "", None
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _already_there(row.address) from error
    publish(MailboxChanged(mailbox_id=row.pk, mailbox_name=row.name), by=by)
    return row


@action
def draw_intake_token(mailbox: Mailbox, *, by: Actor) -> str:
    """Draw a new token for handing mail in, and return it; the former one opens nothing any more."""
    token, digest = intake_tokens.drawn()
    Mailbox.objects.filter(pk=mailbox.pk).update(intake_digest=digest)
    publish(MailboxChanged(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=by)
    return token


@action
def end_intake_token(mailbox: Mailbox, *, by: Actor) -> None:
    if Mailbox.objects.filter(pk=mailbox.pk).exclude(intake_digest="").update(intake_digest=""):
        publish(MailboxChanged(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=by)


def make_dkim_key(mailbox: Mailbox, *, by: Actor) -> None:
    """Make a key that signs the mailbox's mail; a former one signs nothing any more."""
    if not mailbox.dkim_selector:
        raise ConversationRefused(_("Write a name for the key first, such as shop2026, and save it."), "dkim_selector")
    # It takes a while, in which nobody else should wait for the database.
    key = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    _keep_dkim_key(mailbox, seal(pem, purpose=DKIM_KEY), by=by)


@action
def _keep_dkim_key(mailbox: Mailbox, sealed: str, *, by: Actor) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(dkim_key=sealed)
    publish(MailboxChanged(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=by)


def _fill(mailbox: Mailbox, values: MailboxValues) -> None:
    name = " ".join(values.name.split())[:80]
    if not name:
        raise ConversationRefused(_("Write a name for the mailbox, such as “Customer service”."), "name")
    address = (comparable(values.address) or "").lower()
    if not address or len(address) > 254:
        raise ConversationRefused(
            _("This is not a complete e-mail address; one looks like name@example.com."), "address"
        )
    mailbox.name, mailbox.address, mailbox.is_used = name, address, values.is_used
    mailbox.team = _team(values.team_id)
    mailbox.assigning = _chosen(values.assigning, Assigning.values, "assigning")
    mailbox.language = _chosen(values.language, ["", *Language.values], "language")
    mailbox.signature = values.signature.strip()[:2_000]
    mailbox.acknowledges = values.acknowledges
    if not 1 <= values.megabytes <= 100:
        raise ConversationRefused(_("Write a size from 1 to 100 megabytes."), "megabytes")
    mailbox.megabytes = values.megabytes
    mailbox.imap_host = _host(values.imap_host, "imap_host")
    mailbox.smtp_host = _host(values.smtp_host, "smtp_host")
    mailbox.imap_port = _port(values.imap_port, "imap_port", is_used=bool(mailbox.imap_host))
    mailbox.smtp_port = _port(values.smtp_port, "smtp_port", is_used=bool(mailbox.smtp_host))
    mailbox.imap_security = _chosen(values.imap_security, MailSecurity.values, "imap_security")
    mailbox.smtp_security = _chosen(values.smtp_security, MailSecurity.values, "smtp_security")
    mailbox.imap_folder = values.imap_folder.strip()[:120] or "INBOX"
    mailbox.receiver = _host(values.receiver, "receiver")
    selector = values.dkim_selector.strip().lower()
    if selector and SELECTOR.fullmatch(selector) is None:
        raise ConversationRefused(_("The name of a key is made of small letters, digits and dashes."), "dkim_selector")
    mailbox.dkim_selector = selector
    _fill_sign_in(mailbox, values)


def _fill_sign_in(mailbox: Mailbox, values: MailboxValues) -> None:
    before = mailbox.sign_in if mailbox.pk else ""
    mailbox.sign_in = _chosen(values.sign_in, SignIn.values, "sign_in")
    mailbox.user_name = values.user_name.strip()[:254]
    kept = mailbox.secret if before == mailbox.sign_in else ""
    has_server = bool(mailbox.imap_host or mailbox.smtp_host)
    if mailbox.sign_in == SignIn.NONE:
        mailbox.secret = ""
        return
    if has_server and not mailbox.user_name:
        raise ConversationRefused(_("Write the user name; it is often the address itself."), "user_name")
    if mailbox.sign_in == SignIn.PASSWORD:
        mailbox.secret = seal(values.password, purpose=SECRET) if values.password else kept
        if has_server and not mailbox.secret:
            raise ConversationRefused(_("Write the password by which the mailbox is opened."), "password")
        return
    parts = (
        values.account_address.strip(),
        values.account_client.strip(),
        values.account_secret.strip(),
        values.account_refresh_token.strip(),
    )
    if values.account_refresh_token.strip():
        if not (parts[0].startswith("https://") and parts[1]):
            raise ConversationRefused(
                _("Write the provider's address for tokens, which begins with https://, and the client."),
                "account_address",
            )
        mailbox.secret = Account(*parts, scope=values.account_scope.strip()).sealed()
        return
    if any(parts):
        raise ConversationRefused(
            _("Write the token for renewing too: all that belongs to the account is kept together."),
            "account_refresh_token",
        )
    mailbox.secret = kept
    if has_server and not kept:
        raise ConversationRefused(_("Write what the provider of the account gave you."), "account_refresh_token")


def _team(number: int | None) -> Team | None:
    if number is None:
        return None
    team = Team.objects.filter(pk=number).first()
    if team is None:
        raise ConversationRefused(_("That team is not there any more. Choose another one."), "team")
    return team


def _chosen(value: str, choices: list[str], field: str) -> str:
    if value not in choices:
        raise ConversationRefused(_("Choose one of those on the list."), field)
    return value


def _host(written: str, field: str) -> str:
    host = written.strip().lower().rstrip(".")
    if host and HOST.fullmatch(host) is None:
        raise ConversationRefused(_("Write the name of the mail server, such as imap.example.org."), field)
    return host


def _port(port: int, field: str, *, is_used: bool) -> int:
    if not 1 <= port <= 65_535 or (is_used and port not in settings.MAIL_PORTS):
        raise ConversationRefused(_("Mail servers on port %(port)s cannot be used from here.") % {"port": port}, field)
    return port


def _already_there(address: str) -> ConversationRefused:
    return ConversationRefused(_("There is a mailbox %(address)s already.") % {"address": address}, "address")
