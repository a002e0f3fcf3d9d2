"""The numbers by which this module warns: one row, which the privacy officer changes."""

from datetime import time
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Terms(models.Model):
    """Hours of the breach clock, and what counts as an unusual look at customers."""

    breach_hours = models.PositiveSmallIntegerField(
        _("hours until the authority must be told of a breach"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("GDPR art. 33 says 72. Change it when the law does."),
    )
    many_looks = models.PositiveSmallIntegerField(
        _("looks by one person in an hour that are too many"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )
    opens_at = models.TimeField(_("work begins at"), default=time(6))
    closes_at = models.TimeField(
        _("work ends at"), default=time(22), help_text=_("A look outside these hours is shown as unusual.")
    )

    class Meta:
        verbose_name_plural = "terms"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="accountability_one_row_of_terms")]

    def __str__(self) -> str:
        return f"{self.breach_hours} h"
