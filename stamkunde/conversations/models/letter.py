"""Letters: how they look, what postage costs, each letter on its way, and the runs in which they are printed."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Country, Store
from stamkunde.conversations.models.message import Message
from stamkunde.conversations.paper.windows import Window
from stamkunde.customers.models import Address

FARTHEST = 25


class Letterhead(models.Model):
    """How the letters of the stores of a country look, and the envelopes they go into."""

    country = models.CharField(_("country"), max_length=2, choices=Country, unique=True)
    window = models.CharField(_("envelope"), max_length=8, choices=Window, default=Window.NO_C5)
    shift_right = models.SmallIntegerField(
        _("address further to the right"),
        default=0,
        validators=[MinValueValidator(-FARTHEST), MaxValueValidator(FARTHEST)],
        help_text=_("In millimetres, with a minus to the left. The test sheet shows by how much."),
    )
    shift_down = models.SmallIntegerField(
        _("address further down"),
        default=0,
        validators=[MinValueValidator(-FARTHEST), MaxValueValidator(FARTHEST)],
        help_text=_("In millimetres, with a minus further up."),
    )
    name = models.CharField(
        _("name at the top"), max_length=120, blank=True, help_text=_("Left empty it is the name of the shop.")
    )
    lines = models.TextField(
        _("beneath the name"),
        max_length=500,
        blank=True,
        help_text=_("Address, telephone, web address: up to seven lines."),
    )
    signature = models.TextField(
        _("beneath the greeting at the end"),
        max_length=300,
        blank=True,
        help_text=_("The writer's own name stands above it."),
    )
    has_fold_marks = models.BooleanField(_("marks where to fold"), default=True)
    logo_digest = models.CharField(max_length=64, blank=True, editable=False)
    logo_size = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["country"]

    def __str__(self) -> str:
        return self.get_country_display()


class PostalZone(models.TextChoices):
    DOMESTIC = "domestic", pgettext_lazy("postage", "Within the country")
    EUROPE = "europe", pgettext_lazy("postage", "To the rest of Europe")
    WORLD = "world", pgettext_lazy("postage", "To the rest of the world")


class Postage(models.Model):
    """What a letter up to a weight costs from a country; `price` in minor units of the currency."""

    country = models.CharField(_("from"), max_length=2, choices=Country)
    zone = models.CharField(_("to"), max_length=8, choices=PostalZone)
    up_to_grams = models.PositiveIntegerField(
        _("up to"), validators=[MinValueValidator(1), MaxValueValidator(5_000)], help_text=_("In grams.")
    )
    price = models.PositiveBigIntegerField(_("price"))
    currency = models.CharField(_("currency"), max_length=3)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "postage"
        ordering: ClassVar = ["country", "zone", "up_to_grams"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "zone", "up_to_grams"], name="conversations_one_postage_a_weight"
            )
        ]


class PrintState(models.TextChoices):
    MAKING = "making", pgettext_lazy("print run", "Being made")
    READY = "ready", pgettext_lazy("print run", "Ready to be printed")
    CANCELLED = "cancelled", pgettext_lazy("print run", "Cancelled")
    FAILED = "failed", pgettext_lazy("print run", "Could not be made")


class PrintRun(models.Model):
    """Letters that were taken out of the queue together, as one PDF.

    The PDF is kept until its letters are posted; after that it could only be printed by mistake.
    """

    store = models.ForeignKey(Store, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=PrintState, default=PrintState.MAKING)
    made_by_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    number = models.PositiveIntegerField(default=0)
    sheets = models.PositiveIntegerField(default=0)
    job_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="conversations_print_kept", condition=~Q(digest=""))]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"


class Letter(models.Model):
    """What a message needs to go by post. How far it is stands in its dispatch, and nowhere else.

    The address is kept as it stood when the letter was written. `cost` is in minor units of `currency`, and unknown
    where the shop has said nothing of postage. `printings` counts how often it went into a print run.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="letter")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, on_delete=models.SET_NULL, null=True, related_name="+")
    address_lines = models.JSONField(default=list)
    to_country = models.CharField(max_length=2)
    language = models.CharField(max_length=5)
    greeting = models.CharField(max_length=300, blank=True)
    signed_by = models.CharField(max_length=120, blank=True)
    pages = models.PositiveSmallIntegerField(default=1)
    # Sheets that are put into the envelope besides the letter itself.
    enclosed_sheets = models.PositiveSmallIntegerField(_("sheets enclosed"), default=0)
    run = models.ForeignKey(PrintRun, on_delete=models.SET_NULL, null=True, related_name="letters")
    printings = models.PositiveSmallIntegerField(default=0)
    printed_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True)
    cost = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["store", "-id"], name="conversations_letters_of")]

    def __str__(self) -> str:
        return " · ".join(str(line) for line in self.address_lines[:1])
