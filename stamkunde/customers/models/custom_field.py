"""Fields the shop defines itself, in the browser, with values that can be searched, imported and exported."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamkunde.customers.models.customer import Customer


class CustomFieldKind(models.TextChoices):
    TEXT = "text", pgettext_lazy("field", "Text")
    NUMBER = "number", pgettext_lazy("field", "Number")
    DATE = "date", pgettext_lazy("field", "Date")
    CHOICE = "choice", pgettext_lazy("field", "Choice")
    YES_NO = "yes_no", pgettext_lazy("field", "Yes or no")
    LINK = "link", pgettext_lazy("field", "Link")


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def shown(self) -> Self:
        """Leave out those that no profile shows: what is not read there is not read in lists either."""
        return self.filter(is_shown=True)


class CustomField(models.Model):
    """A field of the customer's profile that this shop has added; `key` is its lasting name for machines."""

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=CustomFieldKind)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_shown = models.BooleanField(_("shown"), default=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.label


class CustomValue(models.Model):
    """A customer's value of a field, in the column of its kind so that it can be compared as what it is."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="custom_values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=500, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    date = models.DateField(null=True)
    yes_no = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "field"], name="customers_one_value_per_field")
        ]
        indexes: ClassVar = [
            models.Index(fields=["field", "text", "customer"], name="customers_custom_text"),
            models.Index(
                fields=["field", "number", "customer"],
                name="customers_custom_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "date", "customer"], name="customers_custom_date", condition=Q(date__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.value}"

    @property
    def value(self) -> object:
        kind = self.field.kind
        if kind == CustomFieldKind.NUMBER:
            return self.number
        if kind == CustomFieldKind.DATE:
            return self.date
        if kind == CustomFieldKind.YES_NO:
            return self.yes_no
        return self.text
