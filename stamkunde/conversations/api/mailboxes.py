"""Mailboxes and mails that were set aside, as machines set them up and look after them."""

from datetime import datetime
from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from pydantic import Field

from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Language
from stamkunde.conversations.access import (
    MANAGE,
    QUARANTINE,
    mail_set_aside_for,
    mailbox_for,
    mails_set_aside,
    visible_mailboxes,
)
from stamkunde.conversations.actions.mailboxes import (
    MailboxValues,
    add_mailbox,
    change_mailbox,
    draw_intake_token,
    end_intake_token,
    make_dkim_key,
)
from stamkunde.conversations.actions.raw_mails import read_again
from stamkunde.conversations.files import STORE
from stamkunde.conversations.mailbox_state import Fares, dns_lines, fares_of, said_reason, try_connection
from stamkunde.conversations.models import Assigning, Mailbox, MailSecurity, RawMail, SignIn
from stamkunde.kit.api.fields import Count, Flag, Given, Id, Limit, Line, Mark, PathId, Sent, Text, Word, query
from stamkunde.kit.api.pages import LIMIT, Listed, marks_of
from stamkunde.kit.api.routes import Routes
from stamkunde.kit.api.versions import seen_version, versioned
from stamkunde.kit.paging import Order, page

routes = Routes("Mailboxes", "The shop's e-mail addresses, how each fares, and mails that could not be read.")


class MailboxGiven(Given):
    """A mailbox, without what opens it. Numbers of mails are of those that are still kept as they came."""

    id: int
    name: str = Field(examples=["Customer service"])
    address: str = Field(examples=["post@shop.example"])
    is_used: bool
    team_id: int | None
    assigning: Assigning
    language: str
    signature: str
    acknowledges: bool = Field(description="Whether a first mail is answered by itself.")
    megabytes: int = Field(description="The largest mail that is kept whole.")
    imap_host: str
    imap_port: int
    imap_security: MailSecurity
    imap_folder: str
    smtp_host: str
    smtp_port: int
    smtp_security: MailSecurity
    sign_in: SignIn
    user_name: str
    has_secret: bool
    receiver: str
    dkim_selector: str
    dns_lines: list[str] = Field(description="What the domain has to publish for mail that is signed.")
    has_intake_token: bool
    received: int
    waiting: int
    read: int
    set_aside: int
    skipped: int
    read_at: datetime | None
    failing_since: datetime | None
    failure: str
    version: int


class Mailboxes(Given):
    items: list[MailboxGiven]


class MailboxSent(Sent):
    """A mailbox. What opens it is sent only where it changes; of an account all is sent together."""

    name: Line = Field(examples=["Customer service"])
    address: Line = Field(examples=["post@shop.example"])
    is_used: Flag = True
    team_id: Id | None = None
    assigning: Assigning = Assigning.NOBODY
    language: Language | None = None
    signature: Text = ""
    acknowledges: Flag = False
    megabytes: Count = 30
    imap_host: Line = ""
    imap_port: Count = 993
    imap_security: MailSecurity = MailSecurity.TLS
    imap_folder: Line = "INBOX"
    smtp_host: Line = ""
    smtp_port: Count = 587
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    sign_in: SignIn = SignIn.PASSWORD
    user_name: Line = ""
    password: Line = ""
    account_address: Line = ""
    account_client: Line = ""
    account_secret: Line = ""
    account_refresh_token: Text = ""
    account_scope: Line = ""
    receiver: Line = ""
    dkim_selector: Word = ""


class IntakeToken(Given):
    """A token for handing mail in; it is given this once."""

    token: str = Field(examples=["mail_…"])


class MailboxTried(Given):
    """What came of looking into the mailbox."""

    is_well: bool
    said: str


class MailSetAsideGiven(Given):
    """A mail that could not be read."""

    id: int
    mailbox_id: int
    reason: str = Field(examples=["no sender"])
    said: str = Field(examples=["It does not say whom it is from."])
    received_at: datetime
    size: int = Field(description="In bytes.")
    attempts: int


class ReadAgain(Given):
    number: int = Field(description="How many mails are read again.")


@routes.get("/mailboxes", MANAGE, Mailboxes)
def list_mailboxes(request: HttpRequest) -> Mailboxes:
    """List the mailboxes, and how each fares."""
    rows = list(visible_mailboxes(bearer(request)))
    fares = fares_of(rows)
    return Mailboxes(items=[_given(row, fares[row.pk]) for row in rows])


@routes.post("/mailboxes", MANAGE, MailboxGiven)
def add_mailbox_(request: HttpRequest, sent: MailboxSent) -> MailboxGiven:
    """Set up a mailbox."""
    return _one(request, add_mailbox(_values(sent), by=bearer(request).actor))


@routes.get("/mailboxes/{mailbox_id}", MANAGE, MailboxGiven)
def get_mailbox(request: HttpRequest, mailbox_id: PathId) -> MailboxGiven:
    """Read how a mailbox is set up and fares; what opens it is never given."""
    return _one(request, mailbox_for(bearer(request), mailbox_id))


@routes.put("/mailboxes/{mailbox_id}", MANAGE, MailboxGiven)
def change_mailbox_(request: HttpRequest, mailbox_id: PathId, sent: MailboxSent) -> MailboxGiven:
    """Set a mailbox up differently; what opens it stays as it is where it is left out."""
    user = bearer(request)
    found = mailbox_for(user, mailbox_id)
    version = seen_version(request, found.version)
    return _one(request, change_mailbox(found, _values(sent), version=version, by=user.actor))


@routes.post("/mailboxes/{mailbox_id}/tries", MANAGE, MailboxTried, 200, writes=False, goes_outside=True)
def try_mailbox(request: HttpRequest, mailbox_id: PathId) -> MailboxTried:
    """Look into the mailbox's folder once and sign in at the server it is sent by, and say what came of it."""
    return MailboxTried.model_validate(try_connection(mailbox_for(bearer(request), mailbox_id)))


@routes.post("/mailboxes/{mailbox_id}/intake-tokens", MANAGE, IntakeToken)
def draw_mailbox_token(request: HttpRequest, mailbox_id: PathId) -> IntakeToken:
    """Draw a token by which another program hands mail in; a former one opens nothing any more.

    Mail is handed in at `/hooks/mail/`, by `POST`, as `message/rfc822`, with the token in `Authorization: Bearer` and
    whom the envelope names in `X-Envelope-To`. The answer 202 comes when the mail is kept.
    """
    user = bearer(request)
    return IntakeToken(token=draw_intake_token(mailbox_for(user, mailbox_id), by=user.actor))


@routes.remove("/mailboxes/{mailbox_id}/intake-tokens", MANAGE)
def end_mailbox_token(request: HttpRequest, mailbox_id: PathId) -> None:
    """End the token by which mail is handed in."""
    user = bearer(request)
    end_intake_token(mailbox_for(user, mailbox_id), by=user.actor)


@routes.post("/mailboxes/{mailbox_id}/keys", MANAGE, MailboxGiven)
def make_mailbox_key(request: HttpRequest, mailbox_id: PathId) -> MailboxGiven:
    """Make a key that signs the mailbox's mail, and read what the domain has to publish."""
    user = bearer(request)
    make_dkim_key(mailbox_for(user, mailbox_id), by=user.actor)
    return _one(request, mailbox_for(user, mailbox_id))


@routes.get("/mails-set-aside", QUARANTINE, Listed[MailSetAsideGiven])
def list_mails_set_aside(
    request: HttpRequest, mark: Mark = query(""), limit: Limit = query(LIMIT)
) -> Listed[MailSetAsideGiven]:
    """List the mails that could not be read, the newest first."""
    rows = page(mails_set_aside(bearer(request)), Order("pk"), mark=mark, size=limit)
    return Listed[MailSetAsideGiven](items=[_aside(mail) for mail in rows.rows], **marks_of(rows))


@routes.get("/mails-set-aside/{mail_id}/content", QUARANTINE, bytes, gives_file=True)
def get_mail_set_aside(request: HttpRequest, mail_id: PathId) -> HttpResponseBase:
    """Fetch a mail as it came."""
    mail = mail_set_aside_for(bearer(request), mail_id)
    try:
        content = STORE.opened(mail.digest)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=f"mail-{mail.pk}.eml", content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return cast(HttpResponseBase, response)


@routes.post("/mails-set-aside/{mail_id}/readings", QUARANTINE, ReadAgain, 200)
def read_mail_again(request: HttpRequest, mail_id: PathId) -> ReadAgain:
    """Let a mail be read again, once what hindered it is mended."""
    user = bearer(request)
    return ReadAgain(number=read_again([mail_set_aside_for(user, mail_id).pk], by=user.actor))


def _values(sent: MailboxSent) -> MailboxValues:
    values: dict[str, Any] = sent.model_dump(exclude={"version"})
    return MailboxValues(**values | {"language": values["language"] or ""})


def _one(request: HttpRequest, mailbox: Mailbox) -> MailboxGiven:
    versioned(request, mailbox.version)
    return _given(mailbox, fares_of([mailbox])[mailbox.pk])


def _given(row: Mailbox, fares: Fares) -> MailboxGiven:
    own = {
        name: getattr(row, name)
        for name in MailboxGiven.model_fields
        if name not in ("dns_lines", "has_secret", "has_intake_token", *OF_FARES)
    }
    return MailboxGiven(
        **own,
        **{name: getattr(fares, name) for name in OF_FARES},
        dns_lines=dns_lines(row),
        has_secret=bool(row.secret),
        has_intake_token=bool(row.intake_digest),
    )


OF_FARES = ("received", "waiting", "read", "set_aside", "skipped")


def _aside(mail: RawMail) -> MailSetAsideGiven:
    return MailSetAsideGiven(
        id=mail.pk,
        mailbox_id=mail.mailbox_id,
        reason=mail.reason,
        said=said_reason(mail.reason),
        received_at=mail.received_at,
        size=mail.size,
        attempts=mail.attempts,
    )
