"""How a customer is reached. A household may share a contact point, so an equal one is a hint and not an identity."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class ContactKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
    MESSENGER = "messenger", _("Messenger")


class ContactStatus(models.TextChoices):
    UNVERIFIED = "unverified", pgettext_lazy("contact point", "Not confirmed")
    VERIFIED = "verified", pgettext_lazy("contact point", "Confirmed")
    FAILING = "failing", pgettext_lazy("contact point", "Does not work")


class ContactPoint(models.Model):
    """An address for messages.

    `value` is the comparable form (E.164, lower-case e-mail), `raw` what was typed, `tail` a telephone number's last
    digits reversed, so that "ends with 4567" is an indexed prefix search.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind)
    value = models.CharField(_("value"), max_length=254)
    raw = models.CharField(max_length=254, blank=True)
    tail = models.CharField(max_length=16, blank=True, editable=False)
    label = models.CharField(_("label"), max_length=60, blank=True)
    is_preferred = models.BooleanField(_("preferred"), default=False)
    status = models.CharField(_("state"), max_length=10, choices=ContactStatus, default=ContactStatus.UNVERIFIED)
    verified_at = models.DateTimeField(null=True, editable=False)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-is_preferred", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="customers_contact_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["value", "customer"], name="customers_contact_value"),
            models.Index(fields=["tail"], name="customers_contact_tail"),
        ]

    def __str__(self) -> str:
        return self.value


class Address(models.Model):
    """A postal address, as letters to its country are addressed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    label = models.CharField(_("label"), max_length=60, blank=True)
    care_of = models.CharField(_("care of"), max_length=120, blank=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, default="NO")
    is_preferred = models.BooleanField(_("preferred"), default=False)
    # Whether letters reach it, and how that is known.
    status = models.CharField(_("state"), max_length=10, choices=ContactStatus, default=ContactStatus.UNVERIFIED)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "addresses"
        ordering: ClassVar = ["-is_preferred", "pk"]
        # The operator classes let PostgreSQL find beginnings under any collation; SQLite takes no notice of them.
        # Where a customer lives is answered by the first one alone: lists ask it of thousands.
        indexes: ClassVar = [
            models.Index(fields=["customer", "postcode", "town"], name="customers_address_places"),
            models.Index(
                fields=["postcode", "customer"],
                name="customers_postcode",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["town", "customer"], name="customers_town", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.town}".strip()) if part)
