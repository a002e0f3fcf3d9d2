"""The customer: one row whatever the channel, a person or a firm, known by as little as a first name."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.accounts.models import Language, Store
from stamkunde.kit.collation import SortKeyField


def page_of(customer_id: int | None) -> str:
    """Return the address of a customer's page: a face shows it, and all below may link to it."""
    return f"/customers/{customer_id:d}/" if customer_id else "/customers/"


class CustomerKind(models.TextChoices):
    PERSON = "person", pgettext_lazy("customer", "Person")
    COMPANY = "company", pgettext_lazy("customer", "Company")


class CustomerQuerySet(models.QuerySet["Customer"]):
    def present(self) -> Self:
        """Leave out those in the trash."""
        return self.filter(trashed_at=None)


class Customer(models.Model):
    """Who somebody is to the shop.

    `words` holds the folded words of all names, by which the customer is found; `sort_name` orders lists as the
    alphabet of the shop's language does. The figures
    of visits are kept with every purchase, so that a page or a search never has to count: a visit is a business day
    with at least one purchase that was not wholly undone.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=CustomerKind, default=CustomerKind.PERSON)
    title = models.CharField(_("title"), max_length=60, blank=True)
    given_name = models.CharField(_("given name"), max_length=200, blank=True)
    family_name = models.CharField(_("family name"), max_length=200, blank=True)
    preferred_name = models.CharField(_("is called"), max_length=200, blank=True)
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    company_number = models.CharField(_("company number"), max_length=40, blank=True)
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, editable=False)
    home_store = models.ForeignKey(
        Store, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("usual store")
    )

    words = models.TextField(blank=True, editable=False)
    sort_name = SortKeyField()

    visits = models.PositiveIntegerField(default=0, editable=False)
    first_visit_at = models.DateTimeField(null=True, editable=False)
    last_visit_at = models.DateTimeField(null=True, editable=False)
    typical_interval_days = models.PositiveIntegerField(null=True, editable=False)
    next_visit_expected_on = models.DateField(null=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    trashed_at = models.DateTimeField(null=True, editable=False)
    # When the person was erased, where purchases keep the row; such a row lies in the trash and never comes back.
    erased_at = models.DateTimeField(null=True, editable=False)
    # Whoever is restricted counts as put away too, so that whatever leaves out the trash leaves them out.
    restricted_at = models.DateTimeField(null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(given_name="", family_name="", preferred_name="", company_name=""),
                name="customers_has_some_name",
            ),
        ]
        indexes: ClassVar = [
            # Lists walk these in their order. By name they are narrowed most, so that index holds what by.
            models.Index(
                fields=["sort_name", "id", "language", "home_store", "kind", "birth_day"],
                name="customers_by_name",
                condition=Q(trashed_at=None),
            ),
            models.Index(fields=["-created_at", "-id"], name="customers_newest", condition=Q(trashed_at=None)),
            models.Index(fields=["-last_visit_at", "-id"], name="customers_last_seen", condition=Q(trashed_at=None)),
            models.Index(fields=["-visits", "-id"], name="customers_most_visits", condition=Q(trashed_at=None)),
            models.Index(fields=["next_visit_expected_on", "id"], name="customers_due", condition=Q(trashed_at=None)),
            models.Index(fields=["birth_day", "id"], name="customers_birthdays", condition=Q(trashed_at=None)),
            models.Index(
                fields=["home_store", "-created_at", "-id"], name="customers_of_store", condition=Q(trashed_at=None)
            ),
            models.Index(fields=["-trashed_at"], name="customers_trash", condition=Q(trashed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_of(self.pk)

    @property
    def name(self) -> str:
        """The name as people use it: the company's, or given and family name."""
        if self.kind == CustomerKind.COMPANY and self.company_name:
            return self.company_name
        own = " ".join(part for part in (self.given_name or self.preferred_name, self.family_name) if part)
        return own or self.company_name

    @property
    def short_name(self) -> str:
        """What to call the person in a sentence."""
        return self.preferred_name or self.given_name or self.name


# Each column of a customer's own row by its name, for forms and happenings that speak of columns.
COLUMNS = {column.name: column for column in Customer._meta.concrete_fields}


class FormerName(models.Model):
    """A name the customer had before, by which people still ask for her."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("former name"), max_length=200)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "name"], name="customers_former_name_once")
        ]

    def __str__(self) -> str:
        return self.name
