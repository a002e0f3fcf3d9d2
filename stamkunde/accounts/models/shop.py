"""The shop, its stores and tills, and the departments and teams of those who work there."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class CashRounding(models.TextChoices):
    """To what an amount is rounded that is paid in coins and notes, in units of the currency."""

    USUAL = "usual", _("As is usual with the currency and in the country")
    NONE = "none", pgettext_lazy("cash", "Not at all")
    FIVE_HUNDREDTHS = "0.05", _("To the nearest 0.05")
    TENTH = "0.10", _("To the nearest 0.10")
    HALF = "0.50", _("To the nearest 0.50")
    WHOLE = "1.00", _("To the nearest 1.00")


class KeptDiscount(models.TextChoices):
    """What becomes of a discount that what is kept of a purchase alone would not have had."""

    KEEP = "keep", _("It stays as it was")
    RECOMPUTE = "recompute", _("It is worked out anew from what is kept")


_LANGUAGES = {
    Country.NORWAY: Language.NORWEGIAN,
    Country.SWEDEN: Language.SWEDISH,
    Country.LATVIA: Language.LATVIAN,
}


def language_of(country: str) -> str:
    """Return the language in which a stranger is addressed in a country; empty where several are as likely."""
    return str(_LANGUAGES.get(Country(country), "")) if country in Country else ""


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
    # From when books are kept is counted by it; most years begin in January.
    fiscal_year_begins = models.PositiveSmallIntegerField(
        _("fiscal year begins in"), default=1, choices=[(month, name) for month, name in MONTHS.items()]
    )
    # Of its stores with the shop's own currency; what is usual elsewhere stands in stamkunde/accounts/cash.py.
    cash_rounding = models.CharField(
        _("rounding of what is paid in cash"), max_length=5, choices=CashRounding, default=CashRounding.USUAL
    )
    is_demo = models.BooleanField(default=False)
    # Which roles must have something besides a password, by their short names.
    roles_with_second_factor = models.JSONField(default=list, blank=True)
    till_idle_minutes = models.PositiveSmallIntegerField(
        _("minutes until the till asks for the PIN again"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    counter_blanks_after = models.PositiveSmallIntegerField(
        _("the counter goes blank after"),
        default=60,
        validators=[MinValueValidator(20), MaxValueValidator(900)],
        help_text=_("Seconds without a touch, from 20 to 900. Whoever was served is then no longer on the screen."),
    )

    most_discount = models.PositiveSmallIntegerField(
        _("most that anybody may take off"),
        default=20,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent. Taking off more needs the right to sell at another price than that of the list."),
    )
    kept_discount = models.CharField(
        _("discount on what is kept when a part comes back"),
        max_length=9,
        choices=KeptDiscount,
        default=KeptDiscount.KEEP,
        help_text=_(
            "Of six things with a discount for buying many, five come back: either the sixth keeps its discount, or "
            "that is taken off what is given back."
        ),
    )
    quote_minutes = models.PositiveSmallIntegerField(
        _("a price that was worked out holds for"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1_440)],
        help_text=_("Minutes, from 1 to 1440. A web shop's basket can be bought at the price it was shown that long."),
    )
    # How the tills go on without a connection (docs/decisions/0026-a-till-without-a-connection-sells-and-tells.md).
    offline_hours = models.PositiveSmallIntegerField(
        _("a till keeps recent customers for"),
        default=24,
        validators=[MaxValueValidator(24)],
        help_text=_("Hours, from 0 to 24, for recognising them without a connection. With 0 none are kept on a till."),
    )
    offline_clock_minutes = models.PositiveSmallIntegerField(
        _("a till's clock is wrong from"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1_440)],
        help_text=_("Minutes, from 1 to 1440. Purchases made without a connection are then marked for a look."),
    )
    # What stands on receipts and invoices of whoever sells.
    seller_address = models.CharField(_("address on receipts"), max_length=200, blank=True)
    organisation_number = models.CharField(_("organisation number"), max_length=40, blank=True)
    bank_account = models.CharField(_("account to pay invoices to"), max_length=60, blank=True)
    invoice_days = models.PositiveSmallIntegerField(
        _("days to pay an invoice"),
        default=14,
        validators=[MaxValueValidator(120)],
        help_text=_("So many days after the purchase an invoice is to be paid."),
    )
    # What was bought or brought back before this instant lies in the archive; the line only ever moves on.
    archive_before = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="accounts_one_shop"),
            models.CheckConstraint(
                condition=Q(fiscal_year_begins__gte=1, fiscal_year_begins__lte=12), name="accounts_fiscal_year_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place, or the web shop, where customers are served; its zone decides which day a purchase falls on."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=120, unique=True)
    country = models.CharField(_("country"), max_length=2, choices=Country, default=Country.NORWAY)
    currency = models.CharField(_("currency"), max_length=3, default="NOK", validators=[validate_currency])
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/Oslo", validators=[validate_zone])
    is_open = models.BooleanField(_("in use"), default=True)
    # In minor units of its currency; what the till's page and the server both go by.
    offline_limit = models.PositiveBigIntegerField(
        _("points and codes without a connection, at most"), default=0, validators=[MaxValueValidator(100_000_000)]
    )

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


class Department(models.Model):
    """A part of the shop that answers for something, such as customer care; everybody belongs to one at most."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share work, such as the evening shift; one may be in several, and a team may lie in a department."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=80, unique=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name=_("department"),
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
