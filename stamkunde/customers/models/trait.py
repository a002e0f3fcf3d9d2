"""What makes service human: sizes, allergies, for whom she buys, and who noted it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class TraitKind(models.TextChoices):
    SIZE = "size", pgettext_lazy("trait", "Size")
    ALLERGY = "allergy", pgettext_lazy("trait", "Allergy")
    BUYS_FOR = "buys_for", pgettext_lazy("trait", "Buys for")
    REACHED = "reached", pgettext_lazy("trait", "Wants to be reached")
    LIKES = "likes", pgettext_lazy("trait", "Likes")
    OTHER = "other", pgettext_lazy("trait", "Good to know")


class Trait(models.Model):
    """One thing good to know of a customer, in her words or ours; she may see and correct it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="traits")
    kind = models.CharField(_("kind"), max_length=10, choices=TraitKind, default=TraitKind.OTHER)
    text = models.CharField(_("what is good to know"), max_length=500)
    noted_by = models.CharField(max_length=120)
    noted_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["kind", "pk"]

    def __str__(self) -> str:
        return self.text
