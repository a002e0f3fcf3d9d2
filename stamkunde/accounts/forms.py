"""The forms of sign-in, preferences, staff and stores."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Shop, Store, Till, User


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


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields: ClassVar = ["language", "theme", "density", "text_size", "single_keys"]
        help_texts: ClassVar = {
            "single_keys": _(
                "Letters such as C and / do things when you are not typing. Switch them off if they get in your way."
            ),
        }


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
        fields: ClassVar = ["name", "role", "store"]


class NewStaffForm(StaffForm):
    # Not a field of the model form: its uniqueness check would miss addresses that differ only in capitals.
    email = forms.CharField(label=_("E-mail"), max_length=254, validators=[validate_email], widget=forms.EmailInput)

    field_order = ("name", "email", "role", "store", "language")

    class Meta(StaffForm.Meta):
        fields: ClassVar = ["name", "role", "store", "language"]


class ShopForm(forms.ModelForm[Shop]):
    class Meta:
        model = Shop
        fields: ClassVar = ["name", "country", "currency", "language", "zone"]
        help_texts: ClassVar = {
            "currency": _("Three letters, such as NOK, SEK or EUR."),
            "zone": _("The clock on the shop's wall, such as Europe/Oslo or Europe/Riga."),
        }

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class StoreForm(forms.ModelForm[Store]):
    class Meta:
        model = Store
        fields: ClassVar = ["name", "country", "currency", "zone", "is_open"]
        help_texts = ShopForm.Meta.help_texts

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


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
