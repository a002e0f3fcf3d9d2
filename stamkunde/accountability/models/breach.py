"""A breach of personal data: what happened, what was done, and who was told when (GDPR art. 33 and 34)."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Risk(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("breach", "Not judged yet")
    NONE = "none", pgettext_lazy("breach", "Unlikely to harm anybody")
    SOME = "some", pgettext_lazy("breach", "A risk to people")
    HIGH = "high", pgettext_lazy("breach", "A high risk to people")


class Breach(models.Model):
    """One breach. The clock runs from `known_at`; `hours` is what the law gave when it was recorded."""

    title = models.CharField(_("in a few words"), max_length=120)
    known_at = models.DateTimeField(_("known since"))
    hours = models.PositiveSmallIntegerField(editable=False)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    what = models.TextField(_("what happened"), max_length=4_000)
    data = models.CharField(_("which data"), max_length=300, blank=True)
    people = models.PositiveIntegerField(_("about how many people"), null=True, blank=True)
    consequences = models.TextField(_("what may come of it for them"), max_length=4_000, blank=True)
    measures = models.TextField(_("what was done about it"), max_length=4_000, blank=True)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    authority_told_at = models.DateTimeField(_("authority told"), null=True, blank=True)
    authority_reference = models.CharField(_("the authority's reference"), max_length=120, blank=True)
    why_late = models.CharField(_("why later than the law says"), max_length=500, blank=True)
    people_told_at = models.DateTimeField(_("people told"), null=True, blank=True)
    how_people_were_told = models.CharField(_("how they were told"), max_length=500, blank=True)
    why_not_told = models.CharField(_("why nobody needs to be told"), max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.CharField(max_length=120, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name_plural = "breaches"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(began_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="accountability_breach_ends_after_it_began",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-known_at", "-id"], name="accountability_newest_breaches")]

    def __str__(self) -> str:
        return self.title

    @property
    def due_at(self) -> datetime:
        """Until when the authority must be told, unless nobody is likely to be harmed."""
        return self.known_at + timedelta(hours=self.hours)

    @property
    def needs_authority(self) -> bool:
        return self.risk != Risk.NONE

    @property
    def needs_people(self) -> bool:
        return self.risk == Risk.HIGH

    @property
    def was_late(self) -> bool:
        return self.authority_told_at is not None and self.authority_told_at > self.due_at
