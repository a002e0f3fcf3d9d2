"""Staff, the shop, its stores and tills, and the counted attempts that throttle sign-in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import is_zone
from stamkunde.kit.money import MoneyError, decimals_of


class Country(models.TextChoices):
    """The countries whose rules the product knows; addresses may lie anywhere."""

    NORWAY = "NO", _("Norway")
    SWEDEN = "SE", _("Sweden")
    LATVIA = "LV", _("Latvia")
    OTHER = "EU", _("Elsewhere in Europe")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    NORWEGIAN = "nb", "Norsk bokmål"
    SWEDISH = "sv", "Svenska"
    LATVIAN = "lv", "Latviešu"


def validate_zone(value: str) -> None:
    if not is_zone(value):
        raise ValidationError(
            _("%(value)s is not a time zone; write one such as Europe/Riga."), params={"value": value}
        )


def validate_currency(value: str) -> None:
    try:
        decimals_of(value)
    except MoneyError as error:
        raise ValidationError(
            _("%(value)s is not a currency; write three letters such as NOK."), params={"value": value}
        ) from error


class Shop(models.Model):
    """The business itself; there is one row, made with the database."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, default="Stamkunde")
    country = models.CharField(_("country"), max_length=2, choices=Country, default=Country.NORWAY)
    currency = models.CharField(_("currency"), max_length=3, default="NOK", validators=[validate_currency])
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.ENGLISH)
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Oslo", validators=[validate_zone])
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="accounts_one_shop")]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place, or the web shop, where customers are served; its zone decides which day a purchase falls on."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    country = models.CharField(_("country"), max_length=2, choices=Country, default=Country.NORWAY)
    currency = models.CharField(_("currency"), max_length=3, default="NOK", validators=[validate_currency])
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Oslo", validators=[validate_zone])
    is_open = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Till(models.Model):
    """A till of a store; receipt numbers are counted by it."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="tills", verbose_name=_("store"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    is_open = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["store__name", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["store", "name"], name="accounts_till_name")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a member of staff by e-mail, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A member of staff. Customers are another table and another sign-in: no slip of rights makes one the other."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.TILL)
    store = models.ForeignKey(
        Store, on_delete=models.SET_NULL, null=True, blank=True, related_name="staff", verbose_name=_("store")
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    theme = models.CharField(
        _("appearance"),
        max_length=5,
        blank=True,
        choices=[
            ("", pgettext_lazy("appearance", "As the device")),
            ("light", pgettext_lazy("appearance", "Light")),
            ("dark", pgettext_lazy("appearance", "Dark")),
        ],
    )
    density = models.CharField(
        _("rows"),
        max_length=10,
        blank=True,
        choices=[("", pgettext_lazy("rows", "Roomy")), ("compact", pgettext_lazy("rows", "Compact"))],
    )
    text_size = models.CharField(
        _("text size"),
        max_length=10,
        blank=True,
        choices=[("", pgettext_lazy("text size", "Ordinary")), ("large", pgettext_lazy("text size", "Large"))],
    )
    single_keys = models.BooleanField(_("single-letter keys"), default=True)
    must_change_password = models.BooleanField(default=False)
    # Part of what a session is signed with: a new number ends every session there is.
    sessions_ended = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="accounts_email_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sign sessions with the password, as Django does, and with how often they have all been ended."""
        return salted_hmac(
            "stamkunde.accounts.session", f"{self.password} {self.sessions_ended}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.pk, self.name)

    def may(self, permission: str) -> bool:
        """Say whether the person's role holds a permission, such as ``customers.see``."""
        return self.is_active and permission in ALLOWED.get(Role(self.role), frozenset())


class Attempt(models.Model):
    """How many times something was tried from one place in a window of time; exact across processes."""

    key = models.CharField(max_length=100, unique=True)
    count = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
