"""What people fill in about a machine's token."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Store, User
from stamkunde.accounts.queries import the_shop
from stamkunde.exchange.access import MANAGE_TOKENS
from stamkunde.exchange.scopes import LEVELS, MODULES, SCOPES
from stamkunde.kit.clock import end_of_day


class TokenForm(forms.Form):
    """What a token is for, whose rights it has, and how far they reach. Each module has a choice of its own."""

    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("Such as “web shop” or “till at the harbour”.")
    )
    owner = forms.ModelChoiceField(
        label=_("Whose rights it has"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        help_text=_("It never does more than this person may, and ends when they leave."),
    )
    store = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Store.objects.none(),
        required=False,
        empty_label=_("None in particular"),
        help_text=_("Where it works when it does not say so itself."),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty if it shall work until you end it."),
    )

    NOTHING: ClassVar[tuple[str, Any]] = ("", _("nothing"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner, store = self.fields["owner"], self.fields["store"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - says it to the reader and to mypy
        assert isinstance(store, forms.ModelChoiceField)  # noqa: S101
        store.queryset = Store.objects.filter(is_open=True)
        if user.may(MANAGE_TOKENS.name):
            owner.queryset = User.objects.filter(is_active=True)
            owner.initial = user.pk
        else:
            del self.fields["owner"]
        self.user = user
        for module, label in MODULES.items():
            if user.may(MANAGE_TOKENS.name) or any(map(user.may, SCOPES[f"{module}:write"].permissions)):
                self.fields[f"scope-{module}"] = forms.ChoiceField(
                    label=label, required=False, choices=[self.NOTHING, *LEVELS.items()]
                )

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name.startswith("scope-")]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self if not bound.name.startswith("scope-")]

    @property
    def scopes(self) -> list[str]:
        chosen = {name.removeprefix("scope-"): level for name, level in self.cleaned_data.items() if "scope-" in name}
        return [f"{module}:{level}" for module, level in chosen.items() if level]

    @property
    def whose(self) -> User:
        chosen: User = self.cleaned_data.get("owner") or self.user
        return chosen

    @property
    def expires_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["expires_on"]
        return end_of_day(day, the_shop().zone) if day else None
