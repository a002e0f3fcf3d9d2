"""What is filled in about a number for text messages; secrets are written anew or left as they are, and never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Team
from stamkunde.conversations.actions.text_lines import TemplateValues, TextLineValues
from stamkunde.conversations.models import Assigning, TextLine, TextProviderName, TextTemplate

PLAIN = ("name", "provider", "number", "is_used", "assigning", "language", "account", "url", "megabytes")
SECRETS = ("secret", "hook_secret")
GROUPS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (_("The number"), "device-mobile", ("name", "number", "is_used", "team", "assigning", "language", "megabytes")),
    (_("The provider"), "plug", ("provider", "account", "secret", "hook_secret", "url")),
)


def _hidden(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=2_000, required=False, help_text=help_text, widget=widget)


class TextLineForm(forms.Form):
    """A number for text messages or of WhatsApp."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Text messages”."))
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("As the provider gave it to the shop, such as +47 912 34 567."),
    )  # fmt: skip
    is_used = forms.BooleanField(label=_("In use"), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)
    assigning = forms.ChoiceField(label=_("A new conversation goes to"), choices=Assigning.choices)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("The customer's or the shop's")), *Language.choices], required=False
    )
    megabytes = forms.IntegerField(label=_("Largest file, in megabytes"), min_value=1, max_value=100)
    provider = forms.ChoiceField(label=_("Provider"), choices=TextProviderName.choices)
    account = forms.CharField(
        label=_("Account"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("46elks: API user name. Twilio: Account SID. WhatsApp: Phone number ID."),
    )  # fmt: skip
    secret = _hidden(
        _("Secret"), _("46elks: API password. Twilio: Auth token. WhatsApp: Access token. Left empty, it stays.")
    )
    hook_secret = _hidden(
        _("What WhatsApp signs with"), _("The app secret, for WhatsApp alone. Left empty, it stays as it is.")
    )
    url = forms.CharField(
        label=_("Another address of the provider"), max_length=300, required=False, widget=forms.URLInput(),
        help_text=_("Only where the provider named one of its own. A new address asks for the secrets anew."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, line: TextLine | None = None) -> None:
        row = line or TextLine()
        initial = {name: getattr(row, name) for name in PLAIN}
        super().__init__(data, initial=initial | {"team": row.team_id, "version": row.version})

    @property
    def groups(self) -> list[tuple[Any, str, list[forms.BoundField]]]:
        return [(title, icon, [self[name] for name in names]) for title, icon, names in GROUPS]

    @property
    def values(self) -> TextLineValues:
        said = self.cleaned_data
        team = said["team"]
        return TextLineValues(**{name: said[name] for name in (*PLAIN, *SECRETS)}, team_id=team.pk if team else None)


class TextTemplateForm(forms.Form):
    """A template that WhatsApp approved."""

    name = forms.CharField(label=_("Name at WhatsApp"), max_length=120, help_text=_("Such as order_is_here."))
    language = forms.CharField(label=_("Language at WhatsApp"), max_length=10, help_text=_("Such as nb, sv, lv, en."))
    text = forms.CharField(
        label=_("Text"), max_length=1_024, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As it was approved. What differs each time stands as {{1}}, {{2}} and so on."),
    )  # fmt: skip
    is_used = forms.BooleanField(label=_("In use"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, template: TextTemplate | None = None) -> None:
        row = template or TextTemplate()
        names = ("name", "language", "text", "is_used", "version")
        super().__init__(data, initial={name: getattr(row, name) for name in names})

    @property
    def values(self) -> TemplateValues:
        said = self.cleaned_data
        return TemplateValues(**{name: said[name] for name in ("name", "language", "text", "is_used")})
