"""Where mail comes from and goes out by, and every mail that ever came, as its bytes were."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language, Team, User


class MailSecurity(models.TextChoices):
    TLS = "tls", pgettext_lazy("mail server", "Encrypted from the beginning (TLS)")
    STARTTLS = "starttls", pgettext_lazy("mail server", "Encrypted after a greeting (STARTTLS)")
    NONE = "none", pgettext_lazy("mail server", "Not encrypted")


class SignIn(models.TextChoices):
    """How we sign in at a mail server; Microsoft and Google ask for the second."""

    PASSWORD = "password", pgettext_lazy("mail server", "Password")  # noqa: S105 a kind, not a password
    OAUTH = "oauth", pgettext_lazy("mail server", "Microsoft or Google account (OAuth)")
    NONE = "none", pgettext_lazy("mail server", "Without signing in")


class Assigning(models.TextChoices):
    """Who gets a new conversation."""

    NOBODY = "nobody", pgettext_lazy("assignment", "Nobody: whoever takes it")
    IN_TURN = "in_turn", pgettext_lazy("assignment", "Each of the team in turn")
    LEAST_BUSY = "least_busy", pgettext_lazy("assignment", "Whoever of the team has the fewest open")
    BY_LANGUAGE = "by_language", pgettext_lazy("assignment", "Whoever of the team works in the customer's language")


class Mailbox(models.Model):
    """An e-mail address of the shop, with the servers it is read from and sent by.

    `last_uid` is our own high-water mark within `uid_validity`: what staff read on their telephones is fetched like
    anything else. Passwords and keys are sealed. A mailbox without an IMAP server is fed by a pipe or by HTTP.
    """

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80)
    address = models.CharField(_("e-mail address"), max_length=254, unique=True)
    is_used = models.BooleanField(_("in use"), default=True)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    assigning = models.CharField(
        _("a new conversation goes to"), max_length=11, choices=Assigning, default=Assigning.NOBODY
    )
    last_assigned = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    signature = models.TextField(_("signature"), max_length=2_000, blank=True)
    acknowledges = models.BooleanField(
        _("says that mail has arrived"),
        default=False,
        help_text=_("A short answer by itself to a first mail; never to machines, and at most once a day to anybody."),
    )
    megabytes = models.PositiveSmallIntegerField(
        _("largest mail"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("In megabytes. Of a larger one the head and the text are kept, and whoever sent it is told once."),
    )

    imap_host = models.CharField(_("server to read from"), max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(_("port"), default=993, validators=[MaxValueValidator(65_535)])
    imap_security = models.CharField(_("encryption"), max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    imap_folder = models.CharField(_("folder"), max_length=120, default="INBOX")
    smtp_host = models.CharField(_("server to send by"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("port"), default=587, validators=[MaxValueValidator(65_535)])
    smtp_security = models.CharField(_("encryption"), max_length=8, choices=MailSecurity, default=MailSecurity.STARTTLS)
    sign_in = models.CharField(_("signing in"), max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    user_name = models.CharField(_("user name"), max_length=254, blank=True)
    # Sealed: a password, or what an OAuth provider needs (address, client, secret, refresh token) as JSON.
    secret = models.TextField(blank=True, editable=False)
    receiver = models.CharField(
        _("name of the receiving server"),
        max_length=253,
        blank=True,
        help_text=_("What it says of SPF, DKIM and DMARC is believed; what others write into a mail is not."),
    )
    dkim_selector = models.CharField(_("DKIM selector"), max_length=63, blank=True)
    dkim_key = models.TextField(blank=True, editable=False)
    # Sealed: what a program that hands mail in by HTTP knows; only its digest is needed.
    intake_digest = models.CharField(max_length=64, blank=True, editable=False)

    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    # Since when reading fails, and what the server said: shown until it works again.
    failing_since = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)
    leased_by = models.CharField(max_length=40, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    # When it is looked into next; a mailbox that fails is left in peace longer.
    look_at = models.DateTimeField(null=True, editable=False)
    # The same of sending; until then the server is left in peace.
    sending_failing_since = models.DateTimeField(null=True, editable=False)
    sending_failure = models.CharField(max_length=300, blank=True, editable=False)
    sending_rests_until = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(address=Lower("address")), name="conversations_mailbox_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.name


class RawMailState(models.TextChoices):
    STORED = "stored", pgettext_lazy("raw mail", "Waits to be read")
    READ = "read", pgettext_lazy("raw mail", "Read")
    QUARANTINED = "quarantined", pgettext_lazy("raw mail", "Set aside")
    SKIPPED = "skipped", pgettext_lazy("raw mail", "Left out")


class RawMail(models.Model):
    """One mail as its bytes came, before anybody tried to read it: the same bytes in the same mailbox are one row.

    It ends as exactly one message, or is set aside with the reason and can be read again, or is left out because a
    message of another copy stands already. The bytes lie among the files, under their digest.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="raw_mails")
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    uid_validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    envelope_to = models.CharField(max_length=254, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=RawMailState, default=RawMailState.STORED)
    # A code of why it was set aside or left out; what people read is composed when shown.
    reason = models.CharField(max_length=40, blank=True)
    trace = models.TextField(blank=True)
    # Of two who begin to read it the later attempt counts; until when nobody else begins.
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    is_whole = models.BooleanField(default=True)
    message = models.ForeignKey("conversations.Message", on_delete=models.SET_NULL, null=True, related_name="raw_mails")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "digest"], name="conversations_same_bytes_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at", "id"], name="conversations_to_read", condition=Q(state="stored")),
            models.Index(
                fields=["-received_at", "-id"], name="conversations_set_aside", condition=Q(state="quarantined")
            ),
            models.Index(fields=["mailbox", "state"], name="conversations_mails_of"),
            models.Index(fields=["digest"], name="conversations_raw_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.digest[:12]}"


class AutomaticAnswer(models.Model):
    """That an address was answered by itself, so that two machines cannot keep each other busy; kept for days only."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+")
    # Keyed digest of the address: the question is only whether it was this one.
    address_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["address_digest", "-at"], name="conversations_answered")]
