"""What somebody asks about their data, and by when it must be answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language
from stamkunde.customers.models import Customer


class RequestKind(models.TextChoices):
    ACCESS = "access", pgettext_lazy("request", "A copy of the data")
    ERASURE = "erasure", pgettext_lazy("request", "Erasure")


class RequestState(models.TextChoices):
    OPEN = "open", pgettext_lazy("request", "Open")
    ANSWERED = "answered", pgettext_lazy("request", "Answered")
    REFUSED = "refused", pgettext_lazy("request", "Refused")


class IdentityProof(models.TextChoices):
    """How it was made sure that who asks is who the data are about."""

    NONE = "none", pgettext_lazy("identity", "Not checked yet")
    KNOWN = "known", pgettext_lazy("identity", "Known in person")
    DOCUMENT = "document", pgettext_lazy("identity", "Showed an identity document")
    CONTACT = "contact", pgettext_lazy("identity", "Answered at an address or number we have")
    AUTHORITY = "authority", pgettext_lazy("identity", "Acts for the person, with written authority")


class DataRequest(models.Model):
    """One request of one person. The customer is let go of when erased; that it was asked and answered stays.

    `due_on` is the last day on which it may be answered, and moves when the person was told of an extension.
    """

    kind = models.CharField(max_length=8, choices=RequestKind)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="data_requests")
    asked_by = models.CharField(max_length=200)
    identity = models.CharField(max_length=10, choices=IdentityProof, default=IdentityProof.NONE)
    identity_note = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=5, choices=Language)
    names_staff = models.BooleanField(default=False)
    names_staff_reason = models.CharField(max_length=300, blank=True)
    received_on = models.DateField()
    due_on = models.DateField()
    extended_on = models.DateField(null=True)
    extension_reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=RequestState, default=RequestState.OPEN)
    outcome = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], name="privacy_open_by_due", condition=Q(state="open")),
            models.Index(fields=["-closed_at", "-id"], name="privacy_closed", condition=Q(closed_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=Q(state="open"), name="privacy_one_open_request_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="privacy_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/privacy/requests/{self.pk:d}/"

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def is_checked(self) -> bool:
        return self.identity != IdentityProof.NONE

    @property
    def may_be_extended(self) -> bool:
        """Say whether the two further months of article 12(3) are still to be had: they are announced once."""
        return self.is_open and self.extended_on is None
