"""What a member shows: a card of plastic or paper, or a picture on a telephone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.loyalty.models.membership import Membership


class CardState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("card", "Active")
    BLOCKED = "blocked", pgettext_lazy("card", "Blocked")
    REPLACED = "replaced", pgettext_lazy("card", "Replaced")
    EXPIRED = "expired", pgettext_lazy("card", "Expired")


class CardMedium(models.TextChoices):
    PLASTIC = "plastic", pgettext_lazy("card", "Plastic")
    PAPER = "paper", pgettext_lazy("card", "Paper")
    APP = "app", pgettext_lazy("card", "On the telephone")
    APPLE = "apple", "Apple Wallet"
    GOOGLE = "google", "Google Wallet"


class Symbology(models.TextChoices):
    """In which signs the token is printed."""

    EAN13 = "ean13", "EAN-13"
    CODE128 = "code128", "Code 128"
    QR = "qr", _("QR code")


class MemberCard(models.Model):
    """One of a member's cards. Its `token` is drawn at random, so that no card tells the next one or its member."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="cards")
    token = models.CharField(_("what the card says"), max_length=40, unique=True)
    symbology = models.CharField(_("printed as"), max_length=7, choices=Symbology, default=Symbology.EAN13)
    medium = models.CharField(_("made of"), max_length=7, choices=CardMedium, default=CardMedium.PLASTIC)
    state = models.CharField(_("state"), max_length=8, choices=CardState, default=CardState.ACTIVE)
    issued_at = models.DateTimeField(_("given out"))
    ended_at = models.DateTimeField(_("in use until"), null=True)
    replaced_by = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, related_name="replaces")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["membership", "state"], name="loyalty_cards_of_member")]

    def __str__(self) -> str:
        return self.token
