"""What is filled in about a mailbox; secrets are written anew or left as they are, and never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Team
from stamkunde.conversations.actions.mailboxes import MailboxValues
from stamkunde.conversations.models import Assigning, Mailbox, MailSecurity, SignIn

_KEPT = _("Leave it empty to keep the one that is set.")
PLAIN = (
    "name", "address", "is_used", "assigning", "language", "signature", "acknowledges", "megabytes", "imap_host",
    "imap_port", "imap_security", "imap_folder", "smtp_host", "smtp_port", "smtp_security", "sign_in", "user_name",
    "receiver", "dkim_selector",
)  # fmt: skip
SECRETS = (
    "password", "account_address", "account_client", "account_secret", "account_refresh_token", "account_scope",
)  # fmt: skip
GROUPS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (
        _("The mailbox"),
        "mail",
        ("name", "address", "is_used", "team", "assigning", "language", "signature", "acknowledges", "megabytes"),
    ),
    (_("Where mail is read"), "inbox", ("imap_host", "imap_port", "imap_security", "imap_folder")),
    (_("Where mail is sent"), "send", ("smtp_host", "smtp_port", "smtp_security")),
    (_("Signing in"), "lock", ("sign_in", "user_name", *SECRETS)),
    (_("Proof of where mail is from"), "shield-check", ("receiver", "dkim_selector")),
)


def _hidden(label: Any, help_text: Any = _KEPT) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=4_000, required=False, help_text=help_text, widget=widget)


class MailboxForm(forms.Form):
    """A mailbox, with the servers it is read from and sent by."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Customer service”."))
    address = forms.EmailField(label=_("E-mail address"), max_length=254)
    is_used = forms.BooleanField(label=_("In use"), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)
    assigning = forms.ChoiceField(label=_("A new conversation goes to"), choices=Assigning.choices)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("The customer's or the shop's")), *Language.choices], required=False
    )
    signature = forms.CharField(
        label=_("Signature"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    acknowledges = forms.BooleanField(
        label=_("Say by itself that a first mail has arrived"),
        required=False,
        help_text=_("Never to machines, and at most once a day to anybody."),
    )
    megabytes = forms.IntegerField(
        label=_("Largest mail, in megabytes"),
        min_value=1,
        max_value=100,
        help_text=_("Of a larger one the head and the text are kept, and whoever sent it is told once."),
    )
    imap_host = forms.CharField(
        label=_("Server"), max_length=253, required=False,
        help_text=_("Such as imap.example.org. Everything in the folder is fetched the first time, and nothing is "
                    "changed there."),
    )  # fmt: skip
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535)
    imap_security = forms.ChoiceField(label=_("Encryption"), choices=MailSecurity.choices)
    imap_folder = forms.CharField(label=_("Folder"), max_length=120)
    smtp_host = forms.CharField(
        label=_("Server"), max_length=253, required=False, help_text=_("Such as smtp.example.org.")
    )
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535)
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=MailSecurity.choices)
    sign_in = forms.ChoiceField(
        label=_("How"), choices=SignIn.choices, help_text=_("At both servers, where there are two.")
    )
    user_name = forms.CharField(
        label=_("User name"), max_length=254, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = _hidden(_("Password"))
    account_address = forms.CharField(
        label=_("Provider's address for tokens"), max_length=500, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://oauth2.googleapis.com/token"}),
        help_text=_("Only for a Microsoft or Google account, as the four below. Leave all empty to keep what is set."),
    )  # fmt: skip
    account_client = forms.CharField(label=_("Client"), max_length=300, required=False)
    account_secret = _hidden(_("Secret of the client"), "")
    account_refresh_token = _hidden(_("Token for renewing"), "")
    account_scope = forms.CharField(label=_("Scope"), max_length=500, required=False)
    receiver = forms.CharField(
        label=_("Name of the receiving server"), max_length=253, required=False,
        help_text=_("As it signs what it found out of SPF, DKIM and DMARC. What others write into a mail is not "
                    "believed."),
    )  # fmt: skip
    dkim_selector = forms.CharField(
        label=_("Name of the key that signs mail (DKIM)"), max_length=63, required=False,
        help_text=_("Such as shop2026. The key itself is made below, once this is saved."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, mailbox: Mailbox | None = None) -> None:
        row = mailbox or Mailbox()
        initial = {name: getattr(row, name) for name in PLAIN}
        super().__init__(data, initial=initial | {"team": row.team_id, "version": row.version})

    @property
    def groups(self) -> list[tuple[Any, str, list[forms.BoundField]]]:
        return [(title, icon, [self[name] for name in names]) for title, icon, names in GROUPS]

    @property
    def values(self) -> MailboxValues:
        said = self.cleaned_data
        team = said["team"]
        return MailboxValues(**{name: said[name] for name in (*PLAIN, *SECRETS)}, team_id=team.pk if team else None)
