"""What a customer agreed to: every yes and every no is a record with its evidence, and the newest counts."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class ConsentChannel(models.TextChoices):
    EMAIL = "email", pgettext_lazy("consent", "E-mail")
    SMS = "sms", pgettext_lazy("consent", "SMS")
    PHONE = "phone", pgettext_lazy("consent", "Telephone")
    LETTER = "letter", pgettext_lazy("consent", "Letter")
    PROFILING = "profiling", pgettext_lazy("consent", "Personal suggestions")


class ConsentState(models.TextChoices):
    GIVEN = "given", pgettext_lazy("consent", "Given")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")


class Consent(models.Model):
    """One yes or one no: when, by which words in which language, through what, and with what proof. Never changed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=10, choices=ConsentChannel)
    state = models.CharField(_("state"), max_length=10, choices=ConsentState)
    at = models.DateTimeField()
    wording = models.CharField(_("wording"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300)
    noted_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "channel", "-at", "-id"], name="customers_consent_newest")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
