"""The forms of sign-in, preferences, staff and stores."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.access import own_tills
from stamkunde.accounts.actions.staff import Belonging
from stamkunde.accounts.keys import KEYS, keys_of
from stamkunde.accounts.models import Department, Language, Shop, Store, Team, Till, User
from stamkunde.accounts.roles import Role
from stamkunde.kit.money import MoneyError, decimals_of
from stamkunde.kit.number_fields import AmountField


class SignInForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of an app, or one from paper."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The six digits your app shows now, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}),
    )


class AppCodeForm(forms.Form):
    code = forms.CharField(
        label=_("The six digits it shows"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        required=False,
        help_text=_("Such as “My phone” or “The key on my key ring”."),
    )
    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class TillChoiceField(forms.ModelChoiceField[Till]):
    def label_from_instance(self, obj: Till) -> str:
        return f"{obj.store.name}: {obj.name}"


class DeviceForm(forms.Form):
    till = TillChoiceField(label=_("Till"), queryset=Till.objects.none(), empty_label=_("Choose"))
    name = forms.CharField(
        label=_("What you call the device"), max_length=60, help_text=_("Such as “Tablet at the door”.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        till = self.fields["till"]
        if isinstance(till, TillChoiceField):
            till.queryset = own_tills(user).filter(is_open=True)


class DeviceCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class OwnPinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        help_text=_("Four to six digits."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=12,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("pin") and values.get("again") and values["pin"] != values["again"]:
            self.add_error("again", _("The two are not the same. Please type the PIN once more."))
        return values


class PeopleField(forms.ModelMultipleChoiceField[User]):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} · {obj.get_role_display()}"


class DepartmentForm(forms.ModelForm[Department]):
    members = PeopleField(label=_("Who belongs to it"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Department
        fields: ClassVar = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_people(self, self.instance.members.all() if self.instance.pk else User.objects.none())


class TeamForm(forms.ModelForm[Team]):
    members = PeopleField(label=_("Who belongs to it"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Team
        fields: ClassVar = ["name", "department"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_people(self, self.instance.members.all() if self.instance.pk else User.objects.none())
        if not Department.objects.exists():
            del self.fields["department"]


def choose_people(form: forms.BaseForm, chosen: QuerySet[User]) -> None:
    """Offer everybody who works here, with those ticked who belong to it already."""
    field = form.fields["members"]
    if isinstance(field, PeopleField):
        field.queryset = User.objects.filter(is_active=True).order_by("name", "pk")
        field.initial = list(chosen.values_list("pk", flat=True))


def offer_languages(form: forms.ModelForm[User]) -> None:
    """Let a person choose a language, or leave it to whichever the browser asks for."""
    field = form.fields["language"]
    if isinstance(field, forms.TypedChoiceField):
        field.choices = [("", pgettext_lazy("language", "As the browser")), *Language.choices]


class SecondFactorRolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields: ClassVar = ["language", "theme", "density", "text_size", "single_keys"]
        help_texts: ClassVar = {
            "single_keys": _(
                "Letters such as C and / do things when you are not typing. Switch them off if they get in your way."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_languages(self)


class OwnKeysForm(forms.Form):
    """Which key does what for one person; each field is named for the usual key and holds the own one."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = keys_of(user)
        for usual, what in KEYS.items():
            self.fields[f"key-{ord(usual)}"] = forms.CharField(
                label=what,
                max_length=4,
                required=False,
                initial=own[usual].upper(),
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
            )

    @property
    def chosen(self) -> dict[str, str]:
        return {usual: self.cleaned_data[f"key-{ord(usual)}"] for usual in KEYS}

    def refuse(self, sentence: str, usual: str) -> None:
        self.add_error(f"key-{ord(usual)}", sentence)


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Current password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least ten characters. A few words that only you would put together are easiest to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise forms.ValidationError(_("This is not your current password. Please type it once more."))
        return current


class StaffForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields: ClassVar = ["name", "role", "store", "stores", "is_bound", "department", "teams"]
        widgets: ClassVar = {"stores": forms.CheckboxSelectMultiple, "teams": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("stores", "department", "teams"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and not field.queryset.exists():
                # A shop that has none need not see that there could be some.
                del self.fields[name]
        for name in {"store", "department"} & self.fields.keys():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("None in particular")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("is_bound") and not values.get("store") and not values.get("stores"):
            self.add_error("store", _("Choose at least one store for somebody who works only in some."))
        return values

    @property
    def belonging(self) -> Belonging:
        said = self.cleaned_data
        return Belonging(
            stores=tuple(said.get("stores") or ()),
            is_bound=bool(said.get("is_bound")),
            department=said.get("department"),
            teams=tuple(said.get("teams") or ()),
        )


class NewStaffForm(StaffForm):
    # Not a field of the model form: its uniqueness check would miss addresses that differ only in capitals.
    email = forms.CharField(label=_("E-mail"), max_length=254, validators=[validate_email], widget=forms.EmailInput)

    field_order = ("name", "email", "role", "store", "stores", "is_bound", "department", "teams", "language")

    class Meta(StaffForm.Meta):
        fields: ClassVar = [*StaffForm.Meta.fields, "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_languages(self)


class ShopForm(forms.ModelForm[Shop]):
    class Meta:
        model = Shop
        fields: ClassVar = [
            "name",
            "country",
            "currency",
            "language",
            "zone",
            "fiscal_year_begins",
            "cash_rounding",
            "till_idle_minutes",
            "counter_blanks_after",
            "most_discount",
            "kept_discount",
            "quote_minutes",
            "offline_hours",
            "offline_clock_minutes",
            "seller_address",
            "organisation_number",
            "bank_account",
            "invoice_days",
        ]
        help_texts: ClassVar = {
            "currency": _("Three letters, such as NOK, SEK or EUR."),
            "zone": _("The clock on the shop's wall, such as Europe/Oslo or Europe/Riga."),
            "cash_rounding": _(
                "Only the sum that is paid in cash is rounded; prices and tax stay as they are. Usual is 1.00 in "
                "Norway and Sweden, 0.50 in Denmark, 0.05 in Finland, and nothing in Latvia. Stores with another "
                "currency do what is usual there; with “Not at all”, no store rounds."
            ),
            "fiscal_year_begins": _("The law counts from the end of the fiscal year how long the books are kept."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Left empty it stays as it is.
        self.fields["till_idle_minutes"].required = False
        self.fields["fiscal_year_begins"].required = False
        self.fields["counter_blanks_after"].required = False
        self.fields["cash_rounding"].required = False
        self.fields["most_discount"].required = False
        self.fields["kept_discount"].required = False
        self.fields["quote_minutes"].required = False
        self.fields["invoice_days"].required = False
        self.fields["offline_hours"].required = False
        self.fields["offline_clock_minutes"].required = False

    def clean_fiscal_year_begins(self) -> int:
        written = self.cleaned_data["fiscal_year_begins"]
        return int(written or self.instance.fiscal_year_begins)

    def clean_cash_rounding(self) -> str:
        return str(self.cleaned_data["cash_rounding"] or self.instance.cash_rounding)

    def clean_till_idle_minutes(self) -> int:
        written = self.cleaned_data["till_idle_minutes"]
        return int(self.instance.till_idle_minutes if written is None else written)

    def clean_most_discount(self) -> int:
        written = self.cleaned_data["most_discount"]
        return int(self.instance.most_discount if written is None else written)

    def clean_invoice_days(self) -> int:
        written = self.cleaned_data["invoice_days"]
        return int(self.instance.invoice_days if written is None else written)

    def clean_offline_hours(self) -> int:
        written = self.cleaned_data["offline_hours"]
        return int(self.instance.offline_hours if written is None else written)

    def clean_offline_clock_minutes(self) -> int:
        written = self.cleaned_data["offline_clock_minutes"]
        return int(self.instance.offline_clock_minutes if written is None else written)

    def clean_kept_discount(self) -> str:
        return str(self.cleaned_data["kept_discount"] or self.instance.kept_discount)

    def clean_quote_minutes(self) -> int:
        written = self.cleaned_data["quote_minutes"]
        return int(self.instance.quote_minutes if written is None else written)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_counter_blanks_after(self) -> int:
        written = self.cleaned_data["counter_blanks_after"]
        return int(self.instance.counter_blanks_after if written is None else written)


class StoreForm(forms.ModelForm[Store]):
    offline_limit = AmountField(
        label=_("Points and codes without a connection, at most"),
        required=False,
        help_text=_(
            "So much of one receipt may be paid with points or taken off by codes while a till cannot ask whether they "
            "are there. With 0 it may not at all; otherwise somebody may come to owe points."
        ),
    )

    class Meta:
        model = Store
        fields: ClassVar = ["name", "country", "currency", "zone", "is_open", "offline_limit"]
        help_texts = ShopForm.Meta.help_texts

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = self.fields["offline_limit"]
        if isinstance(limit, AmountField):
            limit.currency = self._currency_written()

    def _currency_written(self) -> str:
        written = str(self.data.get("currency", "")).upper()
        try:
            decimals_of(written)
        except MoneyError:
            return self.instance.currency
        return written

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_offline_limit(self) -> int:
        written = self.cleaned_data["offline_limit"]
        return int(self.instance.offline_limit if written is None else written)


class TillForm(forms.ModelForm[Till]):
    class Meta:
        model = Till
        fields: ClassVar = ["name", "is_open"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        same = Till.objects.filter(store=self.instance.store, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("This store has a till of that name already. Please choose another name."))
        return name
